/// Holm's correction of the probabilities of several tests (S. Holm, 1979): keeps the chance of any
/// false finding among all of them below the level, whatever their dependence.
///
/// The p-values in ascending order are multiplied by m, m − 1, …, 1, made non-decreasing, and cut at 1.
public func holmCorrected(_ pValues: [Double]) -> [Double] {
  let order = pValues.indices.sorted {
    pValues[$0] != pValues[$1] ? pValues[$0] < pValues[$1] : $0 < $1
  }
  var corrected = pValues
  var largest = 0.0
  for (rank, index) in order.enumerated() {
    largest = max(largest, min(1, pValues[index] * Double(pValues.count - rank)))
    corrected[index] = largest
  }
  return corrected
}
