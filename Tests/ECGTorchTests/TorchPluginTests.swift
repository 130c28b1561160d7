import ECGTorch
import Foundation
import TestSupport
import Testing

@Suite struct TorchPluginTests {
  @Test func aFileThatIsNoPluginIsRefusedWithTheCommandThatMendsIt() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: TorchPlugin.fileName)
      try Data("no library".utf8).write(to: file)
      let error = try #require(throws: TorchError.self) { try TorchPlugin(contentsOf: file) }
      #expect(error.description.contains(file.path))
      #expect(error.description.contains("make torch"))
    }
  }

  @Test func anotherLibraryIsNoPlugin() throws {
    // Any library that is surely there.
    let others = [
      "/lib/x86_64-linux-gnu/libm.so.6", "/lib64/libm.so.6", "/usr/lib/libSystem.dylib",
    ]
    guard let other = others.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
      return
    }
    #expect(throws: TorchError.mismatch(file: other, why: "it is another library")) {
      try TorchPlugin(contentsOf: URL(filePath: other))
    }
  }

  @Test func aMissingPluginIsMissedWithTheCommandThatBuildsIt() {
    let error = TorchError.missing(searched: ["/a/libTorchEngine.so"])
    #expect(error.description.contains("run 'make torch'"))
    #expect(error.description.contains("/a/libTorchEngine.so"))
    #expect(error.description.contains("HEARTFELT_TORCH_ENGINE"))
  }

  @Test func theNamedFileComesAloneAndOtherwiseTheProgramsFoldersAreSearched() {
    let program = URL(filePath: "/home/lab/heartfelt/.build/release/heartfelt")
    let named = TorchPlugin.places(
      environment: ["HEARTFELT_TORCH_ENGINE": "/x/plugin.so"], program: program)
    #expect(named.map(\.path) == ["/x/plugin.so"])
    let places = TorchPlugin.places(environment: [:], program: program).map(\.path)
    #expect(places.first == "/home/lab/heartfelt/.build/release/\(TorchPlugin.fileName)")
    #expect(places.contains("/home/lab/heartfelt/.build/torch/\(TorchPlugin.fileName)"))
  }

  @Test(.enabled(if: Plugin.isBuilt, Plugin.howTo)) func aPluginSaysWhatItIsBuiltAgainst() throws {
    let plugin = try TorchPlugin()
    #expect(plugin.torchVersion.hasPrefix("2."))
    #expect(plugin.build.contains("CUDA"))
    #expect(plugin.deviceCount("cpu") == 1)
    #expect(plugin.deviceCount("abacus") == 0)
  }
}
