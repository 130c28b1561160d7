/// Linear resizing of a run of samples, with the half-pixel centres of OpenCV's INTER_LINEAR.
///
/// Sample i of the result is read at
///
/// ```
/// (i + ½) · length / newLength − ½
/// ```
///
/// between the two nearest samples; before the first and after the last it is the first and the last.
/// The position is rounded to single precision, as OpenCV does.
package struct LinearResize {
  /// Samples of the source.
  package let length: Int
  /// Samples of the result.
  package let newLength: Int
  /// Source samples per sample of the result.
  package let step: Double

  /// Resizing of `length` samples, at least 1, to ⌈length · factor⌉.
  package init(from length: Int, by factor: Double) {
    self.length = length
    newLength = max(1, Int((Double(length) * factor).rounded(.up)))
    step = 1 / (Double(newLength) / Double(length))
  }

  /// Sample `index` of the result, 0 ..< `newLength`, from `length` samples.
  @inline(__always)
  package func sample(_ index: Int, of source: UnsafeBufferPointer<Float>) -> Float {
    let position = Float((Double(index) + 0.5) * step - 0.5)
    guard position > 0 else { return source[0] }
    let left = Int(position)
    guard left < length - 1 else { return source[length - 1] }
    let weight = position - Float(left)
    return source[left] * (1 - weight) + source[left + 1] * weight
  }
}
