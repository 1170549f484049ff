import NNElaboration
import NNSource
import Testing

/// A model with `§` where each error is expected, and the messages in the order of the text.
struct FaultyModel: CustomTestStringConvertible, Sendable {
  var marked: String
  var messages: [String]
  var help: String?
  var notes: [String]?

  init(_ marked: String, _ messages: String..., help: String? = nil, notes: [String]? = nil) {
    self.marked = marked
    self.messages = messages
    self.help = help
    self.notes = notes
  }

  var testDescription: String { marked }

  var text: String { marked.filter { $0 != "§" } }

  var offsets: [Int] {
    marked.split(separator: "§", omittingEmptySubsequences: false).dropLast()
      .reduce(into: []) { offsets, part in offsets.append((offsets.last ?? 0) + part.utf8.count) }
  }
}

@Suite struct ModelErrorTests {
  static let values: [FaultyModel] = [
    FaultyModel("input x: [2]\ny = §z + x\nw = y * 2", "unknown name 'z'"),
    FaultyModel(
      "input image: [2]\ny = §imagee\nw = y * 2\nv = §relus(w) + §qq", "unknown name 'imagee'", "unknown function 'relus'",
      "unknown name 'qq'", help: "did you mean 'image'?"),
    FaultyModel("input x: [2]\ny = §softmx(x)", "unknown function 'softmx'", help: "did you mean 'softmax'?"),
    FaultyModel("input x: [2]\ny = x |> §softmx", "unknown function 'softmx'", help: "did you mean 'softmax'?"),
    FaultyModel("param W: [2] = §normal", "'normal' is a function, and no value", help: "write 'normal(...)'"),
    FaultyModel("input x: [2]\ny = §qqq * 2 + qqq\nz = y + qqq", "unknown name 'qqq'"),
    FaultyModel("param W: [2] = §hee", "unknown name 'hee'", help: "did you mean 'he'?"),
    FaultyModel(
      "input x: [3]\nlayer cell = lstm_cell(4)\n(h, c) = §cell(x, zeros([4]))\ny = §cell()",
      "'cell' takes 3 values (x, h, c), and only 2 are given", "'cell' takes 3 values (x, h, c), and none is given",
      notes: ["'cell' is declared here"]),
    FaultyModel(
      "input x: [3]\nlayer f = §dense\nlayer g = max(0)\nlayer h = dense(2)\ny = f(x) + g(x)\nz = §h()", "'dense' needs 'units'",
      "'h' takes a value (x), and none is given"),
    FaultyModel(
      "input x: [2]\ntarget t: [4] of class(5)\nb = cross_entropy(x, §t)", "there are scores for 2 classes, but the target is class(5)",
      notes: ["'x' of shape [2] comes from here", "'t', [4] of class(5), comes from here"]),
    FaultyModel(
      "input i: class(3)\ny = dense(§i, 4)", "a dense layer needs at least one axis, but its input is a single number",
      notes: ["'i', a class, comes from here"]),
    FaultyModel("y = §relu", "'relu' is a function, and no value", help: "write 'relu(...)'"),
    FaultyModel("input x: [2]\ny = §x(1)", "'x' is an input, and cannot be called"),
    FaultyModel(
      "input x: [3, 4]\ninput z: [3, 5]\ny = §x + z",
      "'+' needs shapes that broadcast, but has [3, 4] and [3, 5]: axis 1 from the end has 4 and 5",
      notes: ["'x' of shape [3, 4] comes from here", "'z' of shape [3, 5] comes from here"]),
    FaultyModel(
      "input x: [3, 4]\nparam W: [5, 3] = he\ny = §W @ transpose(x)", "'@' cannot multiply [5, 3] by [4, 3]: inner extents 3 and 4 differ"),
    FaultyModel(
      "a = §1 / 0\nb = §5 % (2 - 2)\nc = §10 ^ 999", "a number is divided by 0", "a number is divided by 0",
      "the result is no finite number"),
    FaultyModel(
      "input x: [3]\ny = x[§3] + x[§-4] + x[0, §1] + x[§2..<2] + x[§1.5] + x[§x]", "index 3 is outside of axis 0 of [3], which has 3",
      "index -4 is outside of axis 0 of [3], which has 3", "[3] has only 1 axis to index", "the slice of axis 0 of [3] is empty",
      "an index must be a whole number, not 1.5", "an index must be a number known at compile time, not a value of shape [3]"),
    FaultyModel("let a = [[1, 2], [3]]\ny = §a + 1", "the rows of a list must be of one shape, but have [2] and [1]"),
    FaultyModel("input x: [2]\ny = §weights + x", "'weights' stands for all weights at once", help: "use it in l1, l2 or elastic"),
    FaultyModel("input x: [2]\ny = §size(x, 1)", "there is no axis 1 in [2]"),
    FaultyModel("y = §(0..<3) + 1", "a range is no tensor", help: "write 'range(3)'"),
    FaultyModel("y = §3..<1", "a range cannot go from 3 down to 1"),
    FaultyModel("y = §\"a\" + 1\nz = §same", "a text is no tensor", "'same' has no value here"),
    FaultyModel(
      "input x: [2]\ny = l1(§dens1.weight)\nz = dense(x, 2)", "unknown parameter 'dens1.weight'", help: "did you mean 'dense1.weight'?"),
    FaultyModel("input x: [2]\nh = 2 * x\ny = gradient(sum(h), §h + 1)", "'gradient' is taken by a named value"),
    FaultyModel("input x: [2]\nh = 2 * x\ny = gradient(sum(x), §h)", "the derivative by this value is 0: the other does not depend on it"),
    FaultyModel("input x: [2]\ny = gradient(§x, x)", "'gradient' differentiates a single number per example, but this is [2]"),
    FaultyModel("a = §root_mean_squared_error(1, 2)", "'root_mean_squared_error' takes its root last and can only be a whole metric"),
  ]

  static let calls: [FaultyModel] = [
    FaultyModel("input x: [2]\ny = §dense(x)", "'dense' needs 'units'", help: "write 'dense(x, units, bias: true, init: he)'"),
    FaultyModel("input x: [2]\ny = dense(x, 3, §bais: true)", "'dense' has no argument 'bais'", help: "did you mean 'bias'?"),
    FaultyModel("input x: [2]\ny = dense(x, §2.5)", "'units' of 'dense' must be a whole number, not 2.5"),
    FaultyModel("input x: [2]\ny = dense(x, §0)", "'dense' needs at least 1 unit, not 0"),
    FaultyModel("input x: [2]\ny = dense(x, §x)", "'units' of 'dense' must be a number known at compile time, not a value of shape [2]"),
    FaultyModel("input x: [2]\ny = dense(x, 3, bias: §1)", "'bias' of 'dense' is true or false, not a number"),
    FaultyModel("input x: [2]\ny = dense(x, 3, init: §x)", "a value of shape [2] is no initial value"),
    FaultyModel(
      "input x: [2]\ny = dense(x, 3, §units: 4)\nz = dense(x, 3, §4)", "'units' of 'dense' is given by place and by name",
      "'dense' takes 2 arguments without a name, the others by name"),
    FaultyModel("input x: [2]\ny = sum(x, §0)", "'sum' takes 1 argument without a name, the others by name"),
    FaultyModel("input x: [2]\ny = relu(x: x, §x: x)", "'x' is given twice"),
    FaultyModel("input x: [2]\ny = relu(x, §name: \"a\")", "'relu' has no parameters to name"),
    FaultyModel("input x: [2]\ny = dense(x, 2, name: §\"a b\")", "'name' is a text of letters, digits and '_', such as \"head\""),
    FaultyModel(
      "input x: [2]\ny = dense(x, 2, name: \"a\", bias: false)\nz = dense(x, 2, name: §\"a\", bias: false)",
      "there are two parameters 'a.weight'"),
    FaultyModel(
      "input x: [2]\ninput z: [3]\nlayer e = §dense(4)\ny = e(x) + e(z)", "'e.weight' is [4, 2] at its first use, but would be [4, 3] here"),
    FaultyModel("layer e = §3 + 4", "a layer is a function with its arguments, or a pipe of them"),
    FaultyModel("input x: [2]\nh = dense(x, 2, §biass: false)\nloss l2(dense1.weight) + sum(h)", "'dense' has no argument 'biass'"),
    FaultyModel("layer e = §dens(3)\ninput x: [2]\ny = e(x)", "unknown function 'dens'", help: "did you mean 'dense'?"),
    FaultyModel("layer e = relu\nlayer §e = tanh\n§e = 3", "there is a layer 'e' already", "'e' is a layer and cannot be bound again"),
    FaultyModel("block f(x, n) { return x }\nblock §f(x) { return x }", "there is a block 'f' already"),
    FaultyModel("block f(x, §x) { return x }\ninput y: [1]", "'x' is a parameter of 'f' already"),
    FaultyModel(
      "block f(x, n) { return x }\na = §f(1)\nb = f(1, 2, §3)\nc = f(1, §m: 2)", "block 'f' needs 'n'", "block 'f' takes 2 arguments",
      "block 'f' has no parameter 'm'"),
    FaultyModel("block §f(x) { y = x }\na = f(1)", "block 'f' ends without 'return'"),
    FaultyModel(
      "block f(x) { return x + §h }\nh = 3\na = f(1)", "'h' is a value of the model, which a block does not see",
      help: "hand it to the block as an argument"),
    FaultyModel(
      "block f(x) { return §x + [1, 2] }\ninput v: [3]\ninput w: [4]\na = f(v)\nb = f(w)",
      "'+' needs shapes that broadcast, but has [3] and [2]: axis 1 from the end has 3 and 2",
      notes: ["'x' of shape [3] comes from here", "in 'f', used here"]),
    FaultyModel("block f(x) { §loss x; return x }\na = f(1)", "'loss' belongs to the model and cannot stand in a block"),
    FaultyModel("block f(x) { return §f(x) }\na = f(1)", "blocks and expressions are nested more than 160 deep"),
  ]

  static let statements: [FaultyModel] = [
    FaultyModel(
      "input x: [2]\n§x = 3\ninput §x: [3]\nlet §x = 1\nparam §x = 1", "'x' is an input and cannot be bound again",
      "'x' is an input and cannot be bound again", "'x' is an input and cannot be bound again", "'x' is an input and cannot be bound again"),
    FaultyModel("let n = 2\nlet §n = 3\ninput x: [n]", "'n' is a let and cannot be bound again", notes: ["'n' is declared here"]),
    FaultyModel(
      "input x: [§0, §2.5, §-1, §x]", "an extent is at least 1, not 0", "an extent must be a whole number, not 2.5",
      "an extent is at least 1, not -1", "unknown name 'x'"),
    FaultyModel("input x: §[100000, 100000]", "[100000, 100000] has more elements than one tensor can have, 2147483648"),
    FaultyModel("input x: §[1, 1, 1, 1, 1, 1, 1, 1, 1]", "[1, 1, 1, 1, 1, 1, 1, 1, 1] has 9 axes, and 8 is the most there can be"),
    FaultyModel(
      "input x: class(§0)\ntarget y: class(§1e10)", "there cannot be 0 classes", "the number of classes is too large: 10000000000"),
    FaultyModel("input x: [2]\nlet a = §x", "'let' takes a number known at compile time, not a value of shape [2]"),
    FaultyModel("let a = §sqrt(-1)", "the value of a 'let' is a finite number"),
    FaultyModel("param W: [2, 2] = §[1, 2]", "'W' is [2, 2], but its initial value is [2]"),
    FaultyModel("param §W = he", "'W' needs a shape", help: "write 'W: [10] = ...'"),
    FaultyModel(
      "param W: [2] = §relu\nparam V: [2] = normal(§-1)", "'relu' is a function, and no value", "a standard deviation cannot be -1"),
    FaultyModel(
      "state s: [2] = 0\nnext §t = 1\nnext s = §[1, 2, 3]", "there is no state 't'", "the next value of 's' must be [2], but this is [3]",
      help: "declare it: 'state t: [1] = 0'"),
    FaultyModel("state s: [2] = 0\nnext s = s\nnext §s = s + 1", "'s' has a next value already"),
    FaultyModel(
      "(a, b) = §3\nc = §(1, 2)\n(d, e) = §(1, 2, 3)", "this gives 1 value, for 2 names", "this gives 2 values, for 1 name",
      "this gives 3 values, for 2 names", help: nil),
    FaultyModel(
      "repeat §-1 { }\nrepeat §1.5 { a = 1 }\nb = a", "'repeat' cannot turn -1 times",
      "the count of 'repeat' must be a whole number, not 1.5"),
    FaultyModel("for t in §3 { a = t }\nb = a", "'for' runs over a range or a list, not a number", help: "write '0..<3'"),
    FaultyModel(
      "input x: [2]\nif §x { a = 1 } else { b = 2 }\nc = a + b", "'if' takes a number known at compile time, not a value of shape [2]",
      help: "where(condition, a, b) chooses element by element"),
    FaultyModel("§yield 1\n§return 2", "'yield' has no loop to collect it", "'return' stands outside of a block"),
    FaultyModel(
      "a = §for t in 0..<2 { b = 1 }\nc = §for t in 0..<2 { yield 1; yield 2 }\nd = §for t in 0..<0 { yield 1 }",
      "each turn of the loop must yield once, but one yields nothing", "each turn of the loop must yield once, but one yields 2 times",
      "the loop has no turns, so there is nothing to stack"),
    FaultyModel(
      "input x: [3]\na = §for t in 0..<2 { yield x[0..<t + 1] }", "the turns of the loop must yield equal shapes, but yield [1] and [2]"),
    FaultyModel("model a\nmodel §b\ninput x: [1]", "the model has a name already"),
    FaultyModel(
      "input x: [2]\nloss §x", "a loss is one number per example, but this has shape [2]",
      help: "mean(...) or sum(...) makes one number of it"),
    FaultyModel("input x: [2]\ntarget t: [2]\n§output x + t", "output 'x' needs the target 't', which is not known in use"),
    FaultyModel("target t: [2]\nstate §s: [2] = 0\nnext s = t", "the next value of 's' needs the target 't', which is not known in use"),
    FaultyModel(
      "input x: [2]\ny = dense(x, 2)\nloss sum(y) trains §dens1", "no parameter is called 'dens1', or begins with it",
      help: "did you mean 'dense1'?"),
    FaultyModel("for t in §0..<1e9 { a = t }", "the model is too long when its loops are unrolled: this one has 1000000000 turns"),
    FaultyModel("a = §*\nb = a + 1\nc = d", "expected an expression, but found '*'"),
    FaultyModel("block f(x) {\n  return x + §*\n}\ninput x: [2]\ny = f(x)", "expected an expression, but found '*'"),
    FaultyModel("input x: [2]\ny = for t in 0..<2 { yield x[t] + §; h = x }", "expected an expression, but found ';'"),
  ]

  static let recipes: [FaultyModel] = [
    FaultyModel("§optimiser adam(rate: 1)", "a recipe has no line 'optimiser'", help: "did you mean 'optimizer'?"),
    FaultyModel("optimizer §adm(rate: 1)", "unknown optimizer 'adm'", help: "did you mean 'adam'?"),
    FaultyModel("optimizer adam(§rat: 1)", "'adam' has no argument 'rat'", help: "did you mean 'rate'?"),
    FaultyModel("optimizer §best(3)", "unknown optimizer 'best'", help: "the optimizers are sgd, adam, adamw, rmsprop, adagrad, adadelta"),
    FaultyModel("§epochs 3, 4", "'epochs' takes one number", help: "write 'epochs ...'"),
    FaultyModel("optimizer adam(rate: §-1)", "'rate' is at least 0, not -1"),
    FaultyModel("optimizer adam(§0.1)", "the arguments of 'adam' are given by name"),
    FaultyModel("optimizer §3", "'optimizer' takes an optimizer, such as sgd(rate: 0.1)"),
    FaultyModel("schedule §cosin", "unknown schedule 'cosin'", help: "did you mean 'cosine'?"),
    FaultyModel("schedule cosine(§warmpu: 1)", "'cosine' has no argument 'warmpu'", help: "did you mean 'warmup'?"),
    FaultyModel("schedule step(every: §epoch * epoch)", "'epoch' can be added, and multiplied or divided by a number"),
    FaultyModel(
      "batch §0\nepochs §2.5\nseed §-1\nclip §0", "'batch' must be a whole number from 1 to 16777216, not 0",
      "'epochs' must be a whole number from 0 to 1073741824, not 2.5", "'seed' must be a whole number from 0 to 4294967295, not -1",
      "the longest gradient must be above 0, not 0"),
    FaultyModel("§split 0.2", "'split' takes the part of the data to hold back", help: "write 'split validation: ...'"),
    FaultyModel("split validation: §2", "the part of the data to hold back must be between 0 and 1, not 2"),
    FaultyModel(
      "batch 1\n§batch 2\nsplit validation: 0.1\n§validation \"v.csv\"", "'batch' is given already", "'validation' is given already"),
    FaultyModel("normalize §mean_sdt", "'normalize' takes mean_std or zero_one", help: "did you mean 'mean_std'?"),
    FaultyModel("normalize §3", "'normalize' takes mean_std or zero_one", help: "the rules are mean_std and zero_one"),
    FaultyModel("§augment", "'augment' takes flip and crop(PIXELS)", help: "such as 'augment flip, crop(4)'"),
    FaultyModel("augment flip, §flop", "'augment' takes flip and crop(PIXELS)", help: "such as 'augment flip, crop(4)'"),
    FaultyModel("augment §crop", "'augment' takes flip and crop(PIXELS)", help: "such as 'augment flip, crop(4)'"),
    FaultyModel("augment §crop()", "'crop' takes a number of pixels, as in crop(4)"),
    FaultyModel("augment crop(§0)", "the number of pixels must be from 1 to 1024, not 0"),
    FaultyModel("patience §0", "'patience' must be a whole number from 1 to 1073741824, not 0"),
    FaultyModel("data §cvs(\"d.csv\")", "unknown source of data 'cvs'", help: "did you mean 'csv'?"),
    FaultyModel("data rows(§z: [[1]])", "the model has no input or target 'z'", help: "they are x"),
    FaultyModel("data §3", "'data' takes a source of data"),
    FaultyModel("data csv(\"d\", x: §\"a\"..<\"b\")", "columns are named from the first to the last"),
  ]

  @Test(arguments: values + calls + statements)
  func reportsEachCauseOnce(_ model: FaultyModel) {
    check(model)
  }

  @Test(arguments: recipes)
  func reportsFaultsOfTheRecipe(_ model: FaultyModel) {
    var whole = model
    whole.marked = "input x: [1]\ntrain {\n\(model.marked)\n}"
    check(whole)
  }

  private func check(_ model: FaultyModel) {
    let result = elaborate(model.text)
    let errors = result.diagnostics.filter { $0.severity == .error }
    #expect(result.model == nil || errors.isEmpty)
    #expect(errors.map(\.message) == model.messages, "\(result.report)")
    #expect(errors.compactMap { $0.range?.lower } == model.offsets, "\(result.report)")
    if let help = model.help { #expect(errors.first?.help == help) }
    if let notes = model.notes { #expect(errors.first?.notes.map(\.message) == notes) }
  }

  @Test func faultsOfUsedFiles() {
    let files = [
      "a.nn": "use \"b.nn\"", "b.nn": "use \"a.nn\"", "model.nn": "input x: [1]", "sub/c.nn": "use \"d.nn\"", "bad.nn": "let n = *",
    ]
    func messages(_ text: String) -> [String] { elaborate(text, files: files).diagnostics.map(\.message) }
    #expect(messages("use \"a.nn\"") == ["'a.nn' uses itself: a.nn uses b.nn uses a.nn"])
    #expect(messages("use \"test.nn\"") == ["'test.nn' uses itself: test.nn uses test.nn"])
    #expect(messages("use \"model.nn\"") == ["a file that is used can only have blocks and lets"])
    #expect(messages("use \"sub/c.nn\"") == ["'d.nn' cannot be read: no such file"])
    #expect(messages("use \"bad.nn\"\ninput x: [n]") == ["expected an expression, but found '*'"])
    for path in ["../a.nn", "/a.nn", "b/../a.nn", "", ".", "a\\b.nn", "sub//c.nn"] {
      let written = path.replacing("\\", with: "\\\\")
      #expect(messages("use \"\(written)\"") == ["'use' takes a file in the same folder or below, not '\(path)'"])
    }
  }

  @Test func placesOfUsedFilesAreShown() {
    let result = elaborate("use \"b.nn\"\ny = f(1)", files: ["b.nn": "block f(x) {\n  return z\n}"])
    #expect(result.report.hasPrefix("b.nn:2:10: error: unknown name 'z'"))
    #expect(result.report.contains("test.nn:2:5: note: in 'f', used here"))
  }
}
