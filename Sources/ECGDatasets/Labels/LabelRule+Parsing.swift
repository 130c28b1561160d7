import Foundation

extension LabelRule.Coding {
  /// The coding that a word on the command line or in a study means.
  ///
  /// ```
  /// as-written   rounded   threshold:5   midpoint:1-9   bins:3,6   person-median   group-median
  /// ```
  /// - Throws: `DatasetError.labels` for anything else, with the list above.
  public init(parsing text: String) throws {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    let argument = parts.count == 2 ? parts[1] : nil
    switch (parts.first ?? "", argument) {
    case ("as-written", nil): self = .asWritten
    case ("rounded", nil): self = .rounded
    case ("person-median", nil): self = .personMedian
    case ("group-median", nil): self = .groupMedian
    case ("threshold", .some(let number)):
      guard let threshold = Double(number), threshold.isFinite else { throw Self.unknown(text) }
      self = .threshold(threshold)
    case ("midpoint", .some(let scale)):
      let ends = scale.split(separator: "-").compactMap { Double($0) }
      guard ends.count == 2, ends[0] < ends[1] else { throw Self.unknown(text) }
      self = .midpoint(ends[0], ends[1])
    case ("bins", .some(let list)):
      let parts = list.split(separator: ",", omittingEmptySubsequences: false)
      let thresholds = parts.compactMap { Double($0) }.filter(\.isFinite)
      guard !thresholds.isEmpty, thresholds.count == parts.count,
        zip(thresholds, thresholds.dropFirst()).allSatisfy({ $0 < $1 })
      else { throw Self.unknown(text) }
      self = .bins(thresholds)
    default: throw Self.unknown(text)
    }
  }

  private static func unknown(_ text: String) -> DatasetError {
    .labels(
      "“\(text)” is no way to make classes; use as-written, rounded, threshold:5, midpoint:1-9, "
        + "bins:3,6, person-median or group-median")
  }
}
