import Foundation

/// An HDF5 file as a recording: MATLAB 7.3, OpenSignals, or any numbers by their path.
///
/// In OpenSignals' files each device is a group named by its address, with rate and resolution as attributes
/// and the codes under `raw`; ECG codes become millivolts as in its text files.
package struct HDF5Recording: ChannelFile {
  package let format: FileFormat = .hdf5
  package let channels: [ChannelDescription]
  package let start: Date?
  package let details: [FileDescription.Detail]
  package let rateAdvice = "the file holds no number named as a rate"

  private let bytes: Bytes
  private let path: String
  private let places: [Place]
  private let last = LastRead()

  /// The data that were read last: those of one matrix are wanted one channel after another.
  private final class LastRead {
    var address: Int?
    var matrix = MATLABArray(column: [])
  }

  /// Where a channel's samples are, and how its codes become values.
  private struct Place {
    enum Source {
      case array(MATLABArray)
      /// The address of a data set, which is read when its samples are wanted.
      case data(Int)
    }
    var source: Source
    var index: Int
    /// The bits of an ECG code.
    var bits: Int?
  }

  package init(at url: URL) throws {
    bytes = try openBytes(at: url)
    path = url.path
    if bytes.hasPrefix("MATLAB 7.3") {
      let recording = MATLABRecording(try MATLABFile(at: url))
      channels = recording.channels
      details = recording.details
      start = nil
      places = recording.places.map { Place(source: .array($0.array), index: $0.index) }
      return
    }
    var found = Found(file: try HDF5File(bytes, path: path))
    let root = try found.file.root()
    found.groups.insert(root.address)
    for name in try root.names() {
      let object = try root.member(name)
      if let rate = try object.numbers(of: "sampling rate")?.first,
        try object.names().contains("raw")
      {
        try found.addDevice(object, object.member("raw"), rate: rate, name: name)
      } else {
        try found.add(object, named: name, depth: 0)
      }
    }
    let rate = found.rate
    channels = found.channels.map {
      var channel = $0
      if channel.samplingRate == nil { channel.samplingRate = rate }
      return channel
    }
    places = found.places
    start = found.start
    details = found.structure
  }

  package func samples(of index: Int, scaledBy factor: Double) throws -> ChannelSamples {
    let place = places[index]
    let array: MATLABArray
    switch place.source {
    case .array(let read): array = read
    case .data(let address):
      if last.address != address {
        last.matrix = try HDF5Object(at: address, of: HDF5File(bytes, path: path)).matrix()
        last.address = address
      }
      array = last.matrix
    }
    guard let bits = place.bits else {
      return ChannelSamples(array.channel(place.index, scaledBy: factor))
    }
    let steps = Double(1 << bits)
    return ChannelSamples(
      array.channel(place.index, scaledBy: 1).map {
        Float((Double($0) / steps - 0.5) * 3 * factor)
      })
  }

  /// What is gathered from the groups.
  private struct Found {
    let file: HDF5File
    var channels: [ChannelDescription] = []
    var places: [Place] = []
    var structure: [FileDescription.Detail] = []
    var rate: Double?
    var start: Date?
    /// The addresses of those gone through: a link may lead back to a group that it stands in.
    var groups: Set<Int> = []

    private static let most = 4096

    mutating func add(_ object: HDF5Object, named name: String, depth: Int) throws {
      guard depth < 8, structure.count < Self.most else { return }
      if object.kind == .group {
        guard groups.insert(object.address).inserted else { return }
        for inner in try object.names() {
          try add(object.member(inner), named: "\(name)/\(inner)", depth: depth + 1)
        }
        return
      }
      guard case .number(let type, _) = try object.element() else { return }
      let shape = try object.shape()
      structure.append(FileDescription.Detail(name, "\(type) \(shape)"))
      let extents = shape.filter { $0 != 1 }
      if extents.isEmpty {
        let last = name.split(separator: "/").last.map { $0.lowercased() } ?? ""
        if NPZRecording.rateNames.contains(last) {
          let value = try object.matrix().element(0)
          if value > 0, value.isFinite { rate = value }
        }
        return
      }
      guard extents.count <= 2 else { return }
      let (width, count) =
        extents.count == 1
        ? (1, extents[0]) : (min(extents[0], extents[1]), max(extents[0], extents[1]))
      guard width > 0, count > 0, width <= 256, channels.count + width <= Self.most else { return }
      for index in 0..<width {
        places.append(Place(source: .data(object.address), index: index))
        channels.append(
          ChannelDescription(
            name: width == 1 ? name : "\(name) \(index + 1)", sampleCount: count))
      }
    }

    mutating func addDevice(
      _ device: HDF5Object, _ raw: HDF5Object, rate: Double, name: String
    ) throws {
      guard rate > 0, rate.isFinite else { throw file.damaged("a sampling rate of \(rate)") }
      let numbers = try device.numbers(of: "channels")?.map { Int(exactly: $0) } ?? []
      let resolution = try device.numbers(of: "resolution") ?? []
      structure.append(
        FileDescription.Detail("device", try device.text(of: "device") ?? name))
      for inner in try raw.names() {
        let member = try raw.member(inner)
        guard case .number = try member.element() else { continue }
        let extents = try member.shape().filter { $0 != 1 }
        guard extents.count <= 1, extents != [0] else { continue }
        let sensor = try member.text(of: "sensor")
        let place = inner.split(separator: "_").last.flatMap { Int($0) }
          .flatMap { numbers.firstIndex(of: $0) }
        // Resolutions are given for the analogue channels, or for every column in front of them too.
        let bits = place.flatMap { place -> Int? in
          let index = resolution.count - numbers.count + place
          return resolution.indices.contains(index)
            ? Int(exactly: resolution[index]).flatMap { (1...24).contains($0) ? $0 : nil } : nil
        }
        let converted = sensor?.uppercased() == "ECG" ? bits : nil
        places.append(Place(source: .data(member.address), index: 0, bits: converted))
        channels.append(
          ChannelDescription(
            name: (try member.text(of: "label") ?? inner) + (sensor.map { " (\($0))" } ?? ""),
            unit: converted == nil ? nil : "mV", samplingRate: rate,
            sampleCount: extents.first ?? 1,
            role: inner == "nSeq" ? .time : .signal))
      }
      if start == nil { start = try Self.start(device) }
    }

    private static func start(_ device: HDF5Object) throws -> Date? {
      let date = (try device.text(of: "date") ?? "").split(separator: "-").compactMap { Int($0) }
      guard date.count == 3, (1970...9999).contains(date[0]), (1...12).contains(date[1]),
        (1...31).contains(date[2]),
        let clock = try device.text(of: "time").flatMap(ClockTime.seconds)
      else { return nil }
      let days = ClockTime.daysSince1970(date[0], date[1], date[2])
      return Date(timeIntervalSince1970: Double(days * 86_400) + clock)
    }
  }
}

extension HDF5Object {
  /// Data of up to two dimensions of more than one element.
  fileprivate func matrix() throws -> MATLABArray {
    // Reversed as in MATLAB's files, since elements are taken to stand column by column.
    let extents = try shape().filter { $0 != 1 }
    return MATLABArray(shape: extents.isEmpty ? [1] : extents.reversed(), try numbers())
  }
}
