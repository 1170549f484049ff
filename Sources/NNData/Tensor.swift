/// A named array of numbers with a shape, as it is in a file.
package struct Tensor: Equatable, Sendable {
  package enum Storage: Equatable, Sendable {
    case float32([Float])
    case float64([Double])
    case int32([Int32])
    case int64([Int64])
    case uint8([UInt8])
  }

  package var name: String
  package let shape: [Int]
  package let storage: Storage

  package init(name: String, shape: [Int], storage: Storage) {
    precondition(ElementCount.of(shape) == storage.count, "a tensor of shape \(shape) cannot hold \(storage.count) elements")
    self.name = name
    self.shape = shape
    self.storage = storage
  }
}

/// The number of elements of a shape.
package enum ElementCount {
  /// nil for a negative size, or where the product does not fit an Int.
  package static func of(_ shape: [Int]) -> Int? {
    shape.reduce(1 as Int?) { product, size in
      guard let product, size >= 0 else { return nil }
      let (value, overflow) = product.multipliedReportingOverflow(by: size)
      return overflow ? nil : value
    }
  }
}

extension Tensor.Storage {
  package var count: Int {
    switch self {
    case .float32(let values): values.count
    case .float64(let values): values.count
    case .int32(let values): values.count
    case .int64(let values): values.count
    case .uint8(let values): values.count
    }
  }

  /// The name of the type of the elements, as NumPy writes it.
  package var typeName: String {
    switch self {
    case .float32: "float32"
    case .float64: "float64"
    case .int32: "int32"
    case .int64: "int64"
    case .uint8: "uint8"
    }
  }

  /// The values in double precision.
  package var doubles: [Double] {
    switch self {
    case .float32(let values): values.map(Double.init)
    case .float64(let values): values
    case .int32(let values): values.map(Double.init)
    case .int64(let values): values.map(Double.init)
    case .uint8(let values): values.map(Double.init)
    }
  }

  /// The values in single precision; an error where a finite value becomes infinite.
  package func floats() throws(ContentError) -> [Float] {
    switch self {
    case .float32(let values): return values
    case .uint8(let values): return values.map(Float.init)
    case .int32(let values): return values.map(Float.init)
    case .int64(let values): return values.map(Float.init)
    case .float64(let values):
      let floats = values.map(Float.init)
      if let index = floats.indices.first(where: { floats[$0].isInfinite && values[$0].isFinite }) {
        throw ContentError("\(values[index]) is out of the range of float32", element: index)
      }
      return floats
    }
  }

  /// The values as whole numbers; an error where one is a fraction or out of range.
  package func int32s() throws(ContentError) -> [Int32] {
    switch self {
    case .int32(let values): return values
    case .uint8(let values): return values.map(Int32.init)
    case .int64(let values): return try Self.whole(values) { Int32(exactly: $0) }
    case .float32(let values): return try Self.whole(values) { Int32(exactly: $0) }
    case .float64(let values): return try Self.whole(values) { Int32(exactly: $0) }
    }
  }

  /// Index of the first value that is not a number or infinite.
  package var firstNonFinite: Int? {
    switch self {
    case .float32(let values): values.firstIndex { !$0.isFinite }
    case .float64(let values): values.firstIndex { !$0.isFinite }
    case .int32, .int64, .uint8: nil
    }
  }

  private static func whole<Number>(_ values: [Number], _ convert: (Number) -> Int32?) throws(ContentError) -> [Int32] {
    var result: [Int32] = []
    result.reserveCapacity(values.count)
    for (index, value) in values.enumerated() {
      guard let whole = convert(value) else { throw ContentError("\(value) is not a whole number of 32 bits", element: index) }
      result.append(whole)
    }
    return result
  }

  /// Hands over the memory of the elements, little-endian on every machine this runs on.
  func withBytes<Result, Failure: Error>(_ body: (UnsafeRawBufferPointer) throws(Failure) -> Result) throws(Failure) -> Result {
    switch self {
    case .float32(let values): try values.span.withUnsafeBytes(body)
    case .float64(let values): try values.span.withUnsafeBytes(body)
    case .int32(let values): try values.span.withUnsafeBytes(body)
    case .int64(let values): try values.span.withUnsafeBytes(body)
    case .uint8(let values): try values.span.withUnsafeBytes(body)
    }
  }
}
