import Synchronization
import Testing

@testable import NNExecution

@Suite struct ProducerThreadTests {
  private struct Failure: Error {}

  /// What is made in a place stays there until it has been used.
  @Test func handsOverInOrder() throws {
    let places = (0..<3).map { _ in Cell() }
    let made = Cell()
    let thread = try ProducerThread(places: 3) { place in
      let number = made.value.load(ordering: .relaxed)
      guard number < 20_000 else { return false }
      places[place].value.store(number, ordering: .relaxed)
      made.value.store(number + 1, ordering: .relaxed)
      return true
    }
    var taken = 0
    while let place = try thread.take() {
      #expect(places[place].value.load(ordering: .relaxed) == taken)
      taken += 1
    }
    #expect(taken == 20_000)
    #expect(try thread.take() == nil)
  }

  @Test func staysWithinItsPlaces() throws {
    let made = Cell()
    let thread = try ProducerThread(places: 2) { _ in
      made.value.add(1, ordering: .relaxed)
      return true
    }
    for number in 1...100 {
      #expect(try thread.take() != nil)
      #expect(made.value.load(ordering: .relaxed) <= number + 1)
    }
  }

  @Test func anErrorComesAfterWhatWasMadeBefore() throws {
    let made = Cell()
    let thread = try ProducerThread(places: 4) { _ in
      guard made.value.add(1, ordering: .relaxed).newValue <= 2 else { throw Failure() }
      return true
    }
    #expect(try thread.take() == 0)
    #expect(try thread.take() == 1)
    #expect(throws: Failure.self) { try thread.take() }
    #expect(throws: Failure.self) { try thread.take() }
  }

  @Test func endsWithItsOwner() throws {
    for _ in 0..<200 {
      let thread = try ProducerThread(places: 2) { _ in true }
      _ = try thread.take()
    }
  }
}

@Suite struct WorkerPoolTests {
  @Test(arguments: [1, 2, 5])
  func callsWithEachNumberOnce(_ lanes: Int) throws {
    let numbers = Mutex<[Int]>([])
    try WorkerPool(lanes: lanes).run(1000) { number in numbers.withLock { $0.append(number) } }
    #expect(numbers.withLock { $0.sorted() } == Array(0..<1000))
  }
}

/// Lets a closure keep what cannot be copied.
private final class Cell: Sendable {
  let value = Atomic<Int>(0)

}
