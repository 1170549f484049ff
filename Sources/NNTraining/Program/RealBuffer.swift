import NNExecution
import NNSchedule

/// Numbers in the model's precision, where compiled programs read and write them.
struct RealBuffer {
  let count: Int
  let precision: Precision
  private let storage: AlignedBuffer

  init(count: Int, precision: Precision) throws(ExecutionError) {
    self.count = count
    self.precision = precision
    storage =
      switch precision {
      case .f32: try AlignedBuffer(count: count, of: Float.self)
      case .f64: try AlignedBuffer(count: count, of: Double.self)
      }
  }

  var address: UnsafeMutableRawPointer { storage.address }

  /// The address of element `index`.
  func address(of index: Int) -> UnsafeMutableRawPointer {
    precondition(index >= 0 && index <= count, "element \(index) of \(count)")
    return storage.address + index * precision.bytes
  }

  func numbers(_ range: Range<Int>) -> [Double] {
    switch precision {
    case .f32: storage.withSpan(of: Float.self) { span in range.map { Double(span[$0]) } }
    case .f64: storage.withSpan(of: Double.self) { span in range.map { span[$0] } }
    }
  }

  func singles(_ range: Range<Int>) -> [Float] {
    switch precision {
    case .f32: storage.withSpan(of: Float.self) { span in range.map { span[$0] } }
    case .f64: storage.withSpan(of: Double.self) { span in range.map { Float(span[$0]) } }
    }
  }

  func isFinite(_ range: Range<Int>) -> Bool {
    switch precision {
    case .f32: storage.withSpan(of: Float.self) { span in range.allSatisfy { span[$0].isFinite } }
    case .f64: storage.withSpan(of: Double.self) { span in range.allSatisfy { span[$0].isFinite } }
    }
  }

  var numbers: [Double] { numbers(0..<count) }

  func sumOfSquares(_ range: Range<Int>) -> Double {
    switch precision {
    case .f32: Self.sumOfSquares(address(of: range.lowerBound).assumingMemoryBound(to: Float.self), range.count)
    case .f64: Self.sumOfSquares(address(of: range.lowerBound).assumingMemoryBound(to: Double.self), range.count)
    }
  }

  /// In several sums at once, so that no addition waits for another.
  private static func sumOfSquares<Real: BinaryFloatingPoint>(_ numbers: UnsafePointer<Real>, _ count: Int) -> Double {
    var sums = SIMD8<Double>.zero
    for start in stride(from: 0, to: count - 7, by: 8) {
      for lane in 0..<8 {
        let number = Double(numbers[start + lane])
        sums[lane] += number * number
      }
    }
    return (count & ~7..<count).reduce(sums.sum()) { $0 + Double(numbers[$1]) * Double(numbers[$1]) }
  }

  /// Rounds the numbers to the buffer's precision and puts them at `start`.
  func replace(from start: Int, with numbers: [Double]) {
    switch precision {
    case .f32:
      storage.withMutableSpan(of: Float.self) { span in
        for (index, number) in numbers.enumerated() { span[start + index] = Float(number) }
      }
    case .f64:
      storage.withMutableSpan(of: Double.self) { span in
        for (index, number) in numbers.enumerated() { span[start + index] = number }
      }
    }
  }

  func replace(from start: Int, with numbers: [Float]) {
    switch precision {
    case .f32:
      storage.withMutableSpan(of: Float.self) { span in
        for (index, number) in numbers.enumerated() { span[start + index] = number }
      }
    case .f64: replace(from: start, with: numbers.map(Double.init))
    }
  }

  func fill(_ number: Double) {
    switch precision {
    case .f32: storage.fill(with: Float(number))
    case .f64: storage.fill(with: number)
    }
  }

  func clear() {
    storage.clear()
  }

  /// Takes over the contents of a buffer of the same size and precision, bit for bit.
  func copy(_ other: RealBuffer) {
    copy(other, elements: 0..<count)
  }

  /// Likewise for a part of it.
  func copy(_ other: RealBuffer, elements: Range<Int>) {
    precondition(other.count == count && other.precision == precision, "only equal buffers can be copied")
    let start = address(of: elements.lowerBound)
    start.copyMemory(from: other.address(of: elements.lowerBound), byteCount: elements.count * precision.bytes)
  }
}
