/// What is wrong with a file that somebody brought, in one sentence that names the fix.
public struct FormatError: Error, Hashable, Sendable {
  /// Where in the file something is wrong.
  public enum Place: Hashable, Sendable {
    /// A byte offset, counted from 0.
    case byte(Int)
    /// A line of text, counted from 1.
    case line(Int)
    /// A field, variable, channel or entry by its name.
    case key(String)
  }

  /// What sort of trouble it is, for callers that treat some of it differently.
  public enum Kind: Hashable, Sendable {
    /// There is no such file.
    case missing
    /// The file or folder may not be read or written, or the disk would not take it.
    case access
    /// The file holds nothing.
    case empty
    /// The content contradicts its format: damaged, cut short, or something else altogether.
    case malformed
    /// The content is sound, but of a kind this package does not read.
    case unsupported
    /// The content does not say something that the caller must say, such as the rate.
    case unclear
  }

  /// What sort of trouble it is.
  public var kind: Kind
  /// The file, by the path it was asked for.
  public var path: String
  /// Where in the file, if at one place.
  public var place: Place?
  /// What should have been there.
  public var expected: String
  /// What was there instead.
  public var found: String
  /// What to do about it; may be empty.
  public var advice: String

  /// An error about one file.
  public init(
    _ kind: Kind = .malformed, path: String, at place: Place? = nil, expected: String,
    found: String, advice: String = ""
  ) {
    self.kind = kind
    self.path = path
    self.place = place
    self.expected = expected
    self.found = found
    self.advice = advice
  }
}

extension FormatError: CustomStringConvertible {
  public var description: String {
    var sentence = path
    switch place {
    case .byte(let offset): sentence += ", byte \(offset)"
    case .line(let line): sentence += ", line \(line)"
    case .key(let key): sentence += ", \(key)"
    case nil: break
    }
    sentence += ": expected \(expected), found \(found)"
    return advice.isEmpty ? sentence : sentence + "; " + advice
  }
}
