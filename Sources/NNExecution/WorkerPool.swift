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

  /// Calls `body` with 0 ..< count, each number once, on as many threads as there are lanes, and returns when all calls have.
  package func run(_ count: Int, _ body: @Sendable (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      var frame = body
      withUnsafeMutablePointer(to: &frame) { frame in
        nn_pool_run(
          UnsafeMutableRawPointer(pool),
          { frame, number, _ in frame?.assumingMemoryBound(to: (@Sendable (Int) -> Void).self).pointee(number) }, frame, count)
      }
    }
  }

  /// What programs are given: so many bytes.
  package var address: UnsafeMutableRawPointer { UnsafeMutableRawPointer(interface) }

  package static let interfaceBytes = MemoryLayout<nn_parallel>.stride

  /// The number of cores that this process may use.
  package static var cores: Int { Int(nn_free_cores()) }

  /// The most threads that a pool has.
  package static let mostLanes = 256
}
