import NNEmission
import NNGraph
import NNSchedule
import NNTestSupport
import Testing

extension EmittedRun {
  /// Calls an entry with random numbers and compares all it writes with the interpreter of its graph.
  func checkAgainstGraph(_ entry: CompiledEntry, examples: Int, title: String) throws {
    let arguments = randomArguments(compiled, entry, examples: examples)
    let program = entry.program
    let outcome = try run(entry.kind, Call(arguments: arguments, examples: examples))
    #expect(outcome.problems == [], "\(title)")
    let expected = try Interpreter(program.graph).run(values: arguments, batch: examples, roots: program.roots)
    let isDouble = compiled.precision == .f64
    if program.result != nil, emitted.entry(entry.kind)?.signature.returnsReal == true {
      expectClose(outcome.result.first.map { number($0, isDouble: isDouble) } ?? .nan, expected[0][0], title)
    }
    for (store, numbers) in zip(program.stores, expected.suffix(program.stores.count)) {
      let place = compiled.place(store.destination, kind: entry.kind)
      let written = outcome.buffers[place.argument] ?? []
      let found = numbers.indices.map { index in
        number(written.indices.contains(place.offset + index) ? written[place.offset + index] : ~0, isDouble: isDouble)
      }
      for (index, pair) in zip(found, numbers).enumerated() where !isClose(pair.0, pair.1) {
        Issue.record("\(title) \(store.destination)[\(index)]: \(pair.0) instead of \(pair.1)")
        break
      }
    }
  }

  private func expectClose(_ actual: Double, _ expected: Double, _ title: String) {
    #expect(isClose(actual, expected), "\(title): \(actual) instead of \(expected)")
  }

  private func isClose(_ actual: Double, _ expected: Double) -> Bool {
    actual == expected || actual.isNaN && expected.isNaN
      || abs(actual - expected) <= (compiled.precision == .f64 ? 1e-9 : 2e-3) * max(1, abs(expected))
  }
}
