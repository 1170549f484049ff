import NNElaboration
import NNGraph
import NNSource
import NNTestSupport
import Testing

/// Saved statistics of layers: their names, what moves them, and that each mode uses its own.
@Suite struct StatisticsTests {
  private let x = [1.0, 2, 4, 8, 16, 32]

  private func elaborate(_ text: String) -> Elaboration {
    Elaboration.run(ModelText(name: "test.nn", bytes: Array(text.utf8))) { _ in .unreadable("no such file") }
  }

  private func elaborated(_ text: String) throws -> Model { try #require(elaborate(text).model) }

  private func messages(_ text: String) -> [String] { elaborate(text).diagnostics.map(\.message) }

  private func run(_ model: Model, _ roots: [Value], _ mode: Interpreter.Mode, in graph: Graph? = nil) throws -> [[Double]] {
    var values: [Argument: [Double]] = [Argument(.input, 0): x]
    for (index, slot) in model.states.enumerated() {
      guard case .constant(let start) = slot.initial else { continue }
      values[Argument(.state, index)] = [Double](repeating: start, count: slot.type.shape.count)
    }
    for (index, parameter) in model.parameters.enumerated() {
      guard case .constant(let start) = parameter.initial else { continue }
      values[Argument(.parameter, index)] = [Double](repeating: start, count: parameter.shape.count)
    }
    return try Interpreter(graph ?? model.graph.graph, mode: mode).run(values: values, batch: 3, roots: roots)
  }

  @Test func areOfTheWholeModel() throws {
    let model = try elaborated("input x: [2]\nstate s: [3] = 0\ny = x |> batchnorm |> batchnorm(name: \"head\")\noutput y")
    #expect(model.states.map(\.name) == ["s", "batchnorm1.mean", "batchnorm1.variance", "head.mean", "head.variance"])
    #expect(model.states.map(\.type.isBatched) == [true, false, false, false, false])
    #expect(model.parameters.map(\.name) == ["batchnorm1.scale", "batchnorm1.bias", "head.scale", "head.bias"])
  }

  @Test func moveTowardsTheBatch() throws {
    let model = try elaborated("input x: [2]\noutput x |> batchnorm(momentum: 0.25)")
    let found = try run(model, model.states.compactMap(\.next), .training)
    #expect(found[0] == [0.25 * 7, 0.25 * 14])
    #expect(found[1] == [0.75 + 0.25 * 63, 0.75 + 0.25 * 252])
  }

  /// The second use starts from where the first went, and reads what was saved before the call.
  @Test func aNamedLayerMovesThemAtEveryUse() throws {
    let model = try elaborated("input x: [2]\nlayer norm = batchnorm(momentum: 0.5)\ny = norm(x) + norm(2 * x)\noutput y")
    #expect(model.states.map(\.name) == ["norm.mean", "norm.variance"])
    let found = try run(model, [try #require(model.states[0].next)], .training)
    #expect(found[0] == [0.5 * 3.5 + 0.5 * 14, 0.5 * 7 + 0.5 * 28])
    let used = try run(model, [model.outputs[0].value], .use)[0]
    #expect(zip(used, x).allSatisfy { abs($0 - 3 * $1 / (1 + 1e-5).squareRoot()) < 1e-12 })
  }

  @Test func ofOneNumberAreNotANumber() throws {
    let model = try elaborated("input x: [6]\noutput x |> batchnorm")
    let values = Dictionary(
      uniqueKeysWithValues: [
        (Argument(.input, 0), x), (Argument(.state, 0), x), (Argument(.state, 1), x), (Argument(.parameter, 0), x),
        (Argument(.parameter, 1), x),
      ])
    let found = try Interpreter(model.graph.graph, mode: .training).run(values: values, batch: 1, roots: [model.outputs[0].value])
    #expect(found[0].allSatisfy { $0.isNaN })
  }

  @Test func cannotShareAName() {
    #expect(messages("input x: [2]\ny = x |> batchnorm(name: \"a\")\nblock a(x) {\nstate mean = 0\nreturn x\n}\nz = a(y)") == [])
    #expect(
      messages("input x: [2]\ny = x |> batchnorm(name: \"a1\")\nblock a(x) {\nstate mean = 0\nreturn x\n}\nz = a(y)")
        == ["there are two states 'a1.mean'"])
  }

  /// A derivative written in the model is that of the training graph while training, and of the other in use.
  @Test func derivativesFollowTheMode() throws {
    let model = try elaborated("input x: [2]\nz = 3 * x\ny = z |> dropout(0.5) |> batchnorm\ns = sum(y^2)\noutput gradient(s, z)")
    let used = try run(model, [model.outputs[0].value], .use)[0]
    #expect(zip(used, x).allSatisfy { abs($0 - 6 * $1 / (1 + 1e-5)) < 1e-9 })
    var graph = model.graph
    let weighted = graph.reduce(.sum, graph.multiply(model.outputs[0].value, model.inputs[0].value), axes: [0], batch: true)
    let gradient = graph.gradient(of: weighted, seed: graph.fill(1), by: [model.inputs[0].value])[0]
    let found = try run(model, [gradient], .training, in: graph.graph)[0]
    #expect(found.allSatisfy { $0.isFinite })
  }
}
