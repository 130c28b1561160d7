import ECGDatasets
import Foundation
import TestSupport
import Testing

@Suite struct SHA256Tests {
  /// FIPS 180-4 example messages, and lengths around a block, by Python's hashlib.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 55),
      "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"
    ),
    (
      String(repeating: "a", count: 64),
      "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ])
  func knownAnswers(message: String, digest: String) throws {
    var hash = SHA256()
    hash.update(Data(message.utf8))
    #expect(hash.finish() == digest)
    // The processor's instructions, where it has them, and the formula.
    var plain = SHA256(usesInstructions: false)
    plain.update(Data(message.utf8))
    #expect(plain.finish() == digest)
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "message")
      try Data(message.utf8).write(to: url)
      let (found, bytes) = try SHA256.hash(ofFile: url)
      #expect(found == digest)
      #expect(bytes == message.utf8.count)
    }
  }

  @Test func piecesGiveTheSameHashAsTheWhole() {
    let message = Array(
      "the quick brown fox jumps over the lazy dog, again and again and again".utf8)
    var whole = SHA256()
    whole.update(message)
    let expected = whole.finish()
    for size in [1, 3, 63, 64, 65] {
      var pieces = SHA256()
      for start in stride(from: 0, to: message.count, by: size) {
        pieces.update(message[start..<min(start + size, message.count)])
      }
      #expect(pieces.finish() == expected)
    }
  }
}
