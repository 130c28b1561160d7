import ECGNetwork
import ECGPretext

/// Names of weights elsewhere, and what they are here.
public enum WeightNames {
  /// The variables of the published TensorFlow graph by our layer names.
  ///
  /// | there | here |
  /// |---|---|
  /// | `conv_layer_1` … `conv_layer_6` | `trunk.conv1` … `trunk.conv6` |
  /// | `task_J_dense_1`, `task_J_dense_2`, `task_J` | `heads.NAME.dense1`, `.dense2`, `.output` |
  ///
  /// Task J is the J-th of original, noise, scaling, negation, inversion, permutation, warp, from 0. A
  /// scope before the name is left aside. (Sarkar and Etemad's code; the released checkpoint has the same.)
  /// - Returns: nil for a layer that is none of these.
  public static func layer(ofTensorFlowLayer name: String) -> String? {
    let last = name.split(separator: "/").last.map(String.init) ?? name
    if let number = last.number(after: "conv_layer_"), number > 0 { return "trunk.conv\(number)" }
    guard last.hasPrefix("task_") else { return nil }
    let parts = last.dropFirst("task_".count).split(
      separator: "_", omittingEmptySubsequences: false)
    guard let first = parts.first, let task = Int(first), parts.count == 1 || parts.count == 3,
      TransformationSet.standard.names.indices.contains(task)
    else { return nil }
    let head = "heads." + TransformationSet.standard.names[task]
    if parts.count == 1 { return head + ".output" }
    guard parts[1] == "dense", let number = Int(parts[2]), number > 0 else { return nil }
    return "\(head).dense\(number)"
  }
}

extension String {
  /// The number that follows a prefix and ends the text.
  fileprivate func number(after prefix: String) -> Int? {
    hasPrefix(prefix) ? Int(dropFirst(prefix.count)) : nil
  }
}

/// Weights out of another program's file, under our names.
public struct ImportedWeights: Sendable {
  /// The parameters, as this package lays them out.
  public let parameters: Parameters
  /// Where each came from: our name, and the file's.
  public let origins: [String: String]
  /// What in the file was not used, such as the memory of an optimiser, sorted.
  public let leftOut: [String]
}

extension ImportedWeights {
  /// The weights in a TensorFlow checkpoint.
  ///
  /// Convolution kernels are turned from `[kernel, in, out]` into `[out, in, kernel]`, dense ones from
  /// `[in, out]` into `[out, in]`.
  /// - Parameter layers: our layer names by TensorFlow's, such as `["conv1d_3": "trunk.conv4"]`, where
  ///   they are not the published graph's.
  /// - Throws: `ExchangeError` when a variable is damaged, or two have the same place.
  public init(_ checkpoint: TensorFlowCheckpoint, layers: [String: String] = [:]) throws {
    var parameters = Parameters()
    var origins: [String: String] = [:]
    var leftOut: [String] = []
    for variable in checkpoint.variables {
      let parts = variable.name.split(separator: "/").map(String.init)
      let scope = parts.dropLast().joined(separator: "/")
      guard let kind = parts.last, kind == "kernel" || kind == "bias",
        let layer = layers[scope] ?? WeightNames.layer(ofTensorFlowLayer: scope)
      else {
        leftOut.append(variable.name)
        continue
      }
      let name = layer + (kind == "kernel" ? ".weight" : ".bias")
      if let other = origins[name] {
        throw ExchangeError.weights(
          "'\(other)' and '\(variable.name)' both map to \(name); map one of them elsewhere")
      }
      parameters[name] = try checkpoint.tensor(variable.name).reversingDimensions()
      origins[name] = variable.name
    }
    self.init(parameters: parameters, origins: origins, leftOut: leftOut)
  }

  /// The weights in a safetensors file, such as PyTorch saved; kernels are `[out, in, kernel]`.
  ///
  /// A prefix that all names share up to ours, such as `module.`, is left aside.
  /// - Parameter layers: our layer names by the file's, such as `["features.0": "trunk.conv1"]`, where
  ///   they are not ours.
  /// - Throws: `ExchangeError.weights` when two tensors have the same place.
  public init(_ file: Safetensors, layers: [String: String] = [:]) throws {
    var parameters = Parameters()
    var origins: [String: String] = [:]
    var leftOut: [String] = []
    for original in file.tensors.names {
      guard let dot = original.lastIndex(of: ".") else {
        leftOut.append(original)
        continue
      }
      let scope = String(original[..<dot])
      let kind = String(original[dot...])
      guard kind == ".weight" || kind == ".bias", let layer = layers[scope] ?? scope.ownLayer else {
        leftOut.append(original)
        continue
      }
      if let other = origins[layer + kind] {
        throw ExchangeError.weights(
          "'\(other)' and '\(original)' both map to \(layer + kind); map one of them elsewhere")
      }
      parameters[layer + kind] = file.tensors[original]
      origins[layer + kind] = original
    }
    self.init(parameters: parameters, origins: origins, leftOut: leftOut.sorted())
  }
}

extension String {
  /// The part of a layer's name from `trunk.`, `heads.` or `emotion.` on.
  fileprivate var ownLayer: String? {
    let parts = split(separator: ".")
    guard let start = parts.firstIndex(where: { ["trunk", "heads", "emotion"].contains($0) }) else {
      return nil
    }
    return parts[start...].joined(separator: ".")
  }
}

extension Tensor {
  /// The tensor with its dimensions in the opposite order.
  func reversingDimensions() -> Tensor {
    guard shape.count > 1 else { return self }
    var output = [Float](repeating: 0, count: values.count)
    var index = [Int](repeating: 0, count: shape.count)
    for value in values {
      // The place of value [i, j, k] in [k, j, i].
      var place = 0
      for dimension in shape.indices.reversed() {
        place = place * shape[dimension] + index[dimension]
      }
      output[place] = value
      for dimension in shape.indices.reversed() {
        index[dimension] += 1
        if index[dimension] < shape[dimension] { break }
        index[dimension] = 0
      }
    }
    return Tensor(shape: shape.reversed(), values: output)
  }
}
