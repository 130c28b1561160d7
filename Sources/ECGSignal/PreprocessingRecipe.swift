/// How a recording becomes windows: filter, resample, normalise, cut. Saved with every window
/// store and every model, so that new input is always prepared as the training data was.
///
/// The defaults are the published system's (Sarkar and Etemad, IEEE TAC 13(3), section 3 and code):
/// high-pass at 0.8 Hz, 256 Hz, z-score per person with the deviation over the central 95 % of
/// sorted amplitudes, 10 s windows without overlap.
public struct PreprocessingRecipe: Codable, Hashable, Sendable {
  /// Over what the mean and the deviation of the z-score are taken.
  public enum Normalisation: String, Codable, Sendable {
    /// Over all recordings of a person (the published system's).
    case person
    /// As published: the last recording's, for all recordings of the person. A defect of the published
    /// code for SWELL, DREAMER and AMIGOS, kept to measure what it changes.
    case lastRecording
    /// Over each recording by itself.
    case recording
    /// No normalisation: the samples stay in their unit.
    case none
  }

  /// Cutoff of the Butterworth high-pass in Hz.
  public var highPassCutoff: Double = 0.8
  /// Order of the high-pass; even orders are whole second-order sections. The source does not say;
  /// 2 run forwards and backwards removes drift as a fourth-order filter with no phase shift.
  public var highPassOrder: Int = 2
  /// Mains frequency to remove in Hz (50 or 60), or none.
  public var mainsNotch: Double?
  /// Cutoff of a Butterworth low-pass of order 4 in Hz, or none.
  public var lowPassCutoff: Double?
  /// Samples per second of the windows, in Hz.
  public var samplingRate: Double = 256
  /// What the z-score is taken over.
  public var normalisation: Normalisation = .person
  /// Samples in a window, T.
  public var windowLength: Int = 2560
  /// Samples from the start of a window to the start of the next; `windowLength` is no overlap.
  public var windowStride: Int = 2560

  /// The published system's recipe.
  public static let standard = PreprocessingRecipe()

  /// A recipe with the published defaults, to be changed field by field.
  public init() {}
}

extension PreprocessingRecipe {
  /// Reads a recipe; a setting that is not there has its default, so recipes written before a setting
  /// existed still read as what they were.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, _ setting: inout Value) throws {
      setting = try values.decodeIfPresent(Value.self, forKey: key) ?? setting
    }
    try read(.highPassCutoff, &highPassCutoff)
    try read(.highPassOrder, &highPassOrder)
    try read(.samplingRate, &samplingRate)
    try read(.normalisation, &normalisation)
    try read(.windowLength, &windowLength)
    try read(.windowStride, &windowStride)
    mainsNotch = try values.decodeIfPresent(Double.self, forKey: .mainsNotch)
    lowPassCutoff = try values.decodeIfPresent(Double.self, forKey: .lowPassCutoff)
  }
}
