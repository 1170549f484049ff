import NNGraph
import NNOperations
import NNTestSupport
import Testing

/// Graphs of random operations: what the builder simplifies is compared with the same nodes taken as they come, and derivatives with differences.
@Suite struct RandomGraphTests {
  @Test(arguments: 0..<150)
  func simplifiedEqualsPlain(_ seed: Int) throws {
    var random = RandomGraph(seed: UInt64(seed))
    random.grow(nodes: 40)
    let simplified = try Interpreter(random.builder.graph).run(values: random.values, batch: random.batch, roots: random.pairs.map(\.built))
    let plain = try Interpreter(random.plain).run(values: random.values, batch: random.batch, roots: random.pairs.map(\.plain))
    for (index, pair) in zip(simplified, plain).enumerated() {
      let isSame = zip(pair.0, pair.1).allSatisfy { abs($0 - $1) <= 1e-9 * max(1, abs($1)) }
      #expect(isSame && pair.0.count == pair.1.count, "seed \(seed), value \(index)")
    }
    #expect(GraphVerifier(allowsModes: false).problems(in: random.builder.graph) == [])
  }

  @Test(arguments: 0..<60)
  func derivativesAgree(_ seed: Int) throws {
    var random = RandomGraph(seed: UInt64(1000 + seed))
    random.grow(nodes: 16)
    let sample = random.sample()
    var check = GradientCheck(sample, batch: random.batch, mode: .training)
    let report = try check.run()
    #expect(report.worst < 1e-5, "seed \(seed): \(report.place)")
    #expect(report.problems == [])
  }
}
