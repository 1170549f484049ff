import Glibc

/// A thread that makes one thing after the other, some ahead of whoever takes them. What it makes lies in numbered places, which are used in turn.
package final class ProducerThread {
  private let shared: Shared
  private let thread: pthread_t

  /// - Parameters:
  ///   - places: how many things there can be at once, the one that is being used among them.
  ///   - produce: fills a place; false if there is nothing more to be made. Only the new thread calls it.
  package init(places: Int, produce: @escaping @Sendable (_ place: Int) throws -> Bool) throws(ExecutionError) {
    precondition(places > 1, "with one place nothing can be ahead")
    shared = Shared(places: places, produce)
    let reference = Unmanaged.passRetained(shared)
    var thread = pthread_t()
    let error = pthread_create(
      &thread, nil,
      { context in
        context.map { Unmanaged<Shared>.fromOpaque($0).takeRetainedValue().run() }
        return nil
      }, reference.toOpaque())
    guard error == 0 else {
      reference.release()
      throw .system("cannot start a thread: " + systemErrorText(error))
    }
    self.thread = thread
  }

  deinit {
    shared.end()
    pthread_join(thread, nil)
  }

  /// The place of the next thing, once it is there; nil at the end. The place taken before may be filled again from now on.
  package func take() throws -> Int? { try shared.take() }
}

/// What both threads see: everything that changes, under one lock.
private final class Shared: @unchecked Sendable {
  private let places: Int
  private let produce: @Sendable (Int) throws -> Bool
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let change = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var made = 0
  private var taken = 0
  private var returned = 0
  private var isOver = false
  private var failure: (any Error)?

  init(places: Int, _ produce: @escaping @Sendable (Int) throws -> Bool) {
    self.places = places
    self.produce = produce
    pthread_mutex_init(lock, nil)
    pthread_cond_init(change, nil)
  }

  deinit {
    pthread_cond_destroy(change)
    pthread_mutex_destroy(lock)
    change.deallocate()
    lock.deallocate()
  }

  private func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return try body()
  }

  func run() {
    while let place = nextPlace() {
      let outcome = Result { try produce(place) }
      locked {
        switch outcome {
        case .success(true): made += 1
        case .success(false): isOver = true
        case .failure(let error): (failure, isOver) = (error, true)
        }
        pthread_cond_signal(change)
      }
    }
  }

  /// Where the next thing goes, once there is room; nil when no more is wanted.
  private func nextPlace() -> Int? {
    locked {
      while made - returned == places, !isOver { pthread_cond_wait(change, lock) }
      return isOver ? nil : made % places
    }
  }

  func take() throws -> Int? {
    try locked {
      returned = taken
      pthread_cond_signal(change)
      while made == taken, !isOver { pthread_cond_wait(change, lock) }
      guard made > taken else {
        if let failure { throw failure }
        return nil
      }
      taken += 1
      return (taken - 1) % places
    }
  }

  func end() {
    locked {
      isOver = true
      pthread_cond_signal(change)
    }
  }
}
