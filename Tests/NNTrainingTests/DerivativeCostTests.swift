import Foundation
import NNElaboration
import NNEmission
import NNGraph
import NNSchedule
import NNSource
import NNTestSupport
import Testing

@testable import NNTraining

/// The cheap gradient principle, counted and measured; the table in `docs/DERIVATIVES.md` is written here.
@Suite(.serialized) struct DerivativeCostTests {
  static let examples = ["gates", "neuron", "norm", "linear", "xor", "digits", "fashion"]

  private static let path = repositoryPath("docs/DERIVATIVES.md")
  private static let start = "<!-- the table -->\n"
  private static let end = "<!-- the end of the table -->\n"

  static func setup(_ name: String) throws -> ModelSetup {
    let text = [UInt8](try Data(contentsOf: URL(fileURLWithPath: repositoryPath("examples/\(name).nn"))))
    let elaboration = Elaboration.run(ModelText(name: "\(name).nn", bytes: text)) { _ in .unreadable("no other files") }
    var setup = ModelSetup(try #require(elaboration.model), sources: elaboration.sources)
    setup.threads = 1
    return setup
  }

  private static func costs(_ setup: ModelSetup) throws -> DerivativeCosts {
    DerivativeCosts(try setup.compileDerivatives(batch: setup.model.recipe.batch))
  }

  /// As it stands on the page before what was measured.
  private static func countedCells(_ name: String) throws -> String {
    let costs = try costs(setup(name))
    let counted = [EntryKind.grad, .jvp, .hvp].map { DerivativeCosts.text(costs.ratio($0, \.multiplyAdds)) }
    let operations = [EntryKind.grad, .jvp, .hvp].map { DerivativeCosts.text(costs.ratio($0, \.operations)) }
    return "| `\(name)` | " + (counted + operations).joined(separator: " | ") + " |"
  }

  /// The fastest of several tries, in multiples of the loss.
  static func measured(_ setup: ModelSetup, _ kind: EntryKind) throws -> Double {
    func time(_ kind: EntryKind) throws -> Double { try BenchmarkRequest(setup, entry: kind, calls: 40).run().minimumMicroseconds }
    let tries = try (0..<3).map { _ in (loss: try time(.loss), other: try time(kind)) }
    return (tries.map(\.other).min() ?? .nan) / (tries.map(\.loss).min() ?? .nan)
  }

  @Test(arguments: examples)
  func gradientsAreCheap(name: String) throws {
    let costs = try Self.costs(Self.setup(name))
    if let ratio = costs.ratio(.grad, \.multiplyAdds) { #expect(ratio <= 3) }
    if let ratio = costs.ratio(.hvp, \.multiplyAdds), let gradient = costs.ratio(.grad, \.multiplyAdds) { #expect(ratio <= 3 * gradient) }
  }

  @Test func countsAreWhatIsComputed() throws {
    let text = "input x: [7]\nloss sum(x |> dense(5, bias: false))\ntrain { batch 3 }"
    let costs = try Self.costs(ModelSetup(test: text))
    #expect(costs.entries.map(\.kind) == DerivativeCosts.kinds)
    #expect(costs.entries.first?.work.multiplyAdds == 105.0)
    #expect(costs.ratio(.loss, \.operations) == 1)
    // Forward, and the gradient of the weights; none of the input's.
    #expect((costs.ratio(.grad, \.multiplyAdds) ?? 9) <= 2)
    #expect(try Self.costs(ModelSetup(test: "input x: [2]\noutput x")).entries.isEmpty)
  }

  @Test func pageIsCurrent() throws {
    let page = try String(contentsOfFile: Self.path, encoding: .utf8)
    let parts = page.components(separatedBy: Self.start)
    let tail = try #require(parts.last?.components(separatedBy: Self.end).last)
    if ProcessInfo.processInfo.environment["RECORD"] != nil {
      let rows = try Self.examples.map { name in
        let setup = try Self.setup(name)
        let ratios = try [EntryKind.grad, .jvp, .hvp].map { DerivativeCosts.text(try Self.measured(setup, $0)) }
        return "\(try Self.countedCells(name)) \(ratios.joined(separator: " | ")) |\n"
      }
      let heads =
        "| example | multiply-adds: gradient | JVP | HVP | operations: gradient | JVP | HVP | time: gradient | JVP | HVP |\n|---|---|---|---|---|---|---|---|---|---|\n"
      let text = parts[0] + Self.start + heads + rows.joined() + Self.end + tail
      try text.write(toFile: Self.path, atomically: true, encoding: .utf8)
      Issue.record("recorded \(Self.path)")
    }
    for name in Self.examples { #expect(page.contains(try Self.countedCells(name)), "RECORD=1 writes the table anew") }
  }
}

/// What was counted, on the clock.
@Suite(.serialized) struct DerivativeTimeTests {
  @Test(arguments: DerivativeCostTests.examples)
  func gradientsAreCheap(name: String) throws {
    #expect(try DerivativeCostTests.measured(DerivativeCostTests.setup(name), .grad) <= 4)
  }
}
