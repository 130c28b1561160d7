import Foundation

/// What libFuzzer calls: the bytes are read by the reader they ask for. Errors are answers; a crash, a
/// hang, a sanitizer's report or too much memory is a find.
/// - Returns: 0, or -1 for an input that is not the asked reader's and not worth keeping.
func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  if let asked, !asked.takes(bytes) { return -1 }
  try? reading.read(bytes)
  return 0
}

private let reading = HostileReading(in: folder)
private let asked = AskedReader(ProcessInfo.processInfo.environment["FUZZ_READER"], in: folder)

private let folder: URL = {
  let memory = URL(filePath: "/dev/shm")
  let parent =
    FileManager.default.isWritableFile(atPath: memory.path)
    ? memory : FileManager.default.temporaryDirectory
  let folder = parent.appending(path: "heartfelt-fuzz-\(ProcessInfo.processInfo.processIdentifier)")
  try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  return folder
}()

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ one: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

/// The package manager names the entry point of an executable after it; libFuzzer's own would clash.
@_cdecl("Fuzz_main")
public func fuzzMain(
  _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
  var count = count
  var arguments = arguments
  return runDriver(&count, &arguments) { start, count in fuzzOneInput(start, count) }
}
