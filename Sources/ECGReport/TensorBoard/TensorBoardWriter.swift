import Foundation

/// Writes the scalars of a run to a file that TensorBoard shows while the run goes on:
/// `tensorboard --logdir RUN`.
///
/// Each value is on disk as a whole record when `add` returns. A run that goes on after an interruption
/// makes a writer anew, with the step it goes on from; TensorBoard then drops what the earlier file has
/// from there on.
public struct TensorBoardWriter {
  /// The file being written, `events.out.tfevents.` and the second it was begun.
  public let file: URL
  private let handle: FileHandle
  private let now: () -> Date

  /// A writer of a new file in a folder that is there.
  /// - Parameters:
  ///   - folder: the run's folder.
  ///   - step: the first step that will be written.
  ///   - now: the clock; for tests.
  /// - Throws: `ReportError.cannotWrite`.
  public init(
    folder: URL, startingAt step: Int = 0, now: @escaping () -> Date = { Date() }
  ) throws(ReportError) {
    let second = Int(max(0, min(now().timeIntervalSince1970, 1e12)))
    // TensorBoard reads the files of a folder in the order of their names.
    let stem = "events.out.tfevents.\(second).heartfelt"
    var count = 0
    var file = folder.appending(path: stem)
    while FileManager.default.fileExists(atPath: file.path), count < 10_000 {
      count += 1
      file = folder.appending(path: "\(stem).\(count)")
    }
    do {
      try Data().write(to: file, options: .withoutOverwriting)
      handle = try FileHandle(forWritingTo: file)
    } catch {
      throw ReportError.cannotWrite(path: file.path, reason: writingFault(error))
    }
    self.file = file
    self.now = now
    try write(.fileVersion, step: 0)
    try write(.sessionStart, step: step)
  }

  /// Writes one value.
  /// - Parameters:
  ///   - name: the name, with slashes for groups: `pretext/f1/noise/held-out`.
  ///   - value: the value; TensorBoard keeps it in single precision.
  ///   - step: the training step or the epoch.
  /// - Throws: `ReportError.cannotWrite`.
  public func add(scalar name: String, _ value: Double, step: Int) throws(ReportError) {
    try write(.scalar(name, Float(value)), step: step)
  }

  /// Closes the file; nothing may be added after.
  /// - Throws: `ReportError.cannotWrite`.
  public func close() throws(ReportError) {
    do {
      try handle.close()
    } catch {
      throw ReportError.cannotWrite(path: file.path, reason: writingFault(error))
    }
  }

  private func write(_ content: TensorBoardEvent.Content, step: Int) throws(ReportError) {
    let event = TensorBoardEvent(
      time: now().timeIntervalSince1970, step: step, content: content)
    do {
      try handle.write(contentsOf: Data(event.record))
    } catch {
      throw ReportError.cannotWrite(path: file.path, reason: writingFault(error))
    }
  }
}
