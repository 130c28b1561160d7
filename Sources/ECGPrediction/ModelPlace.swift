import Foundation

/// The version of the programs, also written into what they make.
package let heartfeltVersion = "0.1.0"

/// The model of a run folder, or the file itself.
package func modelFile(at url: URL) -> URL {
  var isFolder: ObjCBool = false
  let isThere = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
  return isThere && isFolder.boolValue ? url.appending(path: "model.safetensors") : url
}
