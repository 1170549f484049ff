import NNGraph

/// Nodes that become one kernel: a domain, and what is computed, reduced and stored in it.
struct Cluster {
  /// What a statement reads.
  enum Input {
    case local(Value)
    case view(TensorView, strides: [Int])
    case index(TensorView, strides: [Int])
    case scalar(Int)
    case constant(Double)
  }

  struct Item {
    var value: Value
    var level: Level
    var kind: Statement.Kind
    var inputs: [Input]
  }

  struct Reduction {
    enum Target: Hashable {
      /// The node's buffer.
      case memory
      case scalar(Int)
      /// The row of the node's buffer that a class number names.
      case rows(TensorView, strides: [Int], count: Int)
    }

    var value: Value
    var kind: ReductionKind
    var input: Input
    var level: Level
    var target: Target
  }

  /// A value that is written to where it lies in a larger one, with its strides there along the cluster's dims.
  struct Part {
    var value: Value
    var view: TensorView
    var strides: [Int]
  }

  /// Loops, outermost first.
  var dims: Dims
  /// Dims before this are rows, from it on columns. Nil while nothing has asked for one.
  var split: Int?
  /// Runs of dims that every operand must walk with one stride.
  var runs: [Range<Int>] = []
  /// Whether the dims are in the natural order of the values, so that more nodes may join.
  var isNatural: Bool
  var product: ProductPlan?
  var items: [Item] = []
  var reductions: [Reduction] = []
  var parts: [Part] = []
  var levels: [Value: Level] = [:]
  /// Values of earlier kernels that are computed again here.
  var clones: [Value: Value] = [:]

  var rowDims: Dims? { split.map { Array(dims[..<$0]) } }

  static let maximumItems = 400
}

extension Cluster {
  /// Whole rows of a product need all of B at once; beyond the second-level cache it is better walked part by part, for all rows, by several threads.
  var hasLargeWeights: Bool {
    guard let product, let split else { return false }
    let columns = dims[split...].reduce(1) { $0 * $1.count }
    let depth = product.sums.reduce(1) { $0 * $1.extent.count }
    return columns * depth > Self.mostWeights && !product.sums.contains { $0.extent.perExample }
  }

  private static let mostWeights = 512 << 10
}

/// A contraction as a strided product, in dims of its cluster.
struct ProductPlan {
  var value: Value
  var a: TensorView
  var b: TensorView
  /// Strides along the cluster's dims.
  var aStrides: [Int]
  var bStrides: [Int]
  /// Strides of the result in its natural order, along the cluster's dims.
  var resultStrides: [Int]
  /// The dims before this are outer loops; then come rows up to the split.
  var outerCount: Int
  /// The sum, outermost first; the last is the kernel's k.
  var sums: [ProductStep.Segment]
  /// Set where the columns are not one run in B.
  var lines: ProductStep.Lines?
}
