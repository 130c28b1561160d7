import Foundation

extension HTMLReport {
  /// Writes the page to a file, whole or not at all.
  /// - Throws: `ReportError.cannotWrite`.
  public func write(to file: URL) throws(ReportError) { try html.writeWhole(to: file) }
}

extension Figure {
  /// Writes the figure to an SVG file, whole or not at all.
  /// - Throws: `ReportError.cannotWrite`.
  public func write(to file: URL) throws(ReportError) { try svg.writeWhole(to: file) }
}

extension String {
  fileprivate func writeWhole(to file: URL) throws(ReportError) {
    do {
      // Atomically: to one side first, then renamed.
      try write(to: file, atomically: true, encoding: .utf8)
    } catch {
      throw ReportError.cannotWrite(path: file.path, reason: writingFault(error))
    }
  }
}

/// The system's own words for why a file could not be written.
func writingFault(_ error: any Error) -> String {
  let error = error as NSError
  if let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError,
    cause.domain == NSPOSIXErrorDomain
  {
    return String(cString: strerror(Int32(cause.code))).lowercased()
  }
  if error.domain == NSPOSIXErrorDomain {
    return String(cString: strerror(Int32(error.code))).lowercased()
  }
  switch error.code {
  case CocoaError.fileNoSuchFile.rawValue: return "no such folder"
  case CocoaError.fileWriteNoPermission.rawValue: return "permission denied"
  case CocoaError.fileWriteOutOfSpace.rawValue: return "no space left on device"
  default: return "the system gave error \(error.code)"
  }
}
