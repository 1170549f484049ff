import Glibc
import NNExecution

/// How long the steps of an entry take, written down by a program that was printed for it: it calls `mark` after each of them.
final class StepMarks {
  let pool: WorkerPool
  /// What the program is given as its way to share work: the pool's interface, then `mark` and the clock below.
  private let interface: AlignedBuffer
  /// The time of the last mark, then the nanoseconds that each step took in all.
  private let clock: AlignedBuffer
  private let steps: Int

  /// - Parameter steps: more than the number of any step.
  init(pool: WorkerPool, steps: Int) throws(ExecutionError) {
    self.pool = pool
    self.steps = steps
    clock = try AlignedBuffer(count: steps + 1, of: UInt64.self)
    let pointer = MemoryLayout<UnsafeRawPointer>.stride
    interface = try AlignedBuffer(byteCount: WorkerPool.interfaceBytes + 2 * pointer)
    interface.address.copyMemory(from: pool.address, byteCount: WorkerPool.interfaceBytes)
    interface.address.storeBytes(of: Self.mark, toByteOffset: WorkerPool.interfaceBytes, as: Mark.self)
    interface.address.storeBytes(of: clock.address, toByteOffset: WorkerPool.interfaceBytes + pointer, as: UnsafeMutableRawPointer.self)
  }

  var address: UnsafeMutableRawPointer { interface.address }

  /// Begins to time the first step of a call.
  func start() { clock.address.storeBytes(of: Self.nanoseconds(), as: UInt64.self) }

  /// The nanoseconds of each step since the last time.
  func take() -> [Double] {
    let taken = clock.array(of: UInt64.self).dropFirst().map { Double($0) }
    clock.clear()
    return taken
  }

  /// The nanoseconds that a mark itself adds to the next step.
  func costOfMark() -> Double {
    let count = 10_000
    _ = take()
    start()
    for _ in 0..<count { Self.mark(clock.address, 0) }
    return take()[0] / Double(count)
  }

  private typealias Mark = @convention(c) (UnsafeMutableRawPointer?, Int32) -> Void

  private static let mark: Mark = { clock, step in
    guard let cells = clock?.assumingMemoryBound(to: UInt64.self) else { return }
    let now = nanoseconds()
    cells[1 + Int(step)] += now - cells[0]
    cells[0] = now
  }

  private static func nanoseconds() -> UInt64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
  }
}
