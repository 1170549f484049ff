import CKernels

/// What this machine can do at most with the threads of a pool, measured when it is first asked for.
package final class MachineLimits {
  private static let smallest = 32 << 10
  private static let largest = 256 << 20

  private let pool: WorkerPool
  private var operationRates: [Int: Double] = [:]
  private var byteRates: [Int: Double] = [:]

  package init(_ pool: WorkerPool) { self.pool = pool }

  package var lanes: Int { pool.lanes }

  /// Operations a second on numbers of so many bytes, in registers; a multiply-add is two.
  package func operationsPerSecond(realBytes: Int) -> Double {
    if let known = operationRates[realBytes] { return known }
    let rate = pool.operationRate(realBytes: realBytes)
    operationRates[realBytes] = rate
    return rate
  }

  /// Bytes a second that are read, or read and written, again and again in memory of about this size: what fits into a cache comes from there.
  package func bytesPerSecond(footprint: Double) throws(ExecutionError) -> Double {
    var size = Self.smallest
    while Double(size) < footprint, size < Self.largest { size *= 2 }
    if let known = byteRates[size] { return known }
    let rate = try pool.byteRate(footprint: size)
    byteRates[size] = rate
    return rate
  }
}

extension WorkerPool {
  fileprivate func operationRate(realBytes: Int) -> Double { nn_operation_rate(pool, Int32(realBytes)) }

  fileprivate func byteRate(footprint: Int) throws(ExecutionError) -> Double {
    let memory = try AlignedBuffer(byteCount: footprint)
    let count = footprint / MemoryLayout<Float>.stride
    return nn_byte_rate(pool, memory.address.bindMemory(to: Float.self, capacity: count), count)
  }
}
