import NNElaboration
import NNGraph
import NNOperations
import NNSource
import NNTestSupport
import Testing

/// Every sample as a model's text: from the language to gradients, against PyTorch's numbers.
@Suite struct LanguageTests {
  @Test(.enabled(if: !isRecording), arguments: SampleCase.composable)
  func modelsLossAndGradientsEqualPyTorch(_ sample: SampleCase) throws {
    guard let fixture = try Fixture.of(sample), let expected = fixture.expected else {
      Issue.record("no fixture: RECORD=1, then scripts/make-fixtures.py")
      return
    }
    let text = ModelText(name: "sample.nn", bytes: Array(try sample.modelText().utf8))
    let elaboration = Elaboration.run(text) { _ in .unreadable("no such file") }
    let messages = elaboration.diagnostics.map(\.message)
    guard let model = elaboration.model else {
      Issue.record("\(try sample.modelText()): \(messages)")
      return
    }
    var graph = model.graph
    graph.isTraining = false
    let loss = graph.batchMean(model.losses[0].value)
    var ports: [(name: String, value: Value)] = []
    for port in model.inputs where port.type.element == .real {
      ports.append((String(port.name.dropFirst(SampleCase.inputPrefix.count)), port.value))
    }
    ports += model.parameters.map { ($0.name, $0.value) }
    let gradients = graph.gradient(of: loss, seed: graph.fill(1), by: ports.map(\.value))
    let values = numbers(of: fixture, for: model)
    let found = try Interpreter(graph.graph, mode: .use).run(values: values, batch: fixture.batch, roots: [loss] + gradients)
    #expect(isClose(found[0].count == 1 ? found[0] : [], [expected.loss]))
    for (port, gradient) in zip(ports, found.dropFirst()) {
      #expect(isClose(gradient, expected.gradients[port.name] ?? []), "gradient of \(port.name)")
    }
  }

  private func numbers(of fixture: Fixture, for model: Model) -> [Argument: [Double]] {
    var values: [Argument: [Double]] = [:]
    for (index, port) in model.inputs.enumerated() {
      let input = fixture.inputs.first { SampleCase.inputPrefix + $0.name == port.name }
      values[Argument(.input, index)] = input?.values
    }
    for (index, parameter) in model.parameters.enumerated() {
      values[Argument(.parameter, index)] = fixture.parameters.first { $0.name == parameter.name }?.values
    }
    for (index, state) in model.states.enumerated() {
      values[Argument(.state, index)] = fixture.states.first { $0.name == state.name }?.values
    }
    return values
  }

  private func isClose(_ found: [Double], _ expected: [Double]) -> Bool {
    found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-9 * max(1, abs($1)) }
  }
}
