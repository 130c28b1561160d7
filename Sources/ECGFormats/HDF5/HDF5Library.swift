import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The system's HDF5 library, loaded when the first HDF5 file comes, so that nothing needs it to build.
///
/// Interface: The HDF Group, *HDF5 C API*, versions 1.10 to 2; identifiers have 64 bits since 1.10. The
/// library is not made for several threads: whoever calls it does so inside
/// `perform`.
final class HDF5Library: @unchecked Sendable {
  typealias Identifier = Int64

  private typealias Silence =
    @convention(c) (
      Identifier, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
    ) -> Int32

  /// Loaded once; nil if there is none.
  static let installed = HDF5Library()

  private let lock = NSRecursiveLock()
  private let silence: Silence
  let openFile: @convention(c) (UnsafePointer<CChar>, UInt32, Identifier) -> Identifier
  let closeFile: @convention(c) (Identifier) -> Int32
  let openObject: @convention(c) (Identifier, UnsafePointer<CChar>, Identifier) -> Identifier
  let closeObject: @convention(c) (Identifier) -> Int32
  let objectType: @convention(c) (Identifier) -> Int32
  let groupInfo: @convention(c) (Identifier, UnsafeMutableRawPointer) -> Int32
  let linkName:
    @convention(c) (
      Identifier, UnsafePointer<CChar>, Int32, Int32, UInt64, UnsafeMutablePointer<CChar>?, Int,
      Identifier
    ) -> Int
  let linkInfo:
    @convention(c) (Identifier, UnsafePointer<CChar>, UnsafeMutableRawPointer, Identifier) -> Int32
  let dataSpace: @convention(c) (Identifier) -> Identifier
  let dataType: @convention(c) (Identifier) -> Identifier
  let creation: @convention(c) (Identifier) -> Identifier
  let storageSize: @convention(c) (Identifier) -> UInt64
  let read:
    @convention(c) (
      Identifier, Identifier, Identifier, Identifier, Identifier, UnsafeMutableRawPointer
    ) -> Int32
  let externalCount: @convention(c) (Identifier) -> Int32
  let layout: @convention(c) (Identifier) -> Int32
  let closeProperties: @convention(c) (Identifier) -> Int32
  let dimensionCount: @convention(c) (Identifier) -> Int32
  let dimensions:
    @convention(c) (
      Identifier, UnsafeMutablePointer<UInt64>?, UnsafeMutablePointer<UInt64>?
    ) -> Int32
  let closeSpace: @convention(c) (Identifier) -> Int32
  let typeClass: @convention(c) (Identifier) -> Int32
  let typeSize: @convention(c) (Identifier) -> Int
  let isVariableText: @convention(c) (Identifier) -> Int32
  let closeType: @convention(c) (Identifier) -> Int32
  let hasAttribute: @convention(c) (Identifier, UnsafePointer<CChar>) -> Int32
  let openAttribute: @convention(c) (Identifier, UnsafePointer<CChar>, Identifier) -> Identifier
  let attributeSpace: @convention(c) (Identifier) -> Identifier
  let attributeType: @convention(c) (Identifier) -> Identifier
  let readAttribute: @convention(c) (Identifier, Identifier, UnsafeMutableRawPointer) -> Int32
  let closeAttribute: @convention(c) (Identifier) -> Int32
  let dereference: @convention(c) (Identifier, Identifier, Int32, UnsafeRawPointer) -> Identifier
  let freeMemory: @convention(c) (UnsafeMutableRawPointer?) -> Int32
  /// The types of memory that files are read as.
  let double: Identifier
  let reference: Identifier

  private init?() {
    guard let handle = Self.open() else { return nil }
    func symbol<Function>(_ names: String..., as _: Function.Type = Function.self) -> Function? {
      for name in names {
        if let found = dlsym(handle, name) { return unsafeBitCast(found, to: Function.self) }
      }
      return nil
    }
    func identifier(_ name: String) -> Identifier? {
      dlsym(handle, name)?.assumingMemoryBound(to: Identifier.self).pointee
    }
    typealias Version =
      @convention(c) (
        UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>
      ) -> Int32
    typealias Silence =
      @convention(c) (
        Identifier, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
      ) -> Int32
    let version: Version? = symbol("H5get_libversion")
    let start: (@convention(c) () -> Int32)? = symbol("H5open")
    let silence: Silence? = symbol("H5Eset_auto2")
    var major: UInt32 = 0
    var minor: UInt32 = 0
    var release: UInt32 = 0
    guard let version, let start, let silence, version(&major, &minor, &release) >= 0,
      (major, minor) >= (1, 10), start() >= 0
    else { return nil }

    guard let double = identifier("H5T_NATIVE_DOUBLE_g"),
      let reference = identifier("H5T_STD_REF_OBJ_g"),
      let openFile: @convention(c) (UnsafePointer<CChar>, UInt32, Identifier) -> Identifier =
        symbol("H5Fopen"),
      let closeFile: @convention(c) (Identifier) -> Int32 = symbol("H5Fclose"),
      let openObject: @convention(c) (Identifier, UnsafePointer<CChar>, Identifier) -> Identifier =
        symbol("H5Oopen"),
      let closeObject: @convention(c) (Identifier) -> Int32 = symbol("H5Oclose"),
      let objectType: @convention(c) (Identifier) -> Int32 = symbol("H5Iget_type"),
      let groupInfo: @convention(c) (Identifier, UnsafeMutableRawPointer) -> Int32 =
        symbol("H5Gget_info"),
      let linkName:
        @convention(c) (
          Identifier, UnsafePointer<CChar>, Int32, Int32, UInt64, UnsafeMutablePointer<CChar>?,
          Int, Identifier
        ) -> Int = symbol("H5Lget_name_by_idx"),
      let linkInfo:
        @convention(c) (
          Identifier, UnsafePointer<CChar>, UnsafeMutableRawPointer, Identifier
        ) -> Int32 = symbol("H5Lget_info1", "H5Lget_info"),
      let dataSpace: @convention(c) (Identifier) -> Identifier = symbol("H5Dget_space"),
      let dataType: @convention(c) (Identifier) -> Identifier = symbol("H5Dget_type"),
      let creation: @convention(c) (Identifier) -> Identifier = symbol("H5Dget_create_plist"),
      let storageSize: @convention(c) (Identifier) -> UInt64 = symbol("H5Dget_storage_size"),
      let read:
        @convention(c) (
          Identifier, Identifier, Identifier, Identifier, Identifier, UnsafeMutableRawPointer
        ) -> Int32 = symbol("H5Dread")
    else { return nil }
    guard
      let externalCount: @convention(c) (Identifier) -> Int32 = symbol("H5Pget_external_count"),
      let layout: @convention(c) (Identifier) -> Int32 = symbol("H5Pget_layout"),
      let closeProperties: @convention(c) (Identifier) -> Int32 = symbol("H5Pclose"),
      let dimensionCount: @convention(c) (Identifier) -> Int32 =
        symbol("H5Sget_simple_extent_ndims"),
      let dimensions:
        @convention(c) (
          Identifier, UnsafeMutablePointer<UInt64>?, UnsafeMutablePointer<UInt64>?
        ) -> Int32 = symbol("H5Sget_simple_extent_dims"),
      let closeSpace: @convention(c) (Identifier) -> Int32 = symbol("H5Sclose"),
      let typeClass: @convention(c) (Identifier) -> Int32 = symbol("H5Tget_class"),
      let typeSize: @convention(c) (Identifier) -> Int = symbol("H5Tget_size"),
      let isVariableText: @convention(c) (Identifier) -> Int32 = symbol("H5Tis_variable_str"),
      let closeType: @convention(c) (Identifier) -> Int32 = symbol("H5Tclose"),
      let hasAttribute: @convention(c) (Identifier, UnsafePointer<CChar>) -> Int32 =
        symbol("H5Aexists"),
      let openAttribute: @convention(c) (Identifier, UnsafePointer<CChar>, Identifier) -> Identifier
      =
        symbol("H5Aopen"),
      let attributeSpace: @convention(c) (Identifier) -> Identifier = symbol("H5Aget_space"),
      let attributeType: @convention(c) (Identifier) -> Identifier = symbol("H5Aget_type"),
      let readAttribute: @convention(c) (Identifier, Identifier, UnsafeMutableRawPointer) -> Int32 =
        symbol("H5Aread"),
      let closeAttribute: @convention(c) (Identifier) -> Int32 = symbol("H5Aclose"),
      let dereference:
        @convention(c) (Identifier, Identifier, Int32, UnsafeRawPointer) -> Identifier =
        symbol("H5Rdereference2"),
      let freeMemory: @convention(c) (UnsafeMutableRawPointer?) -> Int32 = symbol("H5free_memory")
    else { return nil }

    self.silence = silence
    self.double = double
    self.reference = reference
    self.openFile = openFile
    self.closeFile = closeFile
    self.openObject = openObject
    self.closeObject = closeObject
    self.objectType = objectType
    self.groupInfo = groupInfo
    self.linkName = linkName
    self.linkInfo = linkInfo
    self.dataSpace = dataSpace
    self.dataType = dataType
    self.creation = creation
    self.storageSize = storageSize
    self.read = read
    self.externalCount = externalCount
    self.layout = layout
    self.closeProperties = closeProperties
    self.dimensionCount = dimensionCount
    self.dimensions = dimensions
    self.closeSpace = closeSpace
    self.typeClass = typeClass
    self.typeSize = typeSize
    self.isVariableText = isVariableText
    self.closeType = closeType
    self.hasAttribute = hasAttribute
    self.openAttribute = openAttribute
    self.attributeSpace = attributeSpace
    self.attributeType = attributeType
    self.readAttribute = readAttribute
    self.closeAttribute = closeAttribute
    self.dereference = dereference
    self.freeMemory = freeMemory
  }

  /// Runs calls of the library, one thread at a time.
  func perform<Result>(_ body: () throws -> Result) rethrows -> Result {
    lock.lock()
    defer { lock.unlock() }
    // Errors become sentences of ours; the library would print its own, by default in each thread.
    _ = silence(0, nil, nil)
    return try body()
  }

  /// The library by the names systems give it, or by the path in `HEARTFELT_HDF5`.
  private static func open() -> UnsafeMutableRawPointer? {
    let own = ProcessInfo.processInfo.environment["HEARTFELT_HDF5"].map { [$0] } ?? []
    #if canImport(Darwin)
      let names = [
        "/opt/homebrew/lib/libhdf5.dylib", "/usr/local/lib/libhdf5.dylib",
        "/opt/local/lib/libhdf5.dylib", "libhdf5.dylib",
      ]
    #else
      // Debian and its kin call the plain build "serial"; the numbers are those of 1.10 to 2.
      let names = ["libhdf5_serial.so", "libhdf5.so"].flatMap { name in
        [name] + ["103", "200", "310", "320", "100", "101"].map { "\(name).\($0)" }
      }
    #endif
    for name in own + names {
      if let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) { return handle }
    }
    return nil
  }
}

/// Whether HDF5 and MATLAB 7.3 files can be read on this machine.
package var isHDF5Installed: Bool { HDF5Library.installed != nil }
