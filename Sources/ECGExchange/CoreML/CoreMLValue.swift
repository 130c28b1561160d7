/// Types and constants of the ML Program language.
enum CoreMLScalar: Int32 {
  case bool = 1
  case string = 2
  case float32 = 11
  case float64 = 12
  case int32 = 23
}

extension CoreMLValueType {
  /// A tensor of a shape; a scalar where the shape is empty.
  init(_ scalar: CoreMLScalar, shape: [Int] = []) {
    self.init()
    var tensor = CoreMLTensorType()
    tensor.dataType = scalar.rawValue
    tensor.rank = Int64(shape.count)
    tensor.dimensions = shape.map(CoreMLDimension.init(size:))
    kind = .tensorType(tensor)
  }

  /// A list of `length` scalars.
  init(listOf scalar: CoreMLScalar, length: Int) {
    self.init()
    var list = CoreMLListType()
    list.type = CoreMLValueType(scalar)
    list.length = CoreMLDimension(size: length)
    kind = .listType(list)
  }

  /// A dictionary from text to numbers.
  static var probabilities: CoreMLValueType {
    var dictionary = CoreMLDictionaryType()
    dictionary.keyType = CoreMLValueType(.string)
    dictionary.valueType = CoreMLValueType(.float64)
    var type = CoreMLValueType()
    type.kind = .dictionaryType(dictionary)
    return type
  }
}

extension CoreMLDimension {
  init(size: Int) {
    self.init()
    constant.size = UInt64(size)
  }
}

extension CoreMLNamedValueType {
  init(_ name: String, _ type: CoreMLValueType) {
    self.init()
    self.name = name
    self.type = type
  }
}

extension CoreMLValue {
  static func string(_ text: String) -> CoreMLValue {
    value(CoreMLValueType(.string)) { $0.strings.values = [text] }
  }

  static func bool(_ truth: Bool) -> CoreMLValue {
    value(CoreMLValueType(.bool)) { $0.bools.values = [truth] }
  }

  static func float(_ number: Float) -> CoreMLValue {
    value(CoreMLValueType(.float32)) { $0.floats.values = [number] }
  }

  static func int(_ number: Int) -> CoreMLValue {
    value(CoreMLValueType(.int32)) { $0.ints.values = [Int32(clamping: number)] }
  }

  static func ints(_ numbers: [Int]) -> CoreMLValue {
    value(CoreMLValueType(.int32, shape: [numbers.count])) {
      $0.ints.values = numbers.map { Int32(clamping: $0) }
    }
  }

  static func strings(_ texts: [String]) -> CoreMLValue {
    var value = CoreMLValue()
    value.type = CoreMLValueType(listOf: .string, length: texts.count)
    value.immediateValue.list.values = texts.map(string)
    return value
  }

  /// A tensor in the weights file.
  static func weights(shape: [Int], offset: UInt64) -> CoreMLValue {
    var value = CoreMLValue()
    value.type = CoreMLValueType(.float32, shape: shape)
    value.blobFileValue.fileName = "@model_path/weights/weight.bin"
    value.blobFileValue.offset = offset
    return value
  }

  private static func value(
    _ type: CoreMLValueType, _ fill: (inout CoreMLTensorValue) -> Void
  ) -> CoreMLValue {
    var value = CoreMLValue()
    value.type = type
    var tensor = CoreMLTensorValue()
    fill(&tensor)
    value.immediateValue.tensor = tensor
    return value
  }
}
