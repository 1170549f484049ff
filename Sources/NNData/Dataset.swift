/// Examples in memory, in the order of their file: one column for every port that the source has.
package struct Dataset: Equatable, Sendable {
  package enum Values: Equatable, Sendable {
    case float32([Float])
    case float64([Double])
    /// Image bytes: 0...255 stand for 0...1. They take a quarter of the memory that the reals would.
    case bytes([UInt8])
    case classes([Int32])

    package var count: Int {
      switch self {
      case .float32(let values): values.count
      case .float64(let values): values.count
      case .bytes(let values): values.count
      case .classes(let values): values.count
      }
    }
  }

  package struct Column: Equatable, Sendable {
    package let port: DataPort
    package let values: Values

    init(port: DataPort, values: Values) {
      self.port = port
      self.values = values
    }
  }

  /// Number of examples.
  package let count: Int
  package let columns: [Column]
  package let precision: RealPrecision

  init(count: Int, columns: [Column], precision: RealPrecision) {
    precondition(columns.allSatisfy { $0.values.count == count * $0.port.elementCount }, "columns differ in length")
    self.count = count
    self.columns = columns
    self.precision = precision
  }

  package subscript(name: String) -> Column? {
    columns.first { $0.port.name == name }
  }
}

extension Dataset.Column {
  /// Copies examples one after the other into memory that a program reads: classes as 32-bit integers, reals as the program's type.
  ///
  /// - Parameter target: has room for all of them, and is aligned for the type.
  package func copy(_ examples: some Sequence<Int>, as precision: RealPrecision, to target: UnsafeMutableRawPointer) {
    let size = port.elementCount * elementSize(precision)
    for (position, example) in examples.enumerated() { copy(example: example, as: precision, to: target + position * size) }
  }

  /// Bytes of one element where `copy` puts it.
  package func elementSize(_ precision: RealPrecision) -> Int {
    if case .classes = values { return MemoryLayout<Int32>.size }
    return precision == .float32 ? MemoryLayout<Float>.size : MemoryLayout<Double>.size
  }

  /// Not generic over the sequence of examples, so that the loops below are compiled for their types.
  private func copy(example: Int, as precision: RealPrecision, to target: UnsafeMutableRawPointer) {
    switch (values, precision) {
    case (.classes(let values), _): copy(example, of: values, to: target) { $0 }
    case (.float32(let values), .float32): copy(example, of: values, to: target) { $0 }
    case (.float32(let values), .float64): copy(example, of: values, to: target) { Double($0) }
    case (.float64(let values), .float64): copy(example, of: values, to: target) { $0 }
    case (.float64(let values), .float32): copy(example, of: values, to: target) { Float($0) }
    case (.bytes(let values), .float32): copy(example, of: values, to: target) { Float($0) / 255 }
    case (.bytes(let values), .float64): copy(example, of: values, to: target) { Double($0) / 255 }
    }
  }

  @inline(__always)
  private func copy<From, To: BitwiseCopyable>(
    _ example: Int, of values: [From], to target: UnsafeMutableRawPointer, _ convert: (From) -> To
  ) {
    let width = port.elementCount
    precondition(example >= 0 && example < values.count / max(width, 1), "there is no example \(example)")
    let numbers = target.assumingMemoryBound(to: To.self)
    values.withUnsafeBufferPointer { source in
      let start = example * width
      for index in 0..<width { (numbers + index).initialize(to: convert(source[start + index])) }
    }
  }
}
