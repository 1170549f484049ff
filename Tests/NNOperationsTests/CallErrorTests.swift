import NNGraph
import NNOperations
import NNTestSupport
import Testing

/// What a call may not be, and how it is said.
@Suite struct CallErrorTests {
  /// An argument of a call under test.
  enum Given: Sendable {
    case tensor(Shape)
    case classes(Shape, Int)
    case tensors([Shape])
    case constant(Double)
    case number(Double)
    case list([Int])
    case flag(Bool)
    case word(String)
  }

  struct Case: Sendable, CustomStringConvertible {
    let function: String
    let arguments: [String: Given]
    let message: String
    let parameter: String?

    init(_ function: String, _ arguments: [String: Given], _ message: String, at parameter: String? = nil) {
      self.function = function
      self.arguments = arguments
      self.message = message
      self.parameter = parameter
    }

    var description: String { "\(function): \(message)" }
  }

  static let reductions = [
    Case("sum", ["x": .tensor([2, 3]), "axis": .number(2)], "there is no axis 2 in [2, 3]", at: "axis"),
    Case("sum", ["x": .tensor([2, 3]), "axis": .number(-3)], "there is no axis -3 in [2, 3]", at: "axis"),
    Case("mean", ["x": .tensor([2, 3]), "axis": .list([1, -1])], "axis -1 is named twice", at: "axis"),
    Case("max", ["a": .tensor([2]), "b": .tensor([2]), "keep": .flag(true)], elementwiseOnly("max", "keep"), at: "keep"),
    Case("min", ["a": .tensor([2]), "b": .tensor([2]), "axis": .number(0)], elementwiseOnly("min", "axis"), at: "axis"),
    Case(
      "max", ["a": .tensor([2]), "b": .tensor([3])],
      "'max' needs shapes that broadcast, but has [2] and [3]: axis 1 from the end has 2 and 3", at: "b"),
    Case("softmax", ["x": .tensor([])], "a single number has no last axis", at: "x"),
    Case("argmax", ["x": .tensor([2, 3]), "axis": .list([0, 1])], "'argmax' takes one axis, not 2", at: "axis"),
    Case(
      "dot", ["a": .tensor([2, 3]), "b": .tensor([4])], "an inner product needs equal shapes or ones that broadcast, not [2, 3] and [4]",
      at: "b"),
    Case(
      "dot", ["a": .tensor([2, 3]), "b": .tensor([1])],
      "an inner product needs equal extents along axis 1, but has [2, 3] and [1]", at: "b"),
    Case("sum", ["x": .tensor([2]), "axis": .word("every")], "'axis' is a whole number or a list of them, not 'every'", at: "axis"),
  ]

  static func elementwiseOnly(_ function: String, _ argument: String) -> String {
    "with two tensors '\(function)' goes element by element and takes no '\(argument)'"
  }

  static let windows = [
    Case(
      "conv", ["x": .tensor([8, 3000, 3000]), "channels": .number(2), "kernel": .number(7)],
      "windows of [7, 7] at the places [8, 2994, 2994] are too many: they see more than 2147483648 elements in all", at: "x"),
    Case(
      "conv", ["x": .tensor([8, 8]), "channels": .number(2), "kernel": .number(3)],
      "'conv' needs [channels, height, width], but its input is [8, 8]", at: "x"),
    Case(
      "conv", ["x": .tensor([1, 4, 9]), "channels": .number(2), "kernel": .number(5)],
      "a window over 5 elements does not fit into the height 4", at: "x"),
    Case(
      "conv", ["x": .tensor([1, 9, 2]), "channels": .number(2), "kernel": .number(3), "dilation": .number(2), "pad": .number(1)],
      "a window over 5 elements does not fit into the width 2 (4 with its padding)", at: "x"),
    Case(
      "conv", ["x": .tensor([3, 8, 8]), "channels": .number(4), "kernel": .number(3), "groups": .number(2)],
      "'conv' cannot divide the 3 channels of its input into 2 groups", at: "groups"),
    Case(
      "conv", ["x": .tensor([4, 8, 8]), "channels": .number(3), "kernel": .number(3), "groups": .number(2)],
      "'conv' cannot divide 3 channels into 2 groups", at: "groups"),
    Case(
      "conv", ["x": .tensor([1, 8, 8]), "channels": .number(0), "kernel": .number(3)], "'conv' needs at least 1 channel, not 0",
      at: "channels"),
    Case(
      "conv", ["x": .tensor([1, 8, 8]), "channels": .number(2), "kernel": .list([1, 2, 3])],
      "'kernel' is a whole number or [height, width], not [1, 2, 3]", at: "kernel"),
    Case(
      "conv", ["x": .tensor([1, 8, 8]), "channels": .number(2), "kernel": .number(3), "stride": .number(0)],
      "'stride' is at least 1, not 0", at: "stride"),
    Case(
      "conv", ["x": .tensor([1, 8, 8]), "channels": .number(2), "kernel": .number(3), "pad": .word("full")],
      "'pad' is a whole number, [height, width] or 'same', not 'full'", at: "pad"),
    Case(
      "conv", ["x": .tensor([1, 8, 8]), "channels": .number(2), "kernel": .number(2_000_000_000), "dilation": .number(2_000_000_000)],
      "a window over 2000000000 elements, 2000000000 apart, is too large"),
    Case(
      "conv_transpose", ["x": .tensor([1, 3, 3]), "channels": .number(2), "kernel": .number(3), "output_pad": .number(1)],
      "'output_pad' is less than the stride, 1, not 1", at: "output_pad"),
    Case(
      "conv_transpose", ["x": .tensor([1, 1, 1]), "channels": .number(2), "kernel": .number(2), "pad": .number(1)],
      "nothing is left of the height when 1 is taken off both sides", at: "pad"),
    Case("maxpool", ["x": .tensor([1, 3, 3]), "size": .number(4)], "a window over 4 elements does not fit into the height 3", at: "x"),
    Case(
      "maxpool", ["x": .tensor([1, 3, 3]), "size": .number(2), "pad": .number(2)],
      "'pad' is less than the window, 2, so that each window sees something", at: "pad"),
    Case(
      "maxpool", ["x": .tensor([1, 2, 1200]), "size": .list([1, 1100]), "stride": .number(1)],
      "windows of [1, 1100] that overlap or are padded are too large: 1024 elements at once are the most, not 1100", at: "size"),
    Case(
      "conv", ["x": .tensor([1, 100, 100]), "channels": .number(2), "kernel": .number(40), "stride": .number(39)],
      "windows of [40, 40] at strides of [39, 39] have 1521 phases, and 256 is the most", at: "stride"),
    Case(
      "conv",
      ["x": .tensor([1, 8, 8]), "channels": .number(2), "kernel": .number(3), "stride": .number(100_000), "pad": .number(100_000)],
      "windows that reach over [3, 3] need more zeros around [1, 8, 8] than one tensor can hold", at: "x"),
    Case("global_avgpool", ["x": .tensor([4])], "'global_avgpool' needs [channels, height, width], but its input is [4]", at: "x"),
  ]

  static let shapes = [
    Case(
      "reshape", ["x": .tensor([2, 3]), "shape": .list([4])], "'reshape' keeps the number of elements: [2, 3] has 6, [4] has 4", at: "x"),
    Case("reshape", ["x": .tensor([2, 3]), "shape": .list([-1, -1])], "only one extent can be -1", at: "shape"),
    Case("reshape", ["x": .tensor([2, 3]), "shape": .list([-2])], "an extent cannot be -2", at: "shape"),
    Case(
      "reshape", ["x": .tensor([2, 3]), "shape": .list([4, -1])],
      "'reshape' cannot find the extent for -1: [2, 3] has 6 elements, no multiple of those of [4]", at: "shape"),
    Case(
      "reshape", ["x": .tensor([2, 3]), "shape": .list([1 << 31, 1 << 31, 4])],
      "a tensor of shape [2147483648, 2147483648, 4] is too large", at: "shape"),
    Case(
      "transpose", ["x": .tensor([2, 3]), "axes": .list([0])], "'transpose' of [2, 3] needs each of its 2 axes once, not [0]", at: "axes"),
    Case("transpose", ["x": .tensor([2, 3]), "axes": .list([0, 0])], "axis 0 is named twice", at: "axes"),
    Case(
      "concat", ["tensors": .tensors([[2, 3], [2, 4]]), "axis": .number(0)],
      "'concat' along axis 0 needs all other extents equal, but has [2, 3] and [2, 4]", at: "tensors"),
    Case("concat", ["tensors": .tensors([[2, 3]]), "axis": .list([0, 1])], "'axis' is one axis here, not 2", at: "axis"),
    Case("concat", ["tensors": .tensors([[], []]), "axis": .number(0)], noAxes, at: "tensors"),
    Case("stack", ["tensors": .tensors([[2], [3]])], "'stack' needs equal shapes, but has [2] and [3]", at: "tensors"),
    Case("stack", ["tensors": .tensors([[2], [2]]), "axis": .number(2)], "there is no axis 2 in a stack of [2]", at: "axis"),
    Case(
      "pad", ["x": .tensor([2, 3]), "amounts": .list([1, 2, 3])], "'pad' of [2, 3] takes 1, 2 or 4 amounts, not 3", at: "amounts"),
    Case("pad", ["x": .tensor([2]), "amounts": .number(-1)], "'pad' cannot add -1 zeros", at: "amounts"),
    Case("zeros", ["shape": .list([2, 0])], "an extent cannot be 0", at: "shape"),
    Case("ones", ["shape": .list([1 << 20, 1 << 20])], tooLarge, at: "shape"),
    Case("range", ["n": .number(0)], "'range' has at least 1 and at most 2147483648 numbers, not 0", at: "n"),
    Case("one_hot", ["c": .tensor([3])], "'one_hot' needs to know how many classes there are"),
    Case(
      "one_hot", ["c": .classes([3], 5), "classes": .number(4)], "the target is class(5), more than 4 classes", at: "classes"),
    Case("outer", ["a": .tensor([2, 2]), "b": .tensor([2])], "'outer' needs two vectors, but has [2, 2] and [2]", at: "a"),
  ]

  static let noAxes = "'concat' needs tensors with axes; 'stack' makes one of single numbers"
  static let tooLarge = "[1048576, 1048576] has more elements than one tensor can have, 2147483648"

  static let layers = [
    Case("dense", ["x": .tensor([3]), "units": .number(0)], "'dense' needs at least 1 unit, not 0", at: "units"),
    Case(
      "dense", ["x": .tensor([]), "units": .number(2)], "a dense layer needs at least one axis, but its input is a single number", at: "x"),
    Case("maxout", ["x": .tensor([3]), "units": .number(2), "pieces": .number(0)], "'maxout' needs at least 1 piece, not 0", at: "pieces"),
    Case(
      "dropout", ["x": .tensor([3]), "p": .number(1)], "'dropout' takes the chance to drop, at least 0 and below 1, not 1", at: "p"),
    Case(
      "dropout", ["x": .tensor([3]), "p": .number(.nan)], "'dropout' takes the chance to drop, at least 0 and below 1, not nan", at: "p"),
    Case("noise", ["x": .tensor([3]), "std": .number(-1)], "a standard deviation is not negative, as -1.0 is", at: "std"),
    Case("clip", ["x": .tensor([3]), "lo": .constant(2), "hi": .constant(1)], "'clip' needs lo <= hi, but has 2 and 1", at: "lo"),
    Case("gradient", ["y": .tensor([3]), "x": .tensor([3])], notScalar, at: "y"),
  ]

  static let normalizing = [
    Case("batchnorm", ["x": .tensor([])], "'batchnorm' needs an axis of channels, but its input is a single number", at: "x"),
    Case(
      "batchnorm", ["x": .tensor([3]), "momentum": .number(2)], "'momentum' is how far statistics move, from 0 to 1, not 2", at: "momentum"),
    Case("batchnorm", ["x": .tensor([3]), "epsilon": .number(-1)], "'epsilon' is not negative, as -1 is", at: "epsilon"),
    Case("layernorm", ["x": .tensor([])], "'layernorm' needs at least one axis, but its input is a single number", at: "x"),
    Case("groupnorm", ["x": .tensor([6]), "groups": .number(4)], "6 channels cannot be split into 4 equal groups", at: "groups"),
    Case("groupnorm", ["x": .tensor([6]), "groups": .number(0)], "6 channels cannot be split into 0 equal groups", at: "groups"),
    Case("lrn", ["x": .tensor([3]), "size": .number(0)], "a window has at least 1 channel, not 0", at: "size"),
    Case("lrn", ["x": .tensor([4096]), "size": .number(300)], "a window of more than 256 channels is too wide", at: "size"),
    Case("survive", ["x": .tensor([3]), "p": .number(1.5)], "'survive' takes the chance to stay, from 0 to 1, not 1.5", at: "p"),
    Case(
      "upsample", ["x": .tensor([3, 4]), "scale": .number(2)], "'upsample' works on [channels, height, width], not on [3, 4]", at: "x"),
    Case(
      "upsample", ["x": .tensor([1, 3, 4]), "scale": .list([2, 0])],
      "'scale' is a whole number, at least 1, or two of them for height and width", at: "scale"),
  ]

  static let sequences = [
    Case("lstm", ["x": .tensor([4]), "units": .number(3)], "'lstm' goes along a sequence [T, D], not [4]", at: "x"),
    Case("rnn", ["x": .tensor([2, 4]), "units": .number(0)], "a recurrent layer needs at least 1 unit, not 0", at: "units"),
    Case(
      "gru", ["x": .tensor([1_048_576, 2]), "units": .number(1024)], "a result of shape [1048576, 3072] is too large", at: nil),
    Case("rnn", ["x": .tensor([1_000_000, 1]), "units": .number(1)], "1000000 steps make the model too large", at: "x"),
    Case(
      "gru_cell", ["x": .tensor([4]), "h": .tensor([2]), "units": .number(3)], "'h' of a cell of 3 units is [3] here, not [2]", at: "h"),
    Case(
      "lstm_cell", ["x": .tensor([5, 4]), "h": .tensor([5, 3]), "c": .tensor([3]), "units": .number(3)],
      "'c' of a cell of 3 units is [5, 3] here, not [3]", at: "c"),
    Case("embedding", ["c": .tensor([4]), "size": .number(3)], "'embedding' looks up classes, not numbers of shape [4]", at: "c"),
    Case("embedding", ["c": .classes([4], 5), "size": .number(0)], "a vector has at least 1 number, not 0", at: "size"),
    Case(
      "embedding", ["c": .classes([1_048_576], 2), "size": .number(4096)], "a result of shape [1048576, 4096] is too large", at: nil),
    Case(
      "attention", ["x": .tensor([2, 6]), "heads": .number(4)], "6 numbers at each place cannot be split between 4 heads", at: "heads"),
    Case(
      "attention", ["x": .tensor([1_048_576, 2]), "heads": .number(1)],
      "[1, 1048576, 1048576] has more elements than one tensor can have, 2147483648", at: "x"),
  ]

  static let notScalar = "'gradient' differentiates a single number per example, but this is [3]"
  static let unequal = "a loss compares equal shapes, or a tensor with one constant number, but has [3] and [1]"

  static let losses = [
    Case("squared_error", ["x": .tensor([3]), "target": .tensor([1])], unequal, at: "target"),
    Case("binary_cross_entropy", ["scores": .tensor([3]), "target": .tensor([1])], unequal, at: "target"),
    Case(
      "huber", ["x": .tensor([3]), "target": .classes([3], 2)], "this loss compares numbers, but its target is a class", at: "target"),
    Case("huber", ["x": .tensor([3]), "target": .number(0), "delta": .number(0)], "'huber' needs a delta above 0, not 0", at: "delta"),
    Case(
      "cross_entropy", ["scores": .tensor([5]), "target": .classes([], 10)],
      "there are scores for 5 classes, but the target is class(10)", at: "target"),
    Case(
      "cross_entropy", ["scores": .tensor([4, 5]), "target": .classes([3], 5)],
      "scores [4, 5] with classes on axis 1 need a target of shape [4], but this has [3]", at: "target"),
    Case(
      "nll", ["scores": .tensor([5]), "target": .tensor([4])],
      "a distribution over the classes has the shape of the scores, [5], but this has [4]", at: "target"),
    Case(
      "hinge", ["scores": .tensor([5]), "target": .tensor([5])], "this needs a class as its target, not numbers of shape [5]", at: "target"),
    Case(
      "hinge", ["scores": .tensor([3]), "target": .number(3)], "a class among 3 is a whole number in 0..<3, not 3", at: "target"),
    Case(
      "hinge", ["scores": .tensor([3]), "target": .number(0.5)], "a class among 3 is a whole number in 0..<3, not 0.5", at: "target"),
    Case("cross_entropy", ["scores": .tensor([]), "target": .number(0)], singleScore, at: "scores"),
    Case(
      "cross_entropy", ["scores": .tensor([5, 5]), "target": .classes([5], 5), "weight": .tensor([5])],
      "a weight of shape [5] may be one per position or one per output of [5, 5]", at: "weight"),
    Case(
      "squared_error", ["x": .tensor([3, 5]), "target": .number(0), "weight": .tensor([4])],
      "a weight for [3, 5] is one per output, position or example, but this has shape [4]", at: "weight"),
    Case(
      "squared_error", ["x": .tensor([]), "target": .number(0), "weight": .tensor([4])],
      "a weight for a single number is one too, but this has shape [4]", at: "weight"),
    Case(
      "triplet", ["a": .tensor([3]), "p": .tensor([3]), "n": .tensor([4]), "margin": .number(1)],
      "'triplet' compares equal shapes, but has [3] and [4]", at: "n"),
    Case(
      "binary_cross_entropy", ["scores": .tensor([3]), "target": .classes([3], 4)],
      "'binary_cross_entropy' has two classes, but the target is class(4)", at: "target"),
    Case("accuracy", ["scores": .tensor([1]), "target": .tensor([1])], oneScore, at: "scores"),
    Case("top", ["scores": .tensor([5]), "target": .classes([], 5), "k": .number(6)], "k is one of 1...5 here, not 6", at: "k"),
  ]

  static let singleScore = "scores have one axis for the classes at least, but this is a single number"
  static let oneScore = "'accuracy' needs scores for two classes at least, or one score and a class(2) target"

  @Test(arguments: reductions + shapes + windows + layers + normalizing + sequences + losses)
  func brokenRulesAreNamed(_ example: Case) {
    var builder = CallBuilder()
    let arguments = example.arguments.sorted { $0.key < $1.key }.map { ($0.key, argument($0.value, &builder)) }
    let matched = Dictionary(uniqueKeysWithValues: arguments)
    let error = #expect(throws: CallError.self) { try builder.call(example.function, matched) }
    #expect(error?.message == example.message)
    #expect(error?.parameter == example.parameter)
  }

  private func argument(_ given: Given, _ builder: inout CallBuilder) -> ArgumentValue {
    switch given {
    case .tensor(let shape): .value(builder.input(shape))
    case .classes(let shape, let count): .value(builder.input(shape, classes: count))
    case .tensors(let shapes): .values(shapes.map { builder.input($0) })
    case .constant(let number): .value(builder.graph.fill(number))
    case .number(let number): .number(number)
    case .list(let list): .list(list)
    case .flag(let flag): .flag(flag)
    case .word(let word): .name(word)
    }
  }
}
