import Foundation
import NNAssembly
import NNElaboration
import NNEmission
import NNGraph
import NNOperations
import NNSchedule
import NNSource
import NNTestSupport
import Testing

/// Whatever bytes a model file holds, the answer is a diagnostic or a program, soon, on a small stack.
@Suite struct HostileProgramTests {
  /// 40 runs of 90 texts.
  @Test(arguments: 0..<40)
  func mutatedTexts(run: Int) throws {
    let mutations = TextMutation(seeds: try Self.seedTexts())
    let problems = try onSmallStack {
      (0..<90).compactMap { Self.problem(mutations.text(seed: UInt64(run * 90 + $0)), "seed \(run * 90 + $0)") }
    }
    #expect(problems == [])
  }

  @Test func hostileTexts() throws {
    let texts = try HostileTexts.all()
    #expect(texts.count > 1000)
    let problems = try onSmallStack { texts.compactMap { Self.problem($0.bytes, $0.name) } }
    #expect(problems == [])
  }

  /// Files of the repository: the examples, and a model with every construct.
  private static func seedTexts() throws -> [[UInt8]] {
    let examples = try ModelSource.exampleNames.map { try ModelSource(example: $0).bytes }
    return try examples + [HostileTexts.everything()]
  }

  /// What is wrong with the answer to a text; nil where it is one of the two that there may be.
  private static func problem(_ bytes: [UInt8], _ title: String) -> String? {
    let start = threadSeconds()
    let elaboration = Elaboration.run(ModelText(name: "m.nn", bytes: bytes)) { _ in .bytes(bytes) }
    let rendered = DiagnosticRenderer.render(elaboration.diagnostics, in: elaboration.sources)
    let seconds = threadSeconds() - start
    // Alone none takes a second; tests that run at the same time take their part of the machine.
    if seconds > 10 { return "\(title) took \(seconds) s" }
    if rendered.lowercased().contains("internal") { return "\(title): \(rendered)" }
    guard let model = elaboration.model else {
      let isAnswered = elaboration.diagnostics.contains { $0.severity == .error } || elaboration.declaresNothing
      return isAnswered ? nil : "\(title): neither a model nor an error"
    }
    if elaboration.diagnostics.contains(where: { $0.severity == .error }) { return "\(title): a model in spite of errors" }
    return scheduleProblem(model, elaboration.sources, title)
  }

  /// Takes what passed through the rest of the compiler.
  private static func scheduleProblem(_ model: Model, _ sources: SourceMap, _ title: String) -> String? {
    guard model.graph.graph.count < 20_000, let optimizer = try? Optimizers.make(model.recipe.optimizer) else { return nil }
    let start = threadSeconds()
    let printed = PrintedProgram(model, optimizer: optimizer, batch: model.recipe.batch, precision: .f32, sources: sources)
    let isEmpty = printed.printed(loops: .avx2).source.isEmpty || printed.printedForSystem().source.isEmpty
    let seconds = threadSeconds() - start
    if seconds > 20 { return "\(title): scheduling and printing \(model.graph.graph.count) nodes took \(seconds) s" }
    return isEmpty ? "\(title): an empty program" : nil
  }
}

extension Elaboration {
  /// A file of blocks and lets for others compiles to nothing.
  fileprivate var declaresNothing: Bool { diagnostics.allSatisfy { $0.severity != .error } }
}
