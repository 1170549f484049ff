import CKernels

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
    /// Numbers in an example.
    package let width: Int

    init(port: DataPort, values: Values) {
      self.port = port
      self.values = values
      width = port.elementCount
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

  /// The examples of all parts in order: what not every part has is left out.
  init(joining parts: [Dataset]) {
    precondition(!parts.isEmpty, "nothing to join")
    let columns = parts[0].columns.compactMap { first -> Column? in
      let columns = parts.compactMap { $0[first.port.name] }
      guard columns.count == parts.count else { return nil }
      return Column(port: first.port, values: Values(joining: columns.map(\.values), as: parts[0].precision))
    }
    self.init(count: parts.reduce(0) { $0 + $1.count }, columns: columns, precision: parts[0].precision)
  }

  package subscript(name: String) -> Column? {
    columns.first { $0.port.name == name }
  }
}

extension Dataset.Column {
  /// Copies an example into memory that a program reads: classes as 32-bit integers, reals as the program's type.
  ///
  /// - Parameter target: has room for `exampleSize` bytes, and is aligned for the type.
  package func copy(_ example: Int, as precision: RealPrecision, to target: UnsafeMutableRawPointer) {
    precondition(example >= 0 && example < values.count / max(width, 1), "there is no example \(example)")
    switch (values, precision) {
    case (.classes(let values), _): copy(example, of: values, to: target)
    case (.float32(let values), .float32): copy(example, of: values, to: target)
    case (.float64(let values), .float64): copy(example, of: values, to: target)
    case (.float32(let values), .float64): convert(example, of: values, to: target) { Double($0) }
    case (.float64(let values), .float32): convert(example, of: values, to: target) { Float($0) }
    case (.bytes(let values), .float32): convert(example, of: values, to: target) { Float($0) / 255 }
    case (.bytes(let values), .float64): convert(example, of: values, to: target) { Double($0) / 255 }
    }
  }

  /// Has the memory system bring an example near that will be copied soon.
  package func fetch(_ example: Int) {
    switch values {
    case .float32(let values): fetch(example, of: values)
    case .float64(let values): fetch(example, of: values)
    case .bytes(let values): fetch(example, of: values)
    case .classes(let values): fetch(example, of: values)
    }
  }

  private func fetch<Number: BitwiseCopyable>(_ example: Int, of values: [Number]) {
    let size = width * MemoryLayout<Number>.size
    values.withUnsafeBytes { nn_fetch($0.baseAddress?.advanced(by: example * size), size) }
  }

  /// The bytes that `copy` writes.
  package func exampleSize(_ precision: RealPrecision) -> Int {
    if case .classes = values { return width * MemoryLayout<Int32>.size }
    return width * (precision == .float32 ? MemoryLayout<Float>.size : MemoryLayout<Double>.size)
  }

  private func copy<Number: BitwiseCopyable>(_ example: Int, of values: [Number], to target: UnsafeMutableRawPointer) {
    let size = width * MemoryLayout<Number>.size
    values.withUnsafeBytes { source in
      UnsafeMutableRawBufferPointer(start: target, count: size).copyMemory(from: .init(rebasing: source[(example * size)...].prefix(size)))
    }
  }

  /// By bare pointers: the check of an index at each number would keep the loop from being done in vectors.
  @inline(__always)
  private func convert<From, To: BitwiseCopyable>(
    _ example: Int, of values: [From], to target: UnsafeMutableRawPointer, _ convert: (From) -> To
  ) {
    let numbers = target.assumingMemoryBound(to: To.self)
    values.withUnsafeBufferPointer { source in
      guard let first = source.baseAddress?.advanced(by: example * width) else { return }
      for index in 0..<width { numbers[index] = convert(first[index]) }
    }
  }
}

extension Dataset.Values {
  /// One after the other. Image bytes stay bytes only if all parts are.
  fileprivate init(joining parts: [Self], as precision: RealPrecision) {
    let bytes = parts.compactMap { if case .bytes(let values) = $0 { values } else { nil } }
    let classes = parts.compactMap { if case .classes(let values) = $0 { values } else { nil } }
    if bytes.count == parts.count {
      self = .bytes(Array(bytes.joined()))
    } else if classes.count == parts.count {
      self = .classes(Array(classes.joined()))
    } else if precision == .float32 {
      self = .float32(parts.flatMap { $0.reals(Float.self) })
    } else {
      self = .float64(parts.flatMap { $0.reals(Double.self) })
    }
  }

  private func reals<Real: BinaryFloatingPoint>(_ type: Real.Type) -> [Real] {
    switch self {
    case .float32(let values): values.map { Real($0) }
    case .float64(let values): values.map { Real($0) }
    case .bytes(let values): values.map { Real($0) / 255 }
    case .classes(let values): values.map { Real($0) }
    }
  }
}
