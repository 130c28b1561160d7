/// The stack machine that pickles are programs for, without the power to call anything.
struct PickleMachine {
  /// What is wrong with a pickle.
  struct Damage: Error {
    let what: String
    init(_ what: String) { self.what = what }
  }

  /// A pickle of arrays takes hundreds; this many keep the memory under some 200 MB.
  static let mostOperations = 2_000_000

  private(set) var nodes: [PickleNode] = []
  private let bytes: Bytes
  private let path: String
  private var position = 0
  private var stack: [Int] = []
  private var marks: [Int] = []
  private var memo: [Int: Int] = [:]

  init(_ bytes: Bytes, path: String) {
    self.bytes = bytes
    self.path = path
  }

  /// Runs the program.
  /// - Returns: the number of the node that it leaves.
  mutating func run() throws -> Int {
    var operations = 0
    var start = 0
    do {
      while true {
        start = position
        operations += 1
        guard operations <= Self.mostOperations else {
          throw Damage("more than \(Self.mostOperations) operations")
        }
        let code = try byte()
        if code == UInt8(ascii: ".") { return try pop() }
        try perform(code)
      }
    } catch let damage as Damage {
      throw FormatError(
        path: path, at: .byte(start), expected: "a pickle of arrays, numbers and texts",
        found: damage.what,
        advice: "nothing of it was executed; take the file from its original source")
    }
  }

  private mutating func perform(_ code: UInt8) throws {
    switch code {
    case UInt8(ascii: "("): marks.append(stack.count)
    case UInt8(ascii: "0"): _ = try pop()
    case UInt8(ascii: "1"): _ = try popToMark()
    case UInt8(ascii: "2"): stack.append(try top())
    case 0x80: _ = try byte()
    case 0x95: _ = try take(8)
    default:
      if try performConstant(code) || performContainer(code) || performMemo(code) { return }
      switch code {
      case UInt8(ascii: "c"): try pushGlobal(try line().text, try line().text)
      case 0x93:
        let name = try popText()
        try pushGlobal(try popText(), name)
      case UInt8(ascii: "R"): try reduce()
      case UInt8(ascii: "b"): try build()
      case 0x97, 0x98: throw Damage("buffers that are kept elsewhere")
      case UInt8(ascii: "i"):
        throw Damage("a call of \(Self.shown(try line().text)).\(Self.shown(try line().text))")
      case UInt8(ascii: "o"), 0x81, 0x92: throw Damage("the making of an object")
      case UInt8(ascii: "P"), UInt8(ascii: "Q"), 0x82, 0x83, 0x84:
        throw Damage("a reference to something outside")
      default: throw Damage("the unknown operation 0x\(String(code, radix: 16))")
      }
    }
  }

  /// Numbers and texts.
  private mutating func performConstant(_ code: UInt8) throws -> Bool {
    switch code {
    case UInt8(ascii: "N"): push(.none)
    case 0x88: push(.bool(true))
    case 0x89: push(.bool(false))
    case UInt8(ascii: "K"): push(.int(Int(try byte())))
    case UInt8(ascii: "M"): push(.int(Int(try take(2).little(UInt16.self, at: 0))))
    case UInt8(ascii: "J"): push(.int(Int(try take(4).little(Int32.self, at: 0))))
    case UInt8(ascii: "I"):
      let text = try line().text
      switch text {
      case "00": push(.bool(false))
      case "01": push(.bool(true))
      default: push(try whole(text))
      }
    case UInt8(ascii: "L"):
      let text = try line().text
      push(try whole(text.hasSuffix("L") ? String(text.dropLast()) : text))
    case 0x8A: push(try whole(bytes: Int(try byte())))
    case 0x8B: push(try whole(bytes: Int(try take(4).little(UInt32.self, at: 0))))
    case UInt8(ascii: "F"):
      let text = try line().text
      guard let value = Double(text) else { throw Damage("the number \"\(Self.shown(text))\"") }
      push(.float(value))
    case UInt8(ascii: "G"):
      push(.float(Double(bitPattern: try take(8).big(UInt64.self, at: 0))))
    case UInt8(ascii: "S"):
      let text = try line()
      guard text.count >= 2, text[0] == text[text.count - 1],
        text[0] == UInt8(ascii: "'") || text[0] == UInt8(ascii: "\"")
      else { throw Damage("a string without its quotes") }
      push(.text(.escaped(text.slice(1..<(text.count - 1)))))
    case UInt8(ascii: "V"): push(.text(.unicodeEscaped(try line())))
    case UInt8(ascii: "U"), UInt8(ascii: "C"): push(.text(.plain(try take(Int(try byte())))))
    case UInt8(ascii: "T"), UInt8(ascii: "B"): push(.text(.plain(try takeCounted(4))))
    case 0x8E, 0x96: push(.text(.plain(try takeCounted(8))))
    case UInt8(ascii: "X"): push(.text(.utf8(try takeCounted(4))))
    case 0x8C: push(.text(.utf8(try take(Int(try byte())))))
    case 0x8D: push(.text(.utf8(try takeCounted(8))))
    default: return false
    }
    return true
  }

  /// Lists, tuples and dictionaries.
  private mutating func performContainer(_ code: UInt8) throws -> Bool {
    switch code {
    // A set holds its items as a list does.
    case UInt8(ascii: "]"), 0x8F: push(.list([]))
    case UInt8(ascii: "}"): push(.dictionary([]))
    case UInt8(ascii: ")"): push(.tuple([]))
    case UInt8(ascii: "l"), 0x91: push(.list(try popToMark()))
    case UInt8(ascii: "t"): push(.tuple(try popToMark()))
    case UInt8(ascii: "d"): push(.dictionary(try pairs(try popToMark())))
    case 0x85, 0x86, 0x87:
      var items: [Int] = []
      for _ in 0..<(Int(code) - 0x84) { items.insert(try pop(), at: 0) }
      push(.tuple(items))
    case UInt8(ascii: "a"):
      let item = try pop()
      try extend(try top(), [item])
    case UInt8(ascii: "e"), 0x90:
      let items = try popToMark()
      try extend(try top(), items)
    case UInt8(ascii: "s"):
      let value = try pop()
      let key = try pop()
      try extend(try top(), [key, value])
    case UInt8(ascii: "u"):
      let items = try pairs(try popToMark())
      try extend(try top(), items)
    default: return false
    }
    return true
  }

  private mutating func performMemo(_ code: UInt8) throws -> Bool {
    switch code {
    case UInt8(ascii: "p"): memo[try integer(try line().text)] = try top()
    case UInt8(ascii: "q"): memo[Int(try byte())] = try top()
    case UInt8(ascii: "r"): memo[Int(try take(4).little(UInt32.self, at: 0))] = try top()
    case 0x94: memo[memo.count] = try top()
    case UInt8(ascii: "g"): try recall(try integer(try line().text))
    case UInt8(ascii: "h"): try recall(Int(try byte()))
    case UInt8(ascii: "j"): try recall(Int(try take(4).little(UInt32.self, at: 0)))
    default: return false
    }
    return true
  }
}

extension PickleMachine {
  private mutating func pushGlobal(_ module: String, _ name: String) throws {
    guard let callable = PickleCallable(module: module, name: name) else {
      throw Damage("a call of \(Self.shown(module)).\(Self.shown(name))")
    }
    push(.callable(callable))
  }

  /// Builds what a known constructor would build of its arguments.
  private mutating func reduce() throws {
    guard case .tuple(let arguments) = nodes[try pop()] else { throw Damage("a call of nothing") }
    guard case .callable(let callable) = nodes[try pop()] else { throw Damage("a call of a value") }
    switch callable {
    case .reconstruct: push(.unbuilt)
    case .dtype: push(try element(arguments).map { .element($0) } ?? .otherElement)
    case .frombuffer:
      guard arguments.count == 4, case .text(let data) = nodes[arguments[0]],
        case .text(let order) = nodes[arguments[3]]
      else { throw Damage("an array of unknown making") }
      guard let element = try element(at: arguments[1]) else { return push(.none) }
      push(
        .array(
          try PickleArray(
            shape: try shape(arguments[2]), element: element, isFortran: order.string == "F",
            data: data)))
    case .scalar:
      guard arguments.count == 2 else { throw Damage("a number of unknown making") }
      guard let element = try element(at: arguments[0]) else { return push(.none) }
      guard case .text(let data) = nodes[arguments[1]] else {
        throw Damage("a number of unknown making")
      }
      let array = try PickleArray(shape: [1], element: element, isFortran: false, data: data)
      push(.float(try Double(array.column(0, scaledBy: 1, path: path)[0])))
    case .encode, .bytearray:
      guard let first = arguments.first else {
        push(.text(.plain(Bytes([]))))
        return
      }
      guard case .text(let text) = nodes[first] else { throw Damage("bytes of unknown making") }
      switch text {
      case .utf8(let bytes): push(.text(.latin1InUTF8(bytes)))
      case .unicodeEscaped(let bytes): push(.text(.latin1InUnicodeEscaped(bytes)))
      default: push(.text(text))
      }
    case .orderedDictionary: push(.dictionary([]))
    case .set:
      guard let first = arguments.first, case .list(let items) = nodes[first] else {
        throw Damage("a set of unknown making")
      }
      push(.list(items))
    case .ndarray: throw Damage("a call of numpy.ndarray")
    }
  }

  /// Gives an array or a type its state.
  private mutating func build() throws {
    let state = try pop()
    let target = try top()
    guard case .tuple(let parts) = nodes[state] else { throw Damage("an object with a state") }
    switch nodes[target] {
    case .unbuilt:
      guard parts.count == 5 else { throw Damage("an array of unknown making") }
      guard let element = try element(at: parts[2]) else {
        nodes[target] = .none
        return
      }
      guard case .text(let data) = nodes[parts[4]] else {
        throw Damage("an array that holds no numbers")
      }
      var isFortran = false
      if case .bool(let flag) = nodes[parts[3]] { isFortran = flag }
      nodes[target] = .array(
        try PickleArray(
          shape: try shape(parts[1]), element: element, isFortran: isFortran, data: data))
    case .element(var element):
      guard parts.count >= 2, case .text(let order) = nodes[parts[1]] else {
        throw Damage("a type with an unknown state")
      }
      element.isBigEndian = order.string == ">"
      nodes[target] = .element(element)
    case .otherElement: break
    default: throw Damage("an object with a state")
    }
  }

  /// What an array's elements are; nil for texts, times and objects, of which nothing is read.
  private func element(at index: Int) throws -> PickleElement? {
    switch nodes[index] {
    case .element(let element): return element
    case .otherElement: return nil
    default: throw Damage("an array without a type")
    }
  }

  private func element(_ arguments: [Int]) throws -> PickleElement? {
    guard let first = arguments.first, case .text(let text) = nodes[first] else {
      throw Damage("a type of unknown making")
    }
    return NPYHeader.Element(rawValue: text.string).map {
      PickleElement(kind: $0, isBigEndian: false)
    }
  }

  private func shape(_ index: Int) throws -> [Int] {
    guard case .tuple(let items) = nodes[index], items.count <= 32 else {
      throw Damage("an array without a shape")
    }
    return try items.map {
      guard case .int(let extent) = nodes[$0] else { throw Damage("an array without a shape") }
      return extent
    }
  }

  private mutating func extend(_ target: Int, _ items: [Int]) throws {
    let node = nodes[target]
    // Taken out while it grows, so that it is not copied.
    nodes[target] = .none
    switch node {
    case .list(var list):
      list += items
      nodes[target] = .list(list)
    case .dictionary(var dictionary):
      dictionary += try pairs(items)
      nodes[target] = .dictionary(dictionary)
    default: throw Damage("an addition to something that is no list or dictionary")
    }
  }

  private func pairs(_ items: [Int]) throws -> [Int] {
    guard items.count % 2 == 0 else { throw Damage("a key without a value") }
    return items
  }

  private mutating func push(_ node: PickleNode) {
    stack.append(nodes.count)
    nodes.append(node)
  }

  private mutating func recall(_ number: Int) throws {
    guard let index = memo[number] else { throw Damage("a reference to nothing") }
    stack.append(index)
  }

  private mutating func pop() throws -> Int {
    guard stack.count > marks.last ?? 0, let last = stack.popLast() else {
      throw Damage("a value taken from nothing")
    }
    return last
  }

  private func top() throws -> Int {
    guard let last = stack.last else { throw Damage("a value taken from nothing") }
    return last
  }

  private mutating func popToMark() throws -> [Int] {
    guard let mark = marks.popLast(), mark <= stack.count else { throw Damage("no mark") }
    let items = Array(stack[mark...])
    stack.removeLast(stack.count - mark)
    return items
  }

  private mutating func popText() throws -> String {
    guard case .text(let text) = nodes[try pop()] else { throw Damage("a name that is no text") }
    return text.string
  }

  private mutating func byte() throws -> UInt8 {
    guard position < bytes.count else { throw Damage("the end of the file") }
    position += 1
    return bytes[position - 1]
  }

  private mutating func take(_ count: Int) throws -> Bytes {
    guard let part = bytes.part(at: position, count: count) else {
      throw Damage("the end of the file")
    }
    position += count
    return part
  }

  private mutating func takeCounted(_ width: Int) throws -> Bytes {
    let field = try take(width)
    let wide =
      width == 4 ? UInt64(field.little(UInt32.self, at: 0)) : field.little(UInt64.self, at: 0)
    guard let count = Int(exactly: wide) else { throw Damage("an impossible length") }
    return try take(count)
  }

  /// The rest of a line, which may be a gigabyte: pages are let go as they are passed.
  private mutating func line() throws -> Bytes {
    guard let end = bytes.firstReleasing(0x0A, from: position) else {
      throw Damage("the end of the file")
    }
    let part = bytes.slice(position..<end)
    position = end + 1
    return part.count > 0 && part[part.count - 1] == 0x0D
      ? part.slice(0..<(part.count - 1)) : part
  }

  private func integer(_ text: String) throws -> Int {
    guard let value = Int(text) else { throw Damage("the number \"\(Self.shown(text))\"") }
    return value
  }

  /// A whole number of any size; beyond 64 bits, as identifiers and seeds are, the nearest in double precision.
  private func whole(_ text: String) throws -> PickleNode {
    if let value = Int(text) { return .int(value) }
    guard text.allSatisfy({ $0.isASCII && $0.isNumber || $0 == "-" }), let value = Double(text)
    else {
      throw Damage("the number \"\(Self.shown(text))\"")
    }
    return .float(value)
  }

  private mutating func whole(bytes count: Int) throws -> PickleNode {
    let part = try take(count)
    let sign = count > 0 && part[count - 1] & 0x80 != 0 ? -1 : 0
    guard count <= 8 else {
      return .float((0..<count).reversed().reduce(Double(sign)) { $0 * 256 + Double(part[$1]) })
    }
    return .int((0..<count).reversed().reduce(sign) { $0 << 8 | Int(part[$1]) })
  }

  private static func shown(_ text: String) -> String { String(text.prefix(60)) }
}
