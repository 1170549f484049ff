import NNGraph
import NNOperations
import NNSchedule
import Testing

/// What unrolling a loop over a sequence leaves behind grows with the sequence's length, and each weight has one product for its gradient.
@Suite struct UnrolledProgramTests {
  private func gradient(steps: Int) throws -> EntryProgram {
    let source = ModelSource(
      "unrolled.nn",
      """
      input x: [\(steps), 3]
      layer step = dense(4)
      h = zeros([4])
      for t in 0..<\(steps) { h = tanh(step(concat(h, x[t], axis: 0))) }
      loss sum(h) + sum(x |> lstm(5))
      """)
    return EntryBuilder(try source.model(), optimizer: try Optimizers.make(OptimizerChoice(name: "sgd", arguments: ["rate": 1])), batch: 4)
      .program(.grad)
  }

  private func count(_ program: EntryProgram, _ isCounted: (Lowering) -> Bool) -> Int {
    zip(program.graph.nodes, program.graph.reachable(from: program.roots)).count { $1 && isCounted($0.operation.lowering) }
  }

  /// Of `step`, `weight_input` and `weight_hidden`.
  @Test(arguments: [6, 20])
  func everyWeightHasOneProduct(steps: Int) throws {
    let products = try count(gradient(steps: steps)) { lowering in
      if case .contraction(let labels) = lowering { labels.sumsBatch } else { false }
    }
    #expect(products == 3)
  }

  @Test func partsAreSetDownOnce() throws {
    func parts(_ steps: Int) throws -> Int {
      let program = try gradient(steps: steps)
      return zip(program.graph.nodes, program.graph.reachable(from: program.roots)).reduce(0) { sum, entry in
        guard entry.1, case .place(let placements) = entry.0.operation.lowering else { return sum }
        return sum + placements.count
      }
    }
    let (few, some, many) = try (parts(10), parts(20), parts(30))
    #expect(many - some == some - few)
  }
}
