import Glibc

/// Runs work on a thread with a stack as small as those of threads that are not a program's first, and waits for it.
func onSmallStack<Result>(bytes: Int = 512 << 10, _ work: () -> Result) throws -> Result {
  var result: Result?
  try withoutActuallyEscaping({ result = work() }) { try runThread(stackBytes: bytes, $0) }
  guard let result else { throw ThreadError() }
  return result
}

private struct ThreadError: Error {}

private func runThread(stackBytes: Int, _ work: @escaping () -> Void) throws {
  let runner = Unmanaged.passRetained(Runner(work))
  // The compiler cannot always tell which module an initializer of this C type comes from.
  let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
  pthread_attr_init(attributes)
  defer {
    pthread_attr_destroy(attributes)
    attributes.deallocate()
  }
  var thread = pthread_t()
  guard pthread_attr_setstacksize(attributes, stackBytes) == 0,
    pthread_create(&thread, attributes, Runner.main, runner.toOpaque()) == 0
  else {
    runner.release()
    throw ThreadError()
  }
  pthread_join(thread, nil)
}

/// What a thread is handed, which cannot be generic.
private final class Runner {
  private let work: () -> Void

  init(_ work: @escaping () -> Void) { self.work = work }

  static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
    guard let context else { return nil }
    Unmanaged<Runner>.fromOpaque(context).takeRetainedValue().work()
    return nil
  }
}

/// Seconds of processor time that this thread has used: unlike the time on the wall, the same on a busy machine.
func threadSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
