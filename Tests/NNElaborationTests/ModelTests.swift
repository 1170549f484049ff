import NNElaboration
import NNGraph
import NNSource
import Testing

/// Loops, results, files and recipes.
@Suite struct ModelTests {
  @Test func stacksWhatLoopsYield() {
    let text = """
      let T = 3
      input x: [T, 2]
      state h: [2] = 0
      g = h
      ys = for t in 0..<T { g = tanh(g + x[t]); yield g }
      (as, bs) = for t in 0..<T {
        if t == 0 { a = x[0] } else { a = 2 * a }
        yield (a, t)
      }
      deep = for i in [1, 2] { zs = for j in 0..<4 { yield i * j }; yield zs }
      next h = g
      """
    let result = elaborate(text)
    #expect(result.report == "")
    #expect(result.bindingList == ["g: [n, 2]", "ys: [n, 3, 2]", "a: [n, 2]", "as: [n, 3, 2]", "bs: [3]", "zs: [4]", "deep: [2, 4]"])
    #expect(result.model?.states.first?.next != nil)
  }

  static let names: [(text: String, losses: [String], metrics: [String], outputs: [String])] = [
    ("loss mean(x)\nmetric x |> sum\noutput x", ["mean"], ["sum"], ["x"]),
    ("loss a = mean(x)\nloss mean(x) + 1\nloss mean(x)", ["a", "mean", "mean2"], [], []),
    ("metric sum(x)\nmetric sum(x)\nmetric sum2 = sum(x)\n", [], [], []),
    (
      "loss sum(x[0..<1]) ^ 2 * 3\noutput -x\noutput 2 * x\noutput softmax(x)[0]\noutput x > 0", ["sum"], [],
      ["x", "x2", "softmax", "x3"]
    ),
    ("metric root_mean_squared_error(x, 1)\nmetric accuracy(x, 1)", [], ["root_mean_squared_error", "accuracy"], []),
  ]

  @Test(arguments: names)
  func namesResults(_ example: (text: String, losses: [String], metrics: [String], outputs: [String])) {
    let result = elaborate("input x: [2]\n" + example.text)
    guard let model = result.model else {
      #expect(result.diagnostics.map(\.message) == ["there is a result 'sum2' of this kind already"])
      return
    }
    #expect(model.losses.map(\.name) == example.losses)
    #expect(model.metrics.map(\.name) == example.metrics)
    #expect(model.outputs.map(\.name) == example.outputs)
  }

  @Test func rootsAreTakenLast() throws {
    let model = try #require(elaborate("input x: [2]\nmetric x |> root_mean_squared_error(1)\nmetric mean(x)").model)
    #expect(model.metrics.map(\.finish) == [.squareRoot, .none])
  }

  @Test func settingsReplaceLets() {
    let text = "let n = 2\nlet m = n + 1\ninput x: [m]\na = n"
    #expect(elaborate(text, settings: [("n", "4 + 1")]).bindingList == ["a = 5.0"])
    #expect(elaborate(text, settings: [("n", "7")]).model?.inputs[0].type.shape == [8])
    #expect(elaborate(text, settings: [("k", "7")]).diagnostics.map(\.message) == ["there is no 'let k' to set"])
    #expect(elaborate(text, settings: [("n", "7 *")]).diagnostics.count == 1)
  }

  @Test func usesFiles() {
    let files = [
      "blocks.nn": "use \"more/lets.nn\"\nblock twice(x) { return k * x }",
      "more/lets.nn": "use \"deep.nn\"\nlet k = 2", "more/deep.nn": "let j = 3",
    ]
    let result = elaborate("use \"blocks.nn\"\nuse \"more/lets.nn\"\ninput x: [k]\ny = twice(x)\na = j", files: files)
    #expect(result.report == "")
    #expect(result.bindingList == ["y: [n, 2]", "a = 3.0"])
  }

  @Test func libraryTextIsNoModel() {
    for text in ["", "# nothing", "let n = 1\nblock f(x) { return n * x }", "block f(x) { return y }"] {
      let result = elaborate(text)
      #expect(result.report == "")
      #expect(result.model == nil)
    }
  }

  @Test func namesTheModelAfterItsFile() {
    func name(_ file: String, _ text: String = "input x: [1]") -> String? {
      Elaboration.run(ModelText(name: file, bytes: Array(text.utf8))) { _ in .unreadable("no") }.model?.name
    }
    #expect(name("a/b/my-net.nn") == "my_net")
    #expect(name("3d.nn") == "_3d")
    #expect(name("-") == "model")
    #expect(name("x.nn", "model other\ninput x: [1]") == "other")
  }

  @Test func readsTheRecipe() throws {
    let text = """
      let rate = 0.1
      input x: [2]
      target t: [1]
      train {
        data      csv("d.csv", x: "a".."d", t: ["y"])
        split     validation: 0.2
        test      "t.csv"
        optimizer sgd(rate: rate / 2, nesterov: true, momentum: 0.9)
        schedule  step(every: 10 * epoch + 5, factor: 0.5, warmup: 100)
        clip 1.0; batch 64; epochs 3; seed 7
      }
      """
    let result = elaborate(text, recipe: [("batch", "8"), ("validation", "csv(\"v.csv\")")])
    #expect(result.report == "")
    let recipe = try #require(result.model).recipe
    #expect(recipe.optimizer == OptimizerChoice(name: "sgd", arguments: ["rate": 0.05, "nesterov": 1, "momentum": 0.9]))
    #expect(recipe.schedule.arguments["every"] == [ScheduleNumber(steps: 5, epochs: 10)])
    #expect((recipe.batch, recipe.epochs, recipe.seed, recipe.clip) == (8, 3, 7, 1))
    #expect(recipe.data?.kind == .csv && recipe.data?.named.map(\.name) == ["x", "t"])
    #expect(recipe.test?.kind == .file)
    guard case .source(let source)? = recipe.validation, case .string("v.csv")? = source.positional.first else {
      Issue.record("the split of the model stands")
      return
    }
  }

  @Test func warnsOfFreshParametersInLoops() {
    let loop = elaborate("input x: [2, 3]\nfor t in 0..<2 { y = dense(x[t], 3) }")
    #expect(loop.diagnostics.map(\.message) == ["'dense' makes new parameters at each turn of this loop"])
    #expect(loop.model?.parameters.count == 4)
    #expect(elaborate("input x: [3]\nlayer d = dense(3)\nfor t in 0..<2 { y = d(x) }").diagnostics.isEmpty)
    #expect(elaborate("input x: [3]\nblock f(x) { return dense(x, 3) }\nfor t in 0..<2 { y = f(x) }").diagnostics.isEmpty)
    #expect(elaborate("input x: [3]\ny = x\nrepeat 3 { y = dense(y, 3) }").diagnostics.isEmpty)
  }
}
