import Dispatch
import ECGNetwork
import ECGRandom
import ECGSignal

/// Turns windows into batches for the transformation recognition network: every window under every
/// transformation, each row with its targets.
///
/// Windows are shared out over threads. A row depends on (seed, transformation, epoch, window) and
/// on nothing else, so the batch is the same for any number of threads. After the first call nothing
/// is allocated for a window.
package final class PretextBatchProducer {
  /// Which random numbers the transformations draw.
  package enum Drawing {
    /// Anew in every epoch, rows in a random order.
    case training(epoch: Int, step: Int)
    /// The same each time, rows window after window.
    case heldOut
  }

  /// One thread's room. Each is used by one iteration of a concurrent loop at a time.
  private final class Worker: @unchecked Sendable {
    var window: [Float]
    var scratch: TransformationScratch

    init(windowLength: Int) {
      window = [Float](repeating: 0, count: windowLength)
      scratch = TransformationScratch(windowLength: windowLength)
    }
  }

  private let source: any WindowSource
  private let transformations: [any SignalTransformation]
  private let seed: UInt64
  private let trainingPurposes: [RandomPurpose]
  private let heldOutPurposes: [RandomPurpose]
  private let workers: [Worker]
  private var rowOrder: [Int] = []
  /// How processes share each batch; nil for one alone.
  private let sharing: BatchSharing?
  /// Draws training batches whose samples the engine makes; nil where they are made here.
  private let drawer: VersionDrawer?

  /// A producer of batches.
  /// - Parameters:
  ///   - threads: how many threads share the work, at least 1.
  ///   - sharing: how processes share each batch: only this one's rows are produced.
  ///   - mark: a mark of the source, for an engine that makes training rows itself; nil to make them
  ///     here.
  package init(
    source: any WindowSource, transformations: TransformationSet, seed: UInt64, threads: Int,
    sharing: BatchSharing? = nil, engineMakesRowsOf mark: String? = nil
  ) {
    self.sharing = sharing
    drawer = mark.flatMap {
      VersionDrawer(source: source, mark: $0, transformations: transformations, seed: seed)
    }
    self.source = source
    self.transformations = transformations.members
    self.seed = seed
    trainingPurposes = transformations.names.map { .transformation($0) }
    heldOutPurposes = transformations.names.map { .heldOutTransformation($0) }
    workers = (0..<max(threads, 1)).map { _ in Worker(windowLength: source.windowLength) }
  }

  /// Fills a batch with all versions of some windows.
  /// - Parameters:
  ///   - batch: room for `windows.count` · J rows of T samples and J targets.
  ///   - windows: the numbers of the windows in the source.
  ///   - next: the windows of the next batch, where it is known.
  package func fill(
    _ batch: inout TrainingBatch, windows: ArraySlice<Int>, drawing: Drawing,
    next: ArraySlice<Int> = []
  ) {
    orderRows(windows.count * transformations.count, drawing: drawing)
    batch.rowSource = nil
    batch.part = nil
    if sharing != nil || drawer != nil {
      return fillPart(of: &batch, windows: windows, drawing: drawing, next: next)
    }
    batch.count = rowOrder.count
    fill(&batch, windows: windows, places: rowOrder, drawing: drawing)
  }

  /// Fills a batch with this process's rows. Where the rows belong in the whole batch goes with them.
  private func fillPart(
    of batch: inout TrainingBatch, windows: ArraySlice<Int>, drawing: Drawing,
    next: ArraySlice<Int>
  ) {
    let part = rowNumbers(of: windows.count)
    batch.part = part
    batch.count = part.rowNumbers.count
    // Each row's place here; negative where another process makes it.
    var places = [Int](repeating: -1, count: rowOrder.count)
    for (place, row) in part.rowNumbers.enumerated() { places[row] = place }
    places = rowOrder.map { places[$0] }
    if case .training(let epoch, _) = drawing, let drawer {
      batch.rowSource = drawer.draw(
        windows: windows, epoch: epoch, places: places, rowNumbers: part.rowNumbers,
        next: share(of: next))
    } else {
      fill(&batch, windows: windows, places: places, drawing: drawing)
    }
  }

  /// The rows of this process, ascending: whole shards of the batch, or all versions of some windows.
  private func rowNumbers(of windows: Int) -> TrainingBatch.Part {
    let versions = transformations.count
    let rows = rowOrder.count
    var part = TrainingBatch.Part(
      rowNumbers: Array(0..<rows), wholeTargets: wholeTargets, wholeCount: rows,
      largestCount: sharing?.mostRows(of: rows, unit: versions) ?? rows)
    guard let sharing else { return part }
    if sharing.isByShards {
      let shards = sharing.shards(ofRows: rows)
      part.shards = shards
      part.rowNumbers = Array(BatchShards(rows: rows).rows(of: shards))
    } else {
      let own = sharing.group.part(of: windows)
      part.rowNumbers = rowOrder[own.lowerBound * versions..<own.upperBound * versions].sorted()
    }
    return part
  }

  /// The windows that this process will need at most.
  private func share(of windows: ArraySlice<Int>) -> ArraySlice<Int> {
    guard let sharing, !sharing.isByShards else { return windows }
    let part = sharing.group.part(of: windows.count)
    return windows.dropFirst(part.lowerBound).prefix(part.count)
  }

  /// The targets of the whole batch: each row's own version.
  private var wholeTargets: [Float] {
    let versions = transformations.count
    var targets = [Float](repeating: 0, count: rowOrder.count * versions)
    for (item, row) in rowOrder.enumerated() { targets[row * versions + item % versions] = 1 }
    return targets
  }

  /// Fills a batch with versions of windows, version j of window w in row `places[w · J + j]`, where
  /// that is not negative.
  private func fill(
    _ batch: inout TrainingBatch, windows: ArraySlice<Int>, places: [Int], drawing: Drawing
  ) {
    batch.inputs.withUnsafeMutableBufferPointer { inputs in
      batch.targets.withUnsafeMutableBufferPointer { targets in
        windows.withUnsafeBufferPointer { windows in
          places.withUnsafeBufferPointer { places in
            let rows = Rows(
              windows: windows, order: places, inputs: inputs, targets: targets)
            produce(rows, drawing: drawing)
          }
        }
      }
    }
  }

  /// The memory of a batch. Iterations of the concurrent loop write to different rows of it.
  private struct Rows: @unchecked Sendable {
    let windows: UnsafeBufferPointer<Int>
    let order: UnsafeBufferPointer<Int>
    let inputs: UnsafeMutableBufferPointer<Float>
    let targets: UnsafeMutableBufferPointer<Float>
  }

  private func orderRows(_ count: Int, drawing: Drawing) {
    rowOrder.removeAll(keepingCapacity: true)
    rowOrder.append(contentsOf: 0..<count)
    guard case .training(let epoch, let step) = drawing else { return }
    var random = RandomStream(seed: seed, purpose: .rowOrder, epoch: epoch, index: step)
    random.shuffle(&rowOrder)
  }

  private func produce(_ rows: Rows, drawing: Drawing) {
    let (purposes, epoch) =
      switch drawing {
      case .training(let epoch, _): (trainingPurposes, epoch)
      case .heldOut: (heldOutPurposes, 0)
      }
    let (source, transformations, seed, workers) = (source, transformations, seed, workers)
    let shares = workers.count
    DispatchQueue.concurrentPerform(iterations: shares) { share in
      let first = share * rows.windows.count / shares
      let end = (share + 1) * rows.windows.count / shares
      for place in first..<end {
        Self.produceVersions(
          of: rows.windows[place], at: place, rows: rows, source: source,
          transformations: transformations, purposes: purposes, seed: seed, epoch: epoch,
          worker: workers[share])
      }
    }
  }

  /// Writes the versions of one window, and their targets, to their rows.
  private static func produceVersions(
    of window: Int, at place: Int, rows: Rows, source: any WindowSource,
    transformations: [any SignalTransformation], purposes: [RandomPurpose], seed: UInt64,
    epoch: Int, worker: Worker
  ) {
    let length = source.windowLength
    let versions = transformations.count
    guard rows.order[place * versions..<(place + 1) * versions].contains(where: { $0 >= 0 }) else {
      return
    }
    worker.window.withUnsafeMutableBufferPointer { samples in
      source.copyWindow(window, into: samples)
      for version in 0..<versions {
        let row = rows.order[place * versions + version]
        guard row >= 0 else { continue }
        var random = RandomStream(
          seed: seed, purpose: purposes[version], epoch: epoch, index: window)
        transformations[version].transform(
          UnsafeBufferPointer(samples),
          into: UnsafeMutableBufferPointer(
            rebasing: rows.inputs[row * length..<(row + 1) * length]),
          scratch: &worker.scratch, random: &random)
        for head in 0..<versions {
          rows.targets[row * versions + head] = head == version ? 1 : 0
        }
      }
    }
  }
}

extension RandomPurpose {
  /// The order of the rows in a batch; the index is the step of the epoch.
  static let rowOrder = RandomPurpose("pretraining.row-order")
  /// The order of the windows in an epoch.
  static let windowOrder = RandomPurpose("pretraining.window-order")
}
