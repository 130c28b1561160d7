import ECGPrediction
import Foundation
import HeartfeltWork

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Lines from a file descriptor, as they come, out of one buffer that is used again and again.
final class LineReader {
  /// What waiting for a line came to.
  enum Outcome {
    case lines, nothing, end
  }

  private let descriptor: Int32
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  private var lines = LineBuffer()

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// Lines longer than 64 KB, which were passed over.
  var tooLong: Int { lines.tooLong }

  /// Waits at most so long for input and hands over every line that is whole.
  func read(
    milliseconds: Int32, _ take: (UnsafeBufferPointer<UInt8>) throws -> Void
  ) throws -> Outcome {
    var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    let ready = Self.wait(&poll, milliseconds)
    guard ready > 0 else { return .nothing }
    let count = buffer.withUnsafeMutableBytes { bytes in
      Self.receive(descriptor, bytes.baseAddress, bytes.count)
    }
    if count < 0 { return errno == EINTR || errno == EAGAIN ? .nothing : .end }
    guard count > 0 else {
      try lines.finish(take)
      return .end
    }
    try buffer.withUnsafeBufferPointer {
      try lines.take(UnsafeBufferPointer(rebasing: $0[..<count]), take)
    }
    return .lines
  }

  // The functions of the system have names that methods here would hide.
  private static func wait(_ descriptor: inout pollfd, _ milliseconds: Int32) -> Int32 {
    poll(&descriptor, 1, milliseconds)
  }

  private static func receive(_ descriptor: Int32, _ target: UnsafeMutableRawPointer?, _ room: Int)
    -> Int
  {
    #if canImport(Darwin)
      Darwin.read(descriptor, target, room)
    #elseif canImport(Glibc)
      Glibc.read(descriptor, target, room)
    #elseif canImport(Musl)
      Musl.read(descriptor, target, room)
    #endif
  }
}

/// A connection to a host that sends lines.
enum Connection {
  /// Connects by TCP; gives the descriptor.
  /// - Throws: `CommandError` with the system's reason.
  static func open(host: String, port: String) throws -> Int32 {
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    #if canImport(Glibc)
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    #else
      hints.ai_socktype = SOCK_STREAM
    #endif
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, port, &hints, &list)
    guard status == 0, let first = list else {
      throw CommandError("\(host) is not known: \(String(cString: gai_strerror(status)))")
    }
    defer { freeaddrinfo(first) }
    var reason = "no address"
    var next: UnsafeMutablePointer<addrinfo>? = first
    while let entry = next?.pointee {
      let descriptor = socket(entry.ai_family, entry.ai_socktype, entry.ai_protocol)
      if descriptor >= 0 {
        if connect(descriptor, entry.ai_addr, entry.ai_addrlen) == 0 { return descriptor }
        reason = String(cString: strerror(errno))
        close(descriptor)
      }
      next = entry.ai_next
    }
    throw CommandError("\(host):\(port) does not answer: \(reason)")
  }
}
