import NNElaboration
import NNGraph
import Testing

/// Names, ordinals and sharing of parameters.
@Suite struct ParameterTests {
  static let models: [(text: String, parameters: [String])] = [
    ("y = x |> dense(3)", ["dense1.weight: [3, 4]", "dense1.bias: [3]"]),
    ("y = dense(dense(x, 2), 3, bias: false)", ["dense1.weight: [2, 4]", "dense1.bias: [2]", "dense2.weight: [3, 2]"]),
    ("y = dense(x, 2, bias: false, name: \"head\") + dense(x, 2, bias: false)", ["head.weight: [2, 4]", "dense2.weight: [2, 4]"]),
    ("dense1 = x |> dense(2, bias: false)\ny = l1(dense1.weight) + sum(dense1)", ["dense1.weight: [2, 4]"]),
    ("layer e = dense(2, bias: false)\ny = e(x) + e(2 * x) + dense(x, 2, bias: false)", ["e.weight: [2, 4]", "dense1.weight: [2, 4]"]),
    (
      "layer e = dense(2, bias: false) |> relu |> dense(4, bias: false)\ny = x |> e |> e",
      ["e.dense1.weight: [2, 4]", "e.dense2.weight: [4, 2]"]
    ),
    ("layer a = dense(4, bias: false)\nlayer b = a |> a\ny = b(x) + a(x)", ["a.weight: [4, 4]"]),
    ("layer unused = dense(4)\ny = x", []),
    (
      "block prelu(x) { param a = 0.25; return where(x > 0, x, a * x) }\ny = x |> prelu |> prelu",
      ["prelu1.a: []", "prelu2.a: []"]
    ),
    (
      "block prelu(x) { param a = 0.25; return where(x > 0, x, a * x) }\nlayer p = prelu\ny = x |> p |> p |> prelu",
      ["p.a: []", "prelu1.a: []"]
    ),
    (
      "block f(x, n = 2) { h = x |> dense(n, bias: false); return h |> dense(4, bias: false) }\ny = x |> f |> f(n: 3)",
      ["dense1.weight: [2, 4]", "dense2.weight: [4, 2]", "dense3.weight: [3, 4]", "dense4.weight: [4, 3]"]
    ),
    (
      "block f(x) { layer g = dense(4, bias: false); return x |> g |> g }\nlayer h = f\ny = x |> h |> h |> f",
      ["h.g.weight: [4, 4]", "f1.g.weight: [4, 4]"]
    ),
    ("h = x\nrepeat 2 { h = dense(h, 4, bias: false) }", ["dense1.weight: [4, 4]", "dense2.weight: [4, 4]"]),
    ("if 1 > 2 { h = dense(x, 3) } else { h = dense(x, 2, bias: false) }", ["dense1.weight: [2, 4]"]),
    ("param W: [3, 4] = he\nparam b = [1, 2, 3]\ny = W @ x + b", ["W: [3, 4]", "b: [3]"]),
    ("loss l2(weights)\ny = dense(x, 2)\nparam W: [2, 2] = 1", ["dense1.weight: [2, 4]", "dense1.bias: [2]", "W: [2, 2]"]),
    ("a = l1(dense1.weight)\ny = dense(x, 2, bias: false)", ["dense1.weight: [2, 4]"]),
    ("y = x |> maxout(2, pieces: 3)", ["maxout1.weight: [6, 4]", "maxout1.bias: [6]"]),
  ]

  @Test(arguments: models)
  func names(_ example: (text: String, parameters: [String])) {
    let result = elaborate("input x: [4]\n" + example.text)
    #expect(result.report == "")
    #expect(result.parameterList == example.parameters)
  }

  static let initializers: [(text: String, initial: Initializer)] = [
    ("param p = -2", .constant(-2)), ("param p: [2] = 1 / 4", .constant(0.25)), ("param p = [1, 2]", .literal([1, 2])),
    ("param p: [8, 2] = he", .normal(1)), ("param p: [8, 4] = xavier", .normal(0.5)), ("param p: [4] = zeros", .constant(0)),
    ("param p: [4] = ones", .constant(1)), ("param p: [4] = normal(0.1)", .normal(0.1)), ("param p: [4] = normal(sqrt(4))", .normal(2)),
    ("param p: [4] = uniform(-1, 1)", .uniform(-1, 1)), ("param p: [4] = uniform(hi: 2, lo: 1)", .uniform(1, 2)),
    ("x = one_hot(1, classes: 2) |> dense(2, init: normal(3))", .normal(3)),
    ("x = one_hot(1, classes: 2) |> dense(1, init: [[5, 6]])", .literal([5, 6])),
  ]

  @Test(arguments: initializers)
  func starts(_ example: (text: String, initial: Initializer)) throws {
    let result = elaborate(example.text)
    #expect(result.report == "")
    #expect(try #require(result.model).parameters.first?.initial == example.initial)
  }

  @Test func weightsAreThoseOfTheWholeModel() throws {
    let early = try #require(elaborate("input x: [4]\nloss l2(weights)\ny = x |> dense(3) |> dense(2)").model)
    let late = try #require(elaborate("input x: [4]\ny = x |> dense(3) |> dense(2)\nloss l2(weights)").model)
    for model in [early, late] {
      let isReached = model.graph.graph.reachable(from: [model.losses[0].value])
      let reached = model.parameters.filter { isReached[$0.value.id] }.map(\.name)
      #expect(reached == ["dense1.weight", "dense2.weight"])
    }
  }

  @Test func lossesTrainWhatTheyName() throws {
    let text = """
      input x: [4]
      layer generator = dense(4) |> dense(4)
      h = x |> generator |> dense(4, name: "head")
      loss sum(h) trains generator.dense2, head
      loss mean(h)
      """
    let model = try #require(elaborate(text).model)
    #expect(model.parameters.map(\.name).firstIndex(of: "head.weight") == 4)
    #expect(model.losses.map(\.trains) == [[2, 3, 4, 5], nil])
    #expect(model.losses.map(\.name) == ["sum", "mean"])
  }
}
