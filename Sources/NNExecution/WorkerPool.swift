import CKernels

/// Threads that share the work of programs.
package final class WorkerPool {
  let pool: OpaquePointer
  private let interface: UnsafeMutablePointer<nn_parallel>

  /// - Parameter lanes: how many threads work at once, the one that asks for work among them.
  package init(lanes: Int) throws(ExecutionError) {
    guard let pool = nn_pool_make(Int32(clamping: lanes)) else { throw .system("cannot start \(lanes) threads") }
    self.pool = pool
    interface = .allocate(capacity: 1)
    interface.initialize(to: nn_pool_parallel(pool))
  }

  deinit {
    interface.deallocate()
    nn_pool_free(pool)
  }

  package var lanes: Int { Int(interface.pointee.lanes) }

  /// What programs are given: so many bytes.
  package var address: UnsafeMutableRawPointer { UnsafeMutableRawPointer(interface) }

  package static let interfaceBytes = MemoryLayout<nn_parallel>.stride

  /// The number of cores that this process may use.
  package static var cores: Int { Int(nn_free_cores()) }

  /// The most threads that a pool has.
  package static let mostLanes = 256
}
