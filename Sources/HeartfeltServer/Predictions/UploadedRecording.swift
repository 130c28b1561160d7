import ECGFormats
import ECGSignal
import Foundation

/// Reads the recording of an upload: a file in any format, a form with the files of a record, or JSON.
struct UploadedRecording {
  let upload: Upload
  let contentType: String
  let options: ReadingOptions
  let settings: ServerSettings

  /// The recording and its name, if the upload gives one.
  /// - Throws: `Refusal`, with nothing in it of where the server keeps the file.
  func load() throws -> (recording: LoadedRecording, name: String?) {
    guard upload.count > 0 else {
      throw Refusal(.badRequest, "the request has no body; send a recording")
    }
    do {
      // A small file may be packed so that it becomes a large one.
      return try UnpackingLimit.$bytes.withValue(8 * settings.largestBody) {
        if contentType.lowercased().hasPrefix("multipart/") { return try form() }
        let bytes = try upload.bytes()
        if bytes.first(where: { !" \t\r\n".utf8.contains($0) }) == UInt8(ascii: "{"),
          let loaded = try JSONRecording.loaded(bytes, options: options)
        {
          return (loaded, nil)
        }
        return (try readRecording(at: upload.file, options: options), nil)
      }
    } catch let error as FormatError {
      throw refusal(error)
    } catch let error as SignalError {
      throw Refusal(.unprocessableContent, "\(error)")
    }
  }

  /// The one recording of a form: a file, or a WFDB header with its signal files.
  private func form() throws -> (recording: LoadedRecording, name: String?) {
    guard let boundary = MultipartForm.boundary(in: contentType) else {
      throw Refusal(
        .unsupportedMediaType, "a form must be multipart/form-data and name its boundary")
    }
    let body = try upload.bytes()
    let form = try MultipartForm(body, boundary: boundary)
    let folder = upload.folder.appending(path: "files")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var files: [URL] = []
    for part in form.parts {
      guard let given = part.fileName else { continue }
      let url = folder.appending(path: try Self.plainName(given))
      guard !files.contains(url) else {
        throw Refusal(.badRequest, "the form has two files of the name '\(url.lastPathComponent)'")
      }
      try body[part.range].write(to: url)
      files.append(url)
    }
    let headers = files.filter { $0.pathExtension.lowercased() == "hea" }
    guard let main = headers.first ?? files.first else {
      throw Refusal(.badRequest, "the form has no file; send the recording as a file")
    }
    guard files.count == 1 || headers.count == 1 else {
      throw Refusal(
        .unprocessableContent,
        "the form has \(files.count) files and \(headers.count) WFDB headers; send one recording, "
          + "or the files of one WFDB record")
    }
    let name = main.lastPathComponent
    return (try readRecording(at: main, options: options), name)
  }

  /// The name of a file without any folder; WFDB headers name their signal files, so it is kept.
  private static func plainName(_ given: String) throws -> String {
    let bare = given.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
    let isPlain = bare.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    guard isPlain, !bare.isEmpty, bare != ".", bare != "..", bare.utf8.count <= 200 else {
      throw Refusal(.badRequest, "'\(given.prefix(80))' is no name for a file")
    }
    return bare
  }

  private func refusal(_ error: FormatError) -> Refusal {
    let sentence = "\(error)"
      .replacing("\(upload.folder.path)/files/", with: "")
      .replacing(upload.file.path, with: "the recording")
      .replacing("\(upload.folder.path)/", with: "")
      // The readers speak of the options of the command line; here they are parameters.
      .replacing("--", with: "?")
    switch error.kind {
    case .unsupported: return Refusal(.unsupportedMediaType, sentence)
    case .empty: return Refusal(.unprocessableContent, sentence)
    default: return Refusal(.unprocessableContent, sentence)
    }
  }
}
