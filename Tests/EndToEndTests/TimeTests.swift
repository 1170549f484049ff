import NNElaboration
import NNEmission
import NNExecution
import NNGraph
import NNOperations
import NNSchedule
import NNSource
import Testing

#if !DEBUG
  /// How long it takes from text to code that can be called, in processor time; of optimised builds only. `make test` runs what is named
  /// `TimeTests` by itself, after all others. A slow or busy machine has several times what is needed; ratios tell more.
  @Suite(.serialized) struct TimeTests {
    private static let all: [EntryKind] = [.initialize, .infer, .loss, .grad, .step]
    /// What training waits for.
    private static let first: [EntryKind] = [.initialize, .step]

    @Test func fashionIsReadyInMilliseconds() throws {
      let source = try ModelSource(example: "fashion")
      let fastest = try Self.times(15) { try Self.compile(source, Self.all) }.min() ?? 1
      // It is under five.
      #expect(fastest < 0.025)
    }

    struct Growth: Sendable, CustomTestStringConvertible {
      var testDescription: String
      /// Statements that are repeated; each makes a few nodes.
      var statement: String
    }

    static let growths = [
      Growth(testDescription: "elementwise", statement: "y = sin(y) * a + x"),
      Growth(testDescription: "reductions", statement: "y = softmax(y * a + x)"),
      Growth(testDescription: "products", statement: "y = tanh(W @ y)"),
      Growth(testDescription: "scalars", statement: "s = sin(s) * a + s; y = x * s"),
      Growth(testDescription: "fresh layers", statement: "y = y |> dense(4) |> relu"),
    ]

    @Test(arguments: growths)
    func timeIsLinearInNodes(growth: Growth) throws {
      var tries = ""
      // A host that takes the core away makes one of the two slow; what grows faster than linearly is slow every time.
      for _ in 0..<4 {
        let (small, smallNodes) = try Self.time(growth, nodes: 5_000)
        let (large, largeNodes) = try Self.time(growth, nodes: 10_000)
        // It is under one second.
        if large < 5, large / small < 2.6 * Double(largeNodes) / Double(2 * smallNodes) { return }
        tries += "\(small) s for \(smallNodes), \(large) s for \(largeNodes); "
      }
      Issue.record("\(tries)")
    }

    private static func source(_ growth: Growth, turns: Int) -> ModelSource {
      ModelSource(
        "growth.nn",
        """
        input x: [4]
        param W: [4, 4] = normal(0.1)
        param a = 0.5
        y = x
        s = a
        repeat \(turns) { \(growth.statement) }
        loss sum(y * y) + s
        output y
        """)
    }

    /// The processor time for a model of about so many nodes, and how many they were.
    private static func time(_ growth: Growth, nodes: Int) throws -> (seconds: Double, nodes: Int) {
      let probe = try source(growth, turns: 100).model().graph.graph.count
      let perTurn = Double(probe - (try source(growth, turns: 50).model().graph.graph.count)) / 50
      let text = source(growth, turns: Int(Double(nodes) / perTurn))
      let seconds = try times(3) { try compile(text, first) }.min() ?? .infinity
      return (seconds, try text.model().graph.graph.count)
    }

    private static func compile(_ source: ModelSource, _ entries: [EntryKind]) throws {
      let printed = try source.printed(entries: entries, precision: .f32)
      let code = try LoadedCode.tcc(printed)
      #expect(code.code.hasEntry(code.program.entries[0].symbol))
    }

    private static func times(_ count: Int, _ work: () throws -> Void) throws -> [Double] {
      try (0..<count).map { _ in
        let start = threadSeconds()
        try work()
        return threadSeconds() - start
      }
    }
  }
#endif
