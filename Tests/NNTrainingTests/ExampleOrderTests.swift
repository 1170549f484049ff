import Testing

@testable import NNTraining

@Suite struct ExampleOrderTests {
  @Test func everyEpochHasEachExampleOnceInAnOrderOfItsOwn() {
    let order = ExampleOrder(count: 100, isSequential: false, seed: 7)
    let first = order.rows(epoch: 0)
    let second = order.rows(epoch: 1)
    #expect(first.sorted() == Array(0..<100))
    #expect(second.sorted() == Array(0..<100))
    #expect(first != second)
    #expect(first != Array(0..<100))
    #expect(order.rows(epoch: 0) == first)
    #expect(ExampleOrder(count: 100, isSequential: false, seed: 8).rows(epoch: 0) != first)
  }

  /// The order is part of what a seed means: it must not change with a version or a machine.
  @Test func orderOfASeedStays() {
    let order = ExampleOrder(count: 8, isSequential: false, seed: 1)
    #expect(order.rows(epoch: 0) == [7, 4, 2, 0, 1, 3, 6, 5])
  }

  @Test(arguments: [
    (10, 0.2, 2), (10, 0.25, 3), (1797, 0.2, 359), (2, 0.5, 1), (3, 0.9999, nil), (10, 0.01, nil), (10, 1, nil), (10, .nan, nil),
    (10, -0.2, nil), (10, 1e300, nil),
  ])
  func splitsByPart(count: Int, part: Double, held: Int?) throws {
    guard let held else {
      #expect(throws: TrainingError.self) { try ExampleOrder(count: count, validation: part, isSequential: false, seed: 1) }
      return
    }
    let order = try ExampleOrder(count: count, validation: part, isSequential: false, seed: 1)
    #expect(order.validation.count == held)
    #expect((order.validation + order.training).sorted() == Array(0..<count))
    #expect(order.validation == order.validation.sorted())
    #expect(order.rows(epoch: 3).sorted() == order.training)
  }

  @Test func splitsDependOnTheSeed() throws {
    let splits = try (0..<4).map { seed in
      try ExampleOrder(count: 50, validation: 0.2, isSequential: false, seed: seed).validation
    }
    #expect(Set(splits).count == 4)
  }

  @Test func examplesThatRememberStayInOrder() throws {
    let order = try ExampleOrder(count: 10, validation: 0.3, isSequential: true, seed: 9)
    #expect(order.rows(epoch: 5) == Array(0..<7))
    #expect(order.validation == [7, 8, 9])
  }

  @Test func trialsAreAPartOfAll() {
    #expect(Trials.choose(9, of: 4, seed: 1) == [0, 1, 2, 3])
    let chosen = Trials.choose(3, of: 20, seed: 1)
    #expect(chosen.count == 3 && chosen == chosen.sorted() && Set(chosen).isSubset(of: Set(0..<20)))
    #expect(chosen == Trials.choose(3, of: 20, seed: 1))
    #expect((0..<9).contains { Trials.choose(3, of: 20, seed: $0) != chosen })
  }
}
