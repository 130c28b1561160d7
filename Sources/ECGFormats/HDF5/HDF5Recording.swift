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

  private let places: [Place]

  /// A column of an array and how its codes become values.
  private struct Place {
    var array: MATLABArray
    var index: Int
    /// The bits of an ECG code.
    var bits: Int?
  }

  package init(at url: URL) throws {
    if try openBytes(at: url).hasPrefix("MATLAB 7.3") {
      let recording = MATLABRecording(try MATLABFile(at: url))
      channels = recording.channels
      details = recording.details
      start = nil
      places = recording.places.map { Place(array: $0.array, index: $0.index) }
      return
    }
    var found = Found(file: try HDF5File(at: url))
    let root = try found.file.root()
    for name in root.names() {
      let object = try root.member(name)
      if let rate = object.numbers(of: "sampling rate")?.first, object.names().contains("raw") {
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
    guard let bits = place.bits else {
      return ChannelSamples(place.array.channel(place.index, scaledBy: factor))
    }
    let steps = Double(1 << bits)
    return ChannelSamples(
      place.array.channel(place.index, scaledBy: 1).map {
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

    private static let most = 4096

    mutating func add(_ object: HDF5Object, named name: String, depth: Int) throws {
      guard depth < 8, structure.count < Self.most, file.takeObject() else { return }
      if object.kind == .group {
        for inner in object.names() {
          try add(object.member(inner), named: "\(name)/\(inner)", depth: depth + 1)
        }
        return
      }
      guard object.element() == .number else { return }
      let shape = try object.shape()
      structure.append(FileDescription.Detail(name, "\(shape)"))
      let extents = shape.filter { $0 != 1 }
      if extents.isEmpty {
        let last = name.split(separator: "/").last.map { $0.lowercased() } ?? ""
        if NPZRecording.rateNames.contains(last) {
          let value = try array(object).element(0)
          if value > 0, value.isFinite { rate = value }
        }
        return
      }
      guard extents.count <= 2 else { return }
      let array = try array(object)
      let width = min(array.rows, array.columns)
      guard width > 0, width <= 256, channels.count + width <= Self.most else { return }
      for index in 0..<width {
        places.append(Place(array: array, index: index))
        channels.append(
          ChannelDescription(
            name: width == 1 ? name : "\(name) \(index + 1)",
            sampleCount: max(array.rows, array.columns)))
      }
    }

    mutating func addDevice(
      _ device: HDF5Object, _ raw: HDF5Object, rate: Double, name: String
    ) throws {
      guard rate > 0, rate.isFinite else { throw file.damaged("a sampling rate of \(rate)") }
      let numbers = device.numbers(of: "channels")?.map { Int(exactly: $0) } ?? []
      let resolution = device.numbers(of: "resolution") ?? []
      structure.append(
        FileDescription.Detail("device", device.text(of: "device") ?? name))
      for inner in raw.names() {
        let member = try raw.member(inner)
        guard member.element() == .number else { continue }
        let array = try array(member)
        guard array.count > 0, min(array.rows, array.columns) == 1 else { continue }
        let sensor = member.text(of: "sensor")
        let place = inner.split(separator: "_").last.flatMap { Int($0) }
          .flatMap { numbers.firstIndex(of: $0) }
        // Resolutions are given for the analogue channels, or for every column in front of them too.
        let bits = place.flatMap { place -> Int? in
          let index = resolution.count - numbers.count + place
          return resolution.indices.contains(index)
            ? Int(exactly: resolution[index]).flatMap { (1...24).contains($0) ? $0 : nil } : nil
        }
        let converted = sensor?.uppercased() == "ECG" ? bits : nil
        places.append(Place(array: array, index: 0, bits: converted))
        channels.append(
          ChannelDescription(
            name: (member.text(of: "label") ?? inner) + (sensor.map { " (\($0))" } ?? ""),
            unit: converted == nil ? nil : "mV", samplingRate: rate, sampleCount: array.count,
            role: inner == "nSeq" ? .time : .signal))
      }
      start = start ?? Self.start(device)
    }

    /// A file's array with its dimensions as they are.
    private func array(_ object: HDF5Object) throws -> MATLABArray {
      let shape = try object.shape()
      let data = try object.numbers()
      // Reversed as in MATLAB's files, since elements are taken to stand column by column.
      return MATLABArray(
        shape: shape.isEmpty ? [1] : shape.reversed(), count: data.count / 8, storage: .double,
        isBigEndian: Int(1).bigEndian == 1, data: data)
    }

    private static func start(_ device: HDF5Object) -> Date? {
      let date = (device.text(of: "date") ?? "").split(separator: "-").compactMap { Int($0) }
      guard date.count == 3, (1970...9999).contains(date[0]), (1...12).contains(date[1]),
        (1...31).contains(date[2]),
        let clock = device.text(of: "time").flatMap(ClockTime.seconds)
      else { return nil }
      let days = ClockTime.daysSince1970(date[0], date[1], date[2])
      return Date(timeIntervalSince1970: Double(days * 86_400) + clock)
    }
  }
}
