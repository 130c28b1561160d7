import CSpectral

/// A part of a layer whose gradient is finished, and whose parameters are updated, by one thread.
struct GradientTask: Sendable {
  enum Layer: Sendable {
    case convolution(Int)
    case dense(Int)
  }

  /// A stretch of the arena.
  struct Place: Sendable {
    let offset: Int
    let count: Int
    let isKernel: Bool
  }

  let layer: Layer
  /// Inputs of the kernel: the rows of each tap.
  let rows: Range<Int>
  /// The parameters of this part: its rows of the kernel, and the bias with the first rows.
  let places: [Place]

  private init(_ layer: Layer, rows: Range<Int>, in layout: NetworkLayout) {
    self.layer = layer
    self.rows = rows
    places = Self.places(of: layer, rows: rows, in: layout)
  }

  /// All tasks of a network, in a fixed order.
  static func all(_ layout: NetworkLayout) -> [GradientTask] {
    var tasks: [GradientTask] = []
    for layer in layout.convolutions {
      for first in stride(from: 0, to: layer.paddedInputs, by: 16) {
        tasks.append(
          GradientTask(
            .convolution(layer.index), rows: first..<min(first + 16, layer.paddedInputs),
            in: layout))
      }
    }
    for (index, layer) in layout.dense.enumerated() {
      for first in stride(from: 0, to: layer.inputs, by: 64) {
        tasks.append(
          GradientTask(.dense(index), rows: first..<min(first + 64, layer.inputs), in: layout))
      }
    }
    return tasks
  }

  private static func places(
    of layer: Layer, rows: Range<Int>, in layout: NetworkLayout
  ) -> [Place] {
    var places: [Place] = []
    switch layer {
    case .convolution(let index):
      let layer = layout.convolutions[index]
      let width = layer.paddedOutputs
      for tap in 0..<layer.taps {
        places.append(
          Place(
            offset: layout.kernel(layer).offset + tap * layer.plane + rows.lowerBound * width,
            count: rows.count * width, isKernel: true))
      }
      if rows.lowerBound == 0 {
        places.append(Place(offset: layout.bias(layer).offset, count: width, isKernel: false))
      }
    case .dense(let index):
      let width = layout.dense[index].paddedOutputs
      places.append(
        Place(
          offset: layout.kernel(dense: index).offset + rows.lowerBound * width,
          count: rows.count * width, isKernel: true))
      if rows.lowerBound == 0 {
        places.append(
          Place(offset: layout.bias(dense: index).offset, count: width, isKernel: false))
      }
    }
    return places
  }
}
