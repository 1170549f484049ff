import NNExecution
import NNSchedule

/// The numbers of a call: they too are passed by address.
struct CallScalars {
  private enum Offset {
    static let count = 0
    static let step = 8
    static let stream = 16
    static let seed = 24
    static let rate = 32
    static let result = 40
    static let end = 48
  }

  private let precision: Precision
  private let storage: AlignedBuffer

  init(precision: Precision) throws(ExecutionError) {
    self.precision = precision
    storage = try AlignedBuffer(byteCount: Offset.end)
  }

  var countAddress: UnsafeMutableRawPointer { storage.address + Offset.count }
  var stepAddress: UnsafeMutableRawPointer { storage.address + Offset.step }
  var streamAddress: UnsafeMutableRawPointer { storage.address + Offset.stream }
  var seedAddress: UnsafeMutableRawPointer { storage.address + Offset.seed }
  var rateAddress: UnsafeMutableRawPointer { storage.address + Offset.rate }
  var resultAddress: UnsafeMutableRawPointer { storage.address + Offset.result }

  func set(count: Int) { countAddress.storeBytes(of: Int32(clamping: count), as: Int32.self) }
  func set(step: UInt64) { stepAddress.storeBytes(of: step, as: UInt64.self) }
  func set(stream: UInt64) { streamAddress.storeBytes(of: stream, as: UInt64.self) }
  func set(seed: UInt64) { seedAddress.storeBytes(of: seed, as: UInt64.self) }

  func set(rate: Double) {
    switch precision {
    case .f32: rateAddress.storeBytes(of: Float(rate), as: Float.self)
    case .f64: rateAddress.storeBytes(of: rate, as: Double.self)
    }
  }

  var result: Double {
    switch precision {
    case .f32: Double(resultAddress.load(as: Float.self))
    case .f64: resultAddress.load(as: Double.self)
    }
  }
}
