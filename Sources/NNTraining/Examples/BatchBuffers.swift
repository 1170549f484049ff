import NNData
import NNExecution
import NNGraph
import NNSchedule

/// The memory that a program reads its examples from: a contiguous buffer for each port.
struct BatchBuffers: Sendable {
  private let ports: [AlignedBuffer]
  private let capacity: Int
  private let precision: RealPrecision

  init(_ model: Model, capacity: Int, precision: Precision) throws(ExecutionError) {
    self.capacity = capacity
    self.precision = RealPrecision(precision)
    ports = try model.ports.map { port throws(ExecutionError) in
      let (bytes, overflow) = port.type.exampleBytes(precision).multipliedReportingOverflow(by: capacity)
      guard !overflow else { throw .system("a batch of \(capacity) examples does not fit into memory") }
      return try AlignedBuffer(byteCount: bytes)
    }
  }

  private init(like other: BatchBuffers) throws(ExecutionError) {
    capacity = other.capacity
    precision = other.precision
    ports = try other.ports.map { port throws(ExecutionError) in try AlignedBuffer(byteCount: port.byteCount) }
  }

  /// Buffers of the same kind and size.
  func another() throws(ExecutionError) -> BatchBuffers { try BatchBuffers(like: self) }

  var byteCount: Int { ports.reduce(0) { $0 + $1.byteCount } }

  /// - Parameter port: counts inputs, then targets.
  func address(ofPort port: Int) -> UnsafeMutableRawPointer { ports[port].address }

  /// Takes over the examples of equal buffers.
  func copy(_ other: BatchBuffers) {
    for (port, source) in zip(ports, other.ports) {
      precondition(port.byteCount == source.byteCount, "only equal buffers can be copied")
      port.address.copyMemory(from: source.address, byteCount: port.byteCount)
    }
  }

  /// Puts reals into a port in double precision.
  func replace(port: Int, with numbers: [Double]) {
    precondition(precision == .float64, "the port holds another type")
    ports[port].withMutableSpan(of: Double.self) { span in
      for (index, number) in numbers.enumerated() { span[index] = number }
    }
  }

  /// How many examples ahead of the one that is copied memory is asked for.
  private static let lead = 4

  /// Copies the given rows of a table next to each other.
  func gather(_ rows: some RandomAccessCollection<Int>, of table: ExampleTable) {
    precondition(rows.count <= capacity, "\(rows.count) examples for a batch of \(capacity)")
    for (port, column) in zip(ports, table.columns) {
      guard let column else { continue }
      let size = column.exampleSize(precision)
      for (position, row) in rows.enumerated() {
        if let ahead = rows.dropFirst(position + Self.lead).first { column.fetch(ahead) }
        column.copy(row, as: precision, to: port.address + position * size)
      }
    }
  }
}

extension RealPrecision {
  init(_ precision: Precision) {
    self =
      switch precision {
      case .f32: .float32
      case .f64: .float64
      }
  }
}

extension ValueType {
  /// What one example of a port takes.
  fileprivate func exampleBytes(_ precision: Precision) -> Int {
    switch element {
    case .real: shape.count * precision.bytes
    case .integer: shape.count * MemoryLayout<Int32>.stride
    }
  }
}
