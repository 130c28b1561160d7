import Foundation

/// What a Python pickle holds, read without ever executing anything.
///
/// A pickle is a program for a small stack machine (CPython's `pickletools` documents it). This reader runs
/// only what builds dictionaries, lists, numbers, texts and NumPy arrays, knows a handful of NumPy's
/// constructors by name, and refuses everything else. Data of arrays stay where they are in the mapped
/// file until an array is asked for its elements.
package final class PickleTree: Sendable {
  let nodes: [PickleNode]
  private let top: Int
  let path: String

  /// Reads protocols 0 to 5.
  /// - Throws: `FormatError` if the pickle calls anything, is cut short, or needs more than
  ///   `PickleMachine.mostOperations` operations.
  package init(at url: URL) throws {
    let bytes = try openBytes(at: url)
    var machine = PickleMachine(bytes, path: url.path)
    top = try machine.run()
    nodes = machine.nodes
    path = url.path
  }

  /// The outermost value.
  package var root: PickleValue { PickleValue(tree: self, index: top) }
}

/// One value of a pickle; values refer to each other by number, so that cycles do no harm.
enum PickleNode: Sendable {
  case none
  case bool(Bool)
  case int(Int)
  case float(Double)
  case text(PickleText)
  case list([Int])
  case tuple([Int])
  /// Keys and values by turns.
  case dictionary([Int])
  case element(PickleElement)
  /// The type of an array of texts, times or objects; such an array becomes nothing.
  case otherElement
  case array(PickleArray)
  case callable(PickleCallable)
  /// An array whose state is still to come.
  case unbuilt
}

/// A value of a pickle.
package struct PickleValue: Sendable {
  let tree: PickleTree
  let index: Int

  private var node: PickleNode { tree.nodes[index] }

  /// The value of a dictionary under a text key.
  package subscript(key: String) -> PickleValue? {
    guard case .dictionary(let items) = node else { return nil }
    for place in stride(from: 0, to: items.count - 1, by: 2) {
      if case .text(let text) = tree.nodes[items[place]], text.string == key {
        return PickleValue(tree: tree, index: items[place + 1])
      }
    }
    return nil
  }

  /// The text keys of a dictionary, in its order.
  package var keys: [String] {
    guard case .dictionary(let items) = node else { return [] }
    return stride(from: 0, to: items.count - 1, by: 2).compactMap {
      if case .text(let text) = tree.nodes[items[$0]] { text.string } else { nil }
    }
  }

  /// The array, if it is one.
  package var array: PickleArray? {
    if case .array(let array) = node { array } else { nil }
  }

  /// The text, if it is one.
  package var text: String? {
    if case .text(let text) = node { text.string } else { nil }
  }

  /// The number, if it is one.
  package var number: Double? {
    switch node {
    case .int(let value): Double(value)
    case .float(let value): value
    default: nil
    }
  }
}
