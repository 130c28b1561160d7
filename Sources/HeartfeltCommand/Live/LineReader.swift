import Foundation

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
  private var filled = 0
  /// Whether the rest of a line that is longer than the buffer is being passed over.
  private var isSkipping = false
  /// Lines longer than 64 KB, which were passed over.
  private(set) var tooLong = 0

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// Waits at most so long for input and hands over every line that is whole.
  func read(
    milliseconds: Int32, _ take: (UnsafeBufferPointer<UInt8>) throws -> Void
  ) throws -> Outcome {
    var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    let ready = Self.wait(&poll, milliseconds)
    guard ready > 0 else { return .nothing }
    let room = buffer.count - filled
    let count = buffer.withUnsafeMutableBytes { bytes in
      Self.receive(descriptor, bytes.baseAddress?.advanced(by: filled), room)
    }
    if count < 0 { return errno == EINTR || errno == EAGAIN ? .nothing : .end }
    guard count > 0 else {
      // A last line without its end.
      if filled > 0, !isSkipping {
        try buffer.withUnsafeBufferPointer {
          try take(UnsafeBufferPointer(rebasing: $0[..<filled]))
        }
      }
      filled = 0
      return .end
    }
    filled += count
    try handOver(take)
    return .lines
  }

  private func handOver(_ take: (UnsafeBufferPointer<UInt8>) throws -> Void) throws {
    var start = 0
    try buffer.withUnsafeBufferPointer { bytes in
      var place = 0
      while place < filled {
        if bytes[place] == UInt8(ascii: "\n") {
          if isSkipping {
            isSkipping = false
          } else {
            try take(UnsafeBufferPointer(rebasing: bytes[start..<place]))
          }
          start = place + 1
        }
        place += 1
      }
    }
    let rest = filled - start
    if start > 0, rest > 0 {
      buffer.withUnsafeMutableBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        memmove(base, base + start, rest)
      }
    }
    filled = rest
    if filled == buffer.count {
      if !isSkipping { tooLong += 1 }
      isSkipping = true
      filled = 0
    }
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
