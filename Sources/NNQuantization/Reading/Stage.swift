import NNGraph
import NNSource

/// One step of a network that is to be computed with integers: what it makes of values in memory, and what is done to each of its numbers right after.
struct Stage {
  enum Kind {
    case input(Int)
    /// A product with constant weights: summed over axes of `x`, for each place on its other axes and each output.
    case dense(x: Value, DenseForm)
    case convolution(x: Value, Convolution)
    case pool(x: Value, Pool)
    /// The sum of two, or their difference.
    case sum(Value, Value, sign: Double)
    /// The same numbers seen in another order or shape.
    case view(x: Value)
    /// Parts set down in zeros.
    case place([Value], [Placement])
    /// Nothing but the elementwise part.
    case same(x: Value)
  }

  var kind: Kind
  var pointwise: Pointwise
  /// What it comes to, as a value of the model.
  var result: Value
  /// Whether floats go on with it, instead of integers.
  var isReal = false

  /// The values that it reads.
  var operands: [Value] { kind.operands }
}

extension Stage.Kind {
  var operands: [Value] {
    switch self {
    case .input: []
    case .dense(let x, _), .convolution(let x, _), .pool(let x, _), .view(let x), .same(let x): [x]
    case .sum(let a, let b, _): [a, b]
    case .place(let parts, _): parts
    }
  }
}

/// Which axes of its operands a product with constant weights sums over.
struct DenseForm {
  var weight: Value
  /// By label, as in ``Contraction``.
  var x: [Int]
  var w: [Int]
  var output: [Int]
}

/// A convolution of [channels, height, width], as the language's function has it.
struct Convolution {
  var windows: [Window]
  var groups: Int
  var weight: Value
  var bias: Value?
}

struct Pool {
  var windows: [Window]
  var isMean: Bool
}
