import ECGEmotion
import Foundation
import HTTPTypes

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What a server counts, as Prometheus reads it (text format 0.0.4).
final class ServerMetrics: Sendable {
  private struct Key: Hashable, Comparable {
    let route: String
    let status: Int

    static func < (one: Key, other: Key) -> Bool {
      (one.route, one.status) < (other.route, other.status)
    }
  }

  private struct Histogram {
    var counts = [Int](repeating: 0, count: ServerMetrics.bounds.count + 1)
    var sum = 0.0

    mutating func add(_ seconds: Double) {
      let place = ServerMetrics.bounds.firstIndex { seconds <= $0 } ?? ServerMetrics.bounds.count
      counts[place] += 1
      sum += seconds
    }
  }

  private struct State {
    var requests: [Key: Int] = [:]
    var durations: [String: Histogram] = [:]
    var windows = 0
    var abstained: [String: Int] = [:]
    var computing = Histogram()
    var sessions = 0
    var packets = 0
  }

  /// Upper bounds of durations, in s.
  private static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
  private let state = Guarded(State())
  private let started = Date()

  /// Counts an answer. Routes are few; addresses are not counted apart.
  func count(route: String, status: Int, seconds: Double) {
    state.withLock { state in
      state.requests[Key(route: route, status: status), default: 0] += 1
      state.durations[route, default: Histogram()].add(seconds)
    }
  }

  /// Counts the windows of a recording, and the time it took to read and predict it.
  func countWindows(_ windows: [WindowPrediction], seconds: Double) {
    state.withLock { state in
      state.computing.add(seconds)
      for window in windows { Self.count(window, in: &state) }
    }
  }

  /// Counts a live prediction.
  func count(_ window: WindowPrediction) {
    state.withLock { Self.count(window, in: &$0) }
  }

  /// Counts live sessions begun and packets taken.
  func count(sessions: Int = 0, packets: Int = 0) {
    state.withLock { state in
      state.sessions += sessions
      state.packets += packets
    }
  }

  private static func count(_ window: WindowPrediction, in state: inout State) {
    state.windows += 1
    if let reason = window.abstention { state.abstained[reason.rawValue, default: 0] += 1 }
  }

  /// What is so at this moment.
  struct Moment {
    var connections: Int
    var busyWorkers: Int
    var workers: Int
    var waiting: Int
    var liveSessions: Int
  }

  /// The text that Prometheus fetches.
  func text(_ moment: Moment) -> String {
    let state = state.withLock { $0 }
    var page = Page()
    page.family("heartfelt_requests_total", "counter", "Requests answered, by route and status.")
    for (key, count) in state.requests.sorted(by: { $0.key < $1.key }) {
      page.line(
        "heartfelt_requests_total{route=\"\(key.route)\",status=\"\(key.status)\"} \(count)")
    }
    page.family(
      "heartfelt_request_seconds", "histogram", "From the head of a request to its answer.")
    for (route, histogram) in state.durations.sorted(by: { $0.key < $1.key }) {
      page.histogram("heartfelt_request_seconds", "route=\"\(route)\"", histogram)
    }
    page.family(
      "heartfelt_prediction_seconds", "histogram", "Reading and predicting a recording.")
    page.histogram("heartfelt_prediction_seconds", "", state.computing)
    page.counter("heartfelt_windows_total", "Windows predicted.", state.windows)
    page.family("heartfelt_abstentions_total", "counter", "Windows abstained from, by reason.")
    for (reason, count) in state.abstained.sorted(by: { $0.key < $1.key }) {
      page.line("heartfelt_abstentions_total{reason=\"\(reason)\"} \(count)")
    }
    page.counter("heartfelt_live_sessions_total", "Live sessions begun.", state.sessions)
    page.counter("heartfelt_live_packets_total", "Live packets taken.", state.packets)
    page.gauge("heartfelt_live_sessions", "Live sessions now.", moment.liveSessions)
    page.gauge("heartfelt_connections", "Connections open now.", moment.connections)
    page.gauge("heartfelt_workers", "Workers there are.", moment.workers)
    page.gauge("heartfelt_workers_busy", "Workers computing now.", moment.busyWorkers)
    page.gauge("heartfelt_waiting", "Predictions that wait for a worker now.", moment.waiting)
    page.gauge(
      "process_start_time_seconds", "When the server started, in Unix time.",
      Int(started.timeIntervalSince1970))
    if let bytes = Self.residentBytes {
      page.gauge("process_resident_memory_bytes", "Memory in use.", bytes)
    }
    return page.text
  }

  private struct Page {
    var text = ""

    mutating func line(_ line: String) {
      text += line + "\n"
    }

    mutating func family(_ name: String, _ type: String, _ help: String) {
      line("# HELP \(name) \(help)\n# TYPE \(name) \(type)")
    }

    mutating func counter(_ name: String, _ help: String, _ value: Int) {
      family(name, "counter", help)
      line("\(name) \(value)")
    }

    mutating func gauge(_ name: String, _ help: String, _ value: Int) {
      family(name, "gauge", help)
      line("\(name) \(value)")
    }

    mutating func histogram(_ name: String, _ label: String, _ histogram: Histogram) {
      let comma = label.isEmpty ? "" : ","
      let braces = label.isEmpty ? "" : "{\(label)}"
      var sum = 0
      for (bound, count) in zip(ServerMetrics.bounds, histogram.counts) {
        sum += count
        line("\(name)_bucket{\(label)\(comma)le=\"\(bound)\"} \(sum)")
      }
      sum += histogram.counts.last ?? 0
      line("\(name)_bucket{\(label)\(comma)le=\"+Inf\"} \(sum)")
      line("\(name)_sum\(braces) \(histogram.sum)")
      line("\(name)_count\(braces) \(sum)")
    }
  }

  /// Memory in use by this process, in bytes, where the system tells.
  private static var residentBytes: Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
      return nil
    }
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return pages.map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) }
  }
}
