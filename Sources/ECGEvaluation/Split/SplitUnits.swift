import ECGRandom
import ECGSignal

extension RandomPurpose {
  fileprivate static let folds = RandomPurpose("evaluation.folds")
  fileprivate static let validation = RandomPurpose("evaluation.validation")
}

/// The units a split deals out: windows, recordings or persons, with their windows and classes.
struct SplitUnits {
  let level: Split.Level
  /// The windows of each unit, in order.
  private let members: [[Int]]
  /// Windows of each class in each unit.
  private let classCounts: [[Int]]
  /// Windows of each class in all.
  private let totals: [Int]

  var count: Int { members.count }

  /// The units of labelled windows, ordered by name so that the order of the rows does not matter.
  init(level: Split.Level, records: [WindowRecord], classes: [Int]) throws {
    guard !records.isEmpty else { throw EvaluationError.noWindows }
    guard records.count == classes.count else {
      throw EvaluationError.shape(
        "a split needs one class a window, but there are \(classes.count) classes for "
          + "\(records.count) windows")
    }
    guard let lowest = classes.min(), let highest = classes.max(), lowest >= 0 else {
      throw EvaluationError.shape("classes count from 0, but there is a class below 0")
    }
    guard lowest != highest else { throw EvaluationError.oneClass(nil) }
    try Self.checkDistinct(records)
    var windows: [String: [Int]] = [:]
    for (index, record) in records.enumerated() {
      windows[level.unit(of: record, index: index), default: []].append(index)
    }
    let names = level == .window ? records.indices.map(String.init) : windows.keys.sorted()
    if level == .person, names.count == 1 { throw EvaluationError.onePerson(names[0]) }
    self.level = level
    members = names.map { windows[$0, default: []] }
    classCounts = members.map { unit in
      unit.reduce(into: [Int](repeating: 0, count: highest + 1)) { $0[classes[$1]] += 1 }
    }
    totals = classCounts.reduce(into: [Int](repeating: 0, count: highest + 1)) { sums, unit in
      for (number, count) in unit.enumerated() { sums[number] += count }
    }
  }

  /// The windows of some units, in order.
  func windows(of units: [Int]) -> [Int] { units.flatMap { members[$0] }.sorted() }

  /// All units shuffled and cut into parts that differ by at most one.
  func shuffledParts(_ parts: Int, seed: UInt64) -> [[Int]] {
    var stream = RandomStream(seed: seed, purpose: .folds)
    let order = stream.permutation(of: count)
    return (0..<parts).map { part in
      order[part * count / parts..<(part + 1) * count / parts].sorted()
    }
  }

  /// Units dealt into parts that differ by at most one unit, classes spread evenly.
  ///
  /// With n_pc windows of class c in part p and N_c in all, a unit with u_c goes where
  /// Σ_c n_pc·u_c / N_c² is least: that is the part that adds least to Σ_p,c (n_pc / N_c)², which is
  /// smallest when every class is spread evenly.
  func stratifiedParts(of units: [Int], into parts: Int, seed: UInt64, fold: Int) -> [[Int]] {
    var stream = RandomStream(seed: seed, purpose: .folds, epoch: fold)
    var order = units
    stream.shuffle(&order)
    let rank = order.enumerated().sorted {
      let (first, second) = (members[$0.element].count, members[$1.element].count)
      return first != second ? first > second : $0.offset < $1.offset
    }
    let (least, larger) = units.count.quotientAndRemainder(dividingBy: parts)
    var dealt = [[Int]](repeating: [], count: parts)
    var sums = [[Int]](repeating: [Int](repeating: 0, count: totals.count), count: parts)
    var largerLeft = larger
    for (_, unit) in rank {
      let open = dealt.indices.filter {
        dealt[$0].count < least || (dealt[$0].count == least && largerLeft > 0)
      }
      let best = open.min { first, second in
        let (a, b) = (crowding(of: unit, in: sums[first]), crowding(of: unit, in: sums[second]))
        if a != b { return a < b }
        let (m, n) = (sums[first].reduce(0, +), sums[second].reduce(0, +))
        return m != n ? m < n : dealt[first].count < dealt[second].count
      }
      guard let best else { continue }
      if dealt[best].count == least { largerLeft -= 1 }
      dealt[best].append(unit)
      for (number, count) in classCounts[unit].enumerated() { sums[best][number] += count }
    }
    return dealt.map { $0.sorted() }
  }

  /// The training units set aside for validation: none of fewer than three.
  func validation(of units: [Int], share: Double, seed: UInt64, fold: Int) -> [Int] {
    guard share > 0, units.count >= 3 else { return [] }
    let wanted = min(max(1, Int((share * Double(units.count)).rounded())), units.count - 1)
    if level == .window {
      var stream = RandomStream(seed: seed, purpose: .validation, epoch: fold)
      var order = units
      stream.shuffle(&order)
      return order.prefix(wanted).sorted()
    }
    let parts = max(2, Int((Double(units.count) / Double(wanted)).rounded()))
    return stratifiedParts(of: units, into: parts, seed: seed, fold: fold + 1)[0]
  }

  private func crowding(of unit: Int, in sums: [Int]) -> Double {
    var crowding = 0.0
    for (number, count) in classCounts[unit].enumerated() where count > 0 {
      let total = Double(totals[number])
      crowding += Double(sums[number]) * Double(count) / (total * total)
    }
    return crowding
  }

  /// The same window twice would stand on both sides of a window split unseen.
  private static func checkDistinct(_ records: [WindowRecord]) throws {
    struct Place: Hashable {
      let recording: String
      let start: Double
    }
    var seen = Set<Place>(minimumCapacity: records.count)
    for record in records {
      let place = Place(recording: record.recordingIdentity, start: record.start)
      guard seen.insert(place).inserted else {
        throw EvaluationError.duplicateWindow(recording: place.recording, start: place.start)
      }
    }
  }
}
