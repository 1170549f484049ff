import NNGraph
import NNOperations
import NNTestSupport
import Testing

@Suite struct MetricTests {
  private func metric(
    _ name: String, _ scores: [Double], _ shape: Shape, label: [Double], classes: Int, _ others: [String: ArgumentValue] = [:]
  ) throws -> [Double] {
    var builder = CallBuilder()
    let input = builder.input(shape)
    let target = builder.input(shape == [classes] ? [] : Shape([shape[0]]), classes: classes)
    let given: [String: ArgumentValue] = ["scores": .value(input), "target": .value(target)]
    let value = try builder.call(name, given.merging(others) { first, _ in first })
    return try builder.run([value], [scores, label])[0]
  }

  @Test func accuracyIsTheShareOfRightPositions() throws {
    #expect(try metric("accuracy", [1, 2, 0, 5, 1, 1], [2, 3], label: [1, 2], classes: 3) == [0.5])
  }

  /// Of equal scores the first counts, as for `argmax`.
  @Test func theFirstOfEqualScoresCounts() throws {
    #expect(try metric("accuracy", [2, 2, 0], [3], label: [0], classes: 3) == [1])
    #expect(try metric("accuracy", [2, 2, 0], [3], label: [1], classes: 3) == [0])
    #expect(try metric("top", [2, 2, 2], [3], label: [1], classes: 3, ["k": .number(1)]) == [0])
    #expect(try metric("top", [2, 2, 2], [3], label: [1], classes: 3, ["k": .number(2)]) == [1])
  }

  @Test(arguments: [(1, 0.0), (2, 1.0), (3, 1.0)])
  func topCountsTheBestScores(_ k: Int, _ expected: Double) throws {
    #expect(try metric("top", [5, 4, 1], [3], label: [1], classes: 3, ["k": .number(Double(k))]) == [expected])
  }

  /// Scores that are not numbers are never right by rank.
  @Test func notANumberIsNoHit() throws {
    #expect(try metric("top", [.nan, .nan, .nan], [3], label: [0], classes: 3, ["k": .number(2)]) == [0])
    #expect(try metric("top", [1, .nan, 0], [3], label: [1], classes: 3, ["k": .number(1)]) == [0])
  }

  @Test func oneScoreDecidesBetweenTwoClasses() throws {
    #expect(try metric("accuracy", [0.5, -0.5, 2, 0], [4, 1], label: [1, 1, 1, 0], classes: 2) == [0.75])
  }

  @Test func theClassMayBeConstant() throws {
    var builder = CallBuilder()
    let scores = builder.input([3])
    let right = try builder.call("accuracy", ["scores": .value(scores), "target": .number(2)])
    #expect(try builder.run([right], [[0, 1, 2, 3, 0, 0]], batch: 2)[0] == [1, 0])
  }
}
