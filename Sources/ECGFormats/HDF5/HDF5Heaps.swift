/// The names of an older group, one after another (III.D).
struct HDF5LocalHeap {
  private let data: Bytes
  private let file: HDF5File
  /// No name is longer.
  private static let longest = 1 << 16

  init(at address: Int, of file: HDF5File) throws {
    self.file = file
    var cursor = try file.cursor(at: address)
    try cursor.expect("HEAP")
    try cursor.skip(4)
    let count = try cursor.length()
    _ = try cursor.length()
    data = try file.block(at: cursor.place(of: "a heap's data"), count: count)
  }

  /// The text up to the next zero.
  func text(at offset: Int) throws -> String {
    guard offset < data.count else { return "" }
    let name = data.slice(offset..<min(data.count, offset + Self.longest))
    let count = name.first(0, from: 0) ?? name.count
    try file.spend(work: count)
    return name.slice(0..<count).text
  }
}

/// What stands in a heap of the whole file, such as texts of any length (III.E).
enum HDF5GlobalHeap {
  /// - Parameter element: a length, the address of a collection and a number in it.
  static func text(_ element: Bytes, of file: HDF5File) throws -> String? {
    var cursor = HDF5Cursor(element, file: file)
    let length = try cursor.count(4)
    guard let address = try cursor.address() else { return nil }
    let wanted = try cursor.count(4)
    var collection = try file.cursor(at: address)
    try collection.expect("GCOL")
    try collection.skip(4)
    let count = try collection.length()
    let head = collection.offset
    guard count > head else { throw file.damaged("an empty heap") }
    collection = HDF5Cursor(try file.block(at: address, count: count), file: file)
    try collection.skip(head)
    while collection.left >= 8 + file.lengthWidth {
      try file.spend(entries: 1)
      let index = try collection.count(2)
      try collection.skip(6)
      let size = try collection.length()
      // The free rest of the collection has the number 0.
      guard index != 0 else { return nil }
      let object = try collection.take(size)
      if index == wanted {
        guard let text = object.part(at: 0, count: length) else {
          throw file.damaged("a text longer than its place")
        }
        try file.spend(work: length)
        return text.upToZero
      }
      try collection.skip(min((8 - size % 8) % 8, collection.left))
    }
    return nil
  }
}

extension Bytes {
  /// Text up to the first zero byte.
  var upToZero: String { slice(0..<(first(0, from: 0) ?? count)).text }
}
