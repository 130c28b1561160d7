import ECGNetwork
import Foundation
import TestSupport
import Testing

@Suite struct AtomicFileTests {
  @Test func aFullDiskLeavesTheOldFileAndNothingBesideIt() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "checkpoint.safetensors")
      try AtomicFile.replace(url, with: Data("old".utf8))
      // Half of the bytes fit; then the disk is full.
      var left = 500
      let error = #expect(throws: NetworkError.self) {
        try AtomicFile.replace(url, with: Data(count: 1000)) { file, bytes, count in
          guard left > 0 else {
            errno = ENOSPC
            return -1
          }
          let some = AtomicFile.systemWrite(file, bytes, min(count, left))
          left -= some
          return some
        }
      }
      let sentence = error.map { "\($0)" } ?? ""
      #expect(sentence.contains("No space left on device"))
      #expect(sentence.contains("unchanged"))
      #expect(sentence.contains(url.path))
      #expect(try Data(contentsOf: url) == Data("old".utf8))
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder.path)
          == ["checkpoint.safetensors"])
    }
  }

  @Test func aWriteInPiecesIsWhole() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "pieces")
      let bytes = Data((0..<1000).map { UInt8($0 % 251) })
      try AtomicFile.replace(url, with: bytes) { AtomicFile.systemWrite($0, $1, min($2, 7)) }
      #expect(try Data(contentsOf: url) == bytes)
    }
  }

  @Test func whatAKilledProcessLeftBesideIsRemoved() throws {
    try withTemporaryFolder { folder in
      // No process has this number: it is above the largest that systems give.
      let left = folder.appending(path: ".model.2147483646-1.partial")
      let other = folder.appending(path: ".other.2147483646-1.partial")
      let living = folder.appending(
        path: ".model.\(ProcessInfo.processInfo.processIdentifier)-1.partial")
      for file in [left, other, living] { try Data("half".utf8).write(to: file) }
      try AtomicFile.replace(folder.appending(path: "model"), with: Data("new".utf8))
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(
        Set(names) == ["model", other.lastPathComponent, living.lastPathComponent])
    }
  }

  @Test func aLinkStaysALink() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "file")
      let link = folder.appending(path: "link")
      try AtomicFile.replace(file, with: Data("old".utf8))
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
      try AtomicFile.replace(link, with: Data("new".utf8))
      #expect(try Data(contentsOf: file) == Data("new".utf8))
      let target = try FileManager.default.destinationOfSymbolicLink(atPath: link.path)
      #expect(target == file.path)
    }
  }

  @Test func aFolderThatIsNotThereIsNamed() throws {
    try withTemporaryFolder { folder in
      #expect {
        try AtomicFile.replace(folder.appending(path: "none/file"), with: Data())
      } throws: { "\($0)".contains("none") && "\($0)".contains("No such file or directory") }
    }
  }
}
