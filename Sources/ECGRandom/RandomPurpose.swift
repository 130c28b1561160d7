/// What a stream of random numbers is drawn for.
///
/// Two purposes never share numbers, so adding one draw somewhere changes nothing elsewhere. A
/// purpose is declared beside the code that uses it:
///
/// ```swift
/// extension RandomPurpose {
///   static let windowOrder = RandomPurpose("pretraining.window-order")
/// }
/// ```
public struct RandomPurpose: Hashable, Sendable {
  /// The 32-bit FNV-1a hash of the name.
  public let rawValue: UInt32

  /// The purpose of a given name. The name is part of the reproducible result: do not rename one.
  public init(_ name: String) {
    rawValue = name.utf8.reduce(0x811c_9dc5) { hash, byte in
      (hash ^ UInt32(byte)) &* 0x0100_0193
    }
  }
}
