/// What can go wrong when a report's files are written.
public enum ReportError: Error, Hashable, Sendable {
  /// A file that cannot be written, and why.
  case cannotWrite(path: String, reason: String)
}

extension ReportError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .cannotWrite(let path, let reason):
      "cannot write \(path): \(reason); free some space there or name another place"
    }
  }
}
