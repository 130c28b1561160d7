import ECGNetwork
import Foundation
import TestSupport
import Testing

@Suite struct SafetensorsTests {
  private var example: Safetensors {
    var tensors = Parameters()
    tensors["a.weight"] = Tensor(shape: [2, 3], values: [0, 0.25, 0.5, 0.75, 1, 1.25])
    tensors["b.bias"] = Tensor(shape: [3], values: [-1.5, 0, 1e-30])
    return Safetensors(tensors: tensors, metadata: ["note": "a \"quoted\" é"])
  }

  private var pythonFile: URL { fixtures.appending(path: "ECGNetwork/python.safetensors") }

  @Test func readsWhatPythonWrites() throws {
    #expect(try Safetensors(contentsOf: pythonFile) == example)
  }

  @Test func writesTheBytesThatPythonWrites() throws {
    #expect(try example.bytes() == Data(contentsOf: pythonFile))
  }

  @Test func whatIsWrittenIsReadBack() throws {
    try withTemporaryFolder { folder in
      var file = example
      file.metadata["control"] = "line\nbreak\ttab\u{1} \\ end"
      file.tensors["empty"] = Tensor(zeros: [0, 4])
      file.tensors["scalar"] = Tensor(shape: [], values: [.nan])
      let url = folder.appending(path: "model.safetensors")
      try file.write(to: url)
      let back = try Safetensors(contentsOf: url)
      #expect(back.metadata == file.metadata)
      #expect(back.tensors.names == file.tensors.names)
      #expect(back.tensors["scalar"]?.values.first?.isNaN == true)
      #expect(back.tensors["empty"]?.shape == [0, 4])
      #expect(
        try Safetensors(bytes: Safetensors(tensors: Parameters()).bytes()).tensors.names == [])
      let onlyText = Safetensors(tensors: Parameters(), metadata: ["a": "b"])
      #expect(try Safetensors(bytes: onlyText.bytes()) == onlyText)
    }
  }

  @Test func aFileCutAnywhereIsRefused() throws {
    let bytes = example.bytes()
    for length in 0..<bytes.count {
      #expect(throws: NetworkError.self) { try Safetensors(bytes: bytes.prefix(length)) }
    }
    #expect(throws: NetworkError.self) { try Safetensors(bytes: bytes + [0]) }
  }

  @Test(arguments: [
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775807]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[-9223372036854775808,9223372036854775807]}}"#,
    #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#,
    #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[1e30],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[]}}"#,
    #"{"a":{"dtype":"F32","shape":[1]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
    #"{"a":7}"#,
    #"{"__metadata__":7}"#,
    #"[]"#,
    #"{"#,
    "",
  ])
  func aHeaderThatLiesIsRefused(header: String) {
    var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
    bytes.append(contentsOf: header.utf8)
    bytes.append(Data(count: 4))
    #expect(throws: NetworkError.self) { try Safetensors(bytes: bytes) }
  }

  @Test(arguments: [UInt64.max, 1 << 62, 100_000_001, 99_999_999, 1])
  func aHeaderLengthThatLiesIsRefused(length: UInt64) {
    let bytes = withUnsafeBytes(of: length.littleEndian) { Data($0) } + Data(count: 40)
    #expect(throws: NetworkError.self) { try Safetensors(bytes: bytes) }
  }

  @Test func aDeepHeaderIsRefusedAndNotACrash() {
    let header = String(repeating: "[", count: 200_000)
    var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
    bytes.append(contentsOf: header.utf8)
    #expect(throws: NetworkError.self) { try Safetensors(bytes: bytes) }
  }

  @Test func aFlippedByteIsNeverACrash() {
    let bytes = example.bytes()
    for index in bytes.indices {
      for flip: UInt8 in [1, 0x10, 0x80, 0xFF] {
        var damaged = bytes
        damaged[index] ^= flip
        _ = try? Safetensors(bytes: damaged)
      }
    }
  }

  @Test func aSliceOfDataIsReadFromItsOwnStart() throws {
    let padded = Data([1, 2, 3]) + example.bytes()
    #expect(try Safetensors(bytes: padded.dropFirst(3)) == example)
  }

  @Test func aMissingFileAndAFolderAreNamed() throws {
    try withTemporaryFolder { folder in
      for path in ["none.safetensors", "."] {
        #expect {
          try Safetensors(contentsOf: folder.appending(path: path))
        } throws: { "\($0)".contains(folder.lastPathComponent) }
      }
    }
  }
}
