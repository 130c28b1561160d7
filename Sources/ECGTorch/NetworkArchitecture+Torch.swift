import CTorchEngine
import ECGNetwork

extension NetworkArchitecture {
  /// The architecture in the plugin's words, during a call.
  func withTorchArchitecture<Result>(
    _ body: (UnsafePointer<heartfelt_torch_architecture>) throws -> Result
  ) throws -> Result {
    let filters = trunk?.blocks.map { Int32($0.filters) } ?? []
    let kernels = trunk?.blocks.map { Int32($0.kernel) } ?? []
    return try filters.withUnsafeBufferPointer { filters in
      try kernels.withUnsafeBufferPointer { kernels in
        try withTorchHeads(heads[...], []) { heads in
          try heads.withUnsafeBufferPointer { heads in
            var architecture = heartfelt_torch_architecture(
              input_length: Int32(inputLength), block_count: Int32(filters.count),
              filters: filters.baseAddress, kernels: kernels.baseAddress,
              pool_width: Int32(trunk?.poolWidth ?? 1), pool_stride: Int32(trunk?.poolStride ?? 1),
              leak: trunk?.leak ?? 0, head_count: Int32(heads.count), heads: heads.baseAddress)
            return try body(&architecture)
          }
        }
      }
    }
  }

  /// Head after head, each with its name and layers in place until the call ends.
  private func withTorchHeads<Result>(
    _ rest: ArraySlice<Head>, _ done: [heartfelt_torch_head],
    _ body: ([heartfelt_torch_head]) throws -> Result
  ) throws -> Result {
    guard let head = rest.first else { return try body(done) }
    let hidden = head.hidden.map(Int32.init)
    return try head.name.withCString { name in
      try hidden.withUnsafeBufferPointer { hidden in
        let next = heartfelt_torch_head(
          name: name, hidden: hidden.baseAddress, hidden_count: Int32(hidden.count),
          activation: head.activation == .relu ? 0 : 1, dropout: head.dropout,
          outputs: Int32(head.outputs), loss: head.loss == .sigmoid ? 0 : 1,
          loss_weight: head.lossWeight)
        return try withTorchHeads(rest.dropFirst(), done + [next], body)
      }
    }
  }
}
