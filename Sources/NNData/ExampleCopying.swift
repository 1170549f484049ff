import CKernels

extension Dataset.Column {
  /// Copies an example into memory that a program reads: classes as 32-bit integers, reals as the program's type.
  ///
  /// - Parameter target: has room for `exampleSize` bytes, and is aligned for the type.
  package func copy(_ example: Int, as precision: RealPrecision, to target: UnsafeMutableRawPointer) {
    precondition(example >= 0 && example < values.count / max(width, 1), "there is no example \(example)")
    values.copy(example, width: width, as: precision, to: target)
  }

  /// The numbers of an example.
  package func numbers(_ example: Int) -> [Double] {
    if case .classes(let classes) = values { return classes[example * width..<(example + 1) * width].map(Double.init) }
    return [Double](unsafeUninitializedCapacity: width) { buffer, count in
      if let start = buffer.baseAddress { copy(example, as: .float64, to: start) }
      count = width
    }
  }

  /// Has the memory system bring an example near that will be copied soon.
  package func fetch(_ example: Int) { values.fetch(example, width: width) }
}

extension Dataset.Values {
  fileprivate func copy(_ example: Int, width: Int, as precision: RealPrecision, to target: UnsafeMutableRawPointer) {
    switch (self, precision) {
    case (.classes(let values), _): Self.copy(example, width, of: values, to: target)
    case (.float32(let values), .float32): Self.copy(example, width, of: values, to: target)
    case (.float64(let values), .float64): Self.copy(example, width, of: values, to: target)
    case (.float32(let values), .float64): Self.convert(example, width, of: values, to: target) { Double($0) }
    case (.float64(let values), .float32): Self.convert(example, width, of: values, to: target) { Float($0) }
    case (.bytes(let values), .float32): Self.convert(example, width, of: values, to: target) { Float($0) / 255 }
    case (.bytes(let values), .float64): Self.convert(example, width, of: values, to: target) { Double($0) / 255 }
    case (.stored(let numbers), _): numbers.values(example).copy(0, width: width, as: precision, to: target)
    case (.parts(let parts), _):
      guard let part = parts.last(where: { $0.first <= example }) else { return }
      part.values.copy(example - part.first, width: width, as: precision, to: target)
    }
  }

  fileprivate func fetch(_ example: Int, width: Int) {
    switch self {
    case .float32(let values): Self.fetch(example, width, of: values)
    case .float64(let values): Self.fetch(example, width, of: values)
    case .bytes(let values): Self.fetch(example, width, of: values)
    case .classes(let values): Self.fetch(example, width, of: values)
    case .stored, .parts: break
    }
  }

  private static func fetch<Number: BitwiseCopyable>(_ example: Int, _ width: Int, of values: [Number]) {
    let size = width * MemoryLayout<Number>.size
    values.withUnsafeBytes { nn_fetch($0.baseAddress?.advanced(by: example * size), size) }
  }

  private static func copy<Number: BitwiseCopyable>(
    _ example: Int, _ width: Int, of values: [Number], to target: UnsafeMutableRawPointer
  ) {
    let size = width * MemoryLayout<Number>.size
    values.withUnsafeBytes { source in
      UnsafeMutableRawBufferPointer(start: target, count: size).copyMemory(from: .init(rebasing: source[(example * size)...].prefix(size)))
    }
  }

  /// By bare pointers: the check of an index at each number would keep the loop from being done in vectors.
  @inline(__always)
  private static func convert<From, To: BitwiseCopyable>(
    _ example: Int, _ width: Int, of values: [From], to target: UnsafeMutableRawPointer, _ convert: (From) -> To
  ) {
    let numbers = target.assumingMemoryBound(to: To.self)
    values.withUnsafeBufferPointer { source in
      guard let first = source.baseAddress?.advanced(by: example * width) else { return }
      for index in 0..<width { numbers[index] = convert(first[index]) }
    }
  }
}
