/// How an operation becomes loops and kernels. The set is closed: passes and printers switch over these forms, never over operations.
package enum Lowering: Hashable, Sendable {
  /// A value the caller hands in.
  case source(Argument)
  /// One number, the same for every element.
  case constant(Double)
  /// Numbers written in the model, row-major.
  case literal([Double])
  /// One expression for every element; operands broadcast by NumPy's rule.
  case elementwise(ScalarExpression)
  /// Random numbers, a function of stream, site and element only.
  case draw(Distribution, site: Int)
  /// Sums and the like over per-example axes, and over the batch where `batch` is set. The axes disappear.
  case reduction(ReductionKind, axes: [Int], batch: Bool)
  /// A product summed over the labels that the output lacks.
  case contraction(Contraction)
  /// The same elements in the same order under another shape.
  case reshape
  /// The same elements read at other places.
  case view(StridedView)
  /// Zeros, with each input set down somewhere.
  case place([Placement])
  /// Rows of the first input, a table, by the class numbers of the second; zeros where there is no such row.
  case gather
  /// A table of `count` rows: the rows of the first input, each added to the row that the second input's class number names.
  case scatter(count: Int)
  /// Windows that reach over the edge, and what is summed from windows. Rewritten before anything is scheduled.
  case windows([Window])
  case fold([Window])
  /// The first input while training, the second in use. Resolved before anything is scheduled.
  case modal
  /// A value without derivative. Resolved before anything is scheduled.
  case stop
}

package enum ReductionKind: String, Hashable, Sendable {
  case sum, max, min
  /// The first index of the largest, as a real. One axis only.
  case argmax
}

package enum Distribution: String, Hashable, Sendable {
  /// In [0, 1).
  case uniform
  case normal
}

/// Axis `axis` of the result walks `sources[axis]` of the input by `steps[axis]`, from `start`; nil repeats. Input axes that no result axis walks stay at
/// their start. Several axes may walk one.
package struct StridedView: Hashable, Sendable {
  package var sources: [Int?]
  package var steps: [Int]
  /// One per input axis.
  package var starts: [Int]

  package init(sources: [Int?], steps: [Int]? = nil, starts: [Int]) {
    self.sources = sources
    self.steps = steps ?? [Int](repeating: 1, count: sources.count)
    self.starts = starts
  }
}

extension StridedView {
  /// What a node walks. Expansions and windows say so only together with their input's shape.
  package func resolved(_ node: Node, input: Shape) -> StridedView {
    switch node.operation {
    case is Expand: Expand.view(from: input, to: node.type.shape)
    case let windows as Windows: Windows.view(windows.windows, rank: input.rank)
    default: self
    }
  }
}

/// Where the elements of a tensor lie in another one: the first at `starts`, neighbours `steps` apart.
package struct Placement: Hashable, Sendable {
  package var starts: [Int]
  package var steps: [Int]

  package init(starts: [Int], steps: [Int]? = nil) {
    self.starts = starts
    self.steps = steps ?? [Int](repeating: 1, count: starts.count)
  }

  /// Whether `sizes` elements lie within `extents`.
  package func fits(_ sizes: [Int], in extents: [Int]) -> Bool {
    starts.indices.allSatisfy { axis in
      let last = starts[axis] + (sizes[axis] - 1) * steps[axis]
      return sizes[axis] == 0
        ? 0...extents[axis] ~= starts[axis] : 0..<extents[axis] ~= starts[axis] && 0..<extents[axis] ~= last
    }
  }

  /// Whether neighbours stay neighbours.
  package func isPlain(_ sizes: [Int]) -> Bool { zip(steps, sizes).allSatisfy { $0 == 1 || $1 <= 1 } }
}

/// A product of two tensors written with one label per axis, as in `ij,jk->ik`. The batch has no label: it is multiplied elementwise where it stays,
/// and summed where both operands have it and `sumsBatch` is set.
package struct Contraction: Hashable, Sendable {
  package var lhs: [Int]
  package var rhs: [Int]
  package var output: [Int]
  package var sumsBatch: Bool

  package init(lhs: [Int], rhs: [Int], output: [Int], sumsBatch: Bool) {
    self.lhs = lhs
    self.rhs = rhs
    self.output = output
    self.sumsBatch = sumsBatch
  }
}

/// A value that comes from the caller, by role and ordinal.
package struct Argument: Hashable, Sendable {
  package enum Role: String, Hashable, Sendable {
    case parameter, input, target, state
    /// Of a parameter: its gradient, the optimizer's `slot`-th memory of it, a direction in parameter space.
    case gradient, slot, direction
    /// Scalars: the number of examples in the call, the learning rate, the step counted from 0.
    case batchSize, rate, step
  }

  package var role: Role
  package var index: Int
  package var slot: Int

  package init(_ role: Role, _ index: Int = 0, slot: Int = 0) {
    self.role = role
    self.index = index
    self.slot = slot
  }
}
