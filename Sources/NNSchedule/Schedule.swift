package import NNGraph
package import NNSource

/// What one entry point does, as an ordered list of steps over planned memory. It holds index maps, no pointers and no thread counts; printers turn
/// it into calls on tiles (for libtcc) or loops (for the exported C).
package struct Schedule: Sendable {
  package var steps: [Step] = []
  /// The scalar that the entry returns.
  package var result: Int?
  package var literals: [[Double]] = []
  /// What some of them are called.
  package var literalNames: [Int: String] = [:]
  package var memory = MemoryPlan()
  /// In order.
  package var stretches: [Stretch] = []

  package init() {}
}

package enum Step: Sendable {
  /// A C local: one number for the whole call.
  case scalar(ScalarStatement)
  case kernel(Kernel)
  /// Writes a scalar to memory.
  case store(scalar: Int, to: Access)
  /// Returns the scalar at once where it is not finite: nothing of the caller's has been written yet.
  case check(scalar: Int)
}

/// A number of elements: `count`, or `count` times the examples of the call.
package struct Extent: Hashable, Sendable {
  package var count: Int
  package var perExample: Bool

  package init(_ count: Int, perExample: Bool = false) {
    self.count = count
    self.perExample = perExample
  }

  package func at(batch: Int) -> Int { perExample ? count * batch : count }
}

/// Where bytes are.
package enum Buffer: Hashable, Sendable {
  /// Memory of the caller that is read.
  case argument(Argument)
  /// Memory of the caller that is written.
  case destination(Destination)
  /// `Schedule.literals[i]`.
  case literal(Int)
  /// The planned buffer i of the workspace.
  case workspace(Int)
}

/// Memory of the caller that an entry writes.
package enum Destination: Hashable, Sendable {
  case parameter(Int)
  case state(Int)
  case gradient(Int)
  case slot(Int, slot: Int)
  case output(Int)
  /// The gradient by a real-valued input or target.
  case inputGradient(Int)
  case targetGradient(Int)
  /// Of jvp or hvp: the derivative of the loss, or the product by parameter.
  case product(Int)
  /// A value that the trainer asks for: a metric, a loss term, a named value.
  case report(Int)
}

/// Elements of a buffer walked by the loops of a kernel: `offset` plus the loop counters times the strides, in elements.
package struct Access: Hashable, Sendable {
  package var buffer: Buffer
  package var offset: Int
  /// One per outer loop of the kernel.
  package var outer: [Int]
  package var row: Int
  package var column: Int

  package init(_ buffer: Buffer, offset: Int = 0, outer: [Int] = [], row: Int = 0, column: Int = 0) {
    self.buffer = buffer
    self.offset = offset
    self.outer = outer
    self.row = row
    self.column = column
  }
}

/// One number for the whole call.
package struct ScalarStatement: Sendable {
  package var id: Int
  /// The model's name, if it has one.
  package var name: String?
  package var range: SourceRange?
  package var expression: ScalarExpression
  package var operands: [ScalarOperand]

  package init(id: Int, name: String?, range: SourceRange?, expression: ScalarExpression, operands: [ScalarOperand]) {
    self.id = id
    self.name = name
    self.range = range
    self.expression = expression
    self.operands = operands
  }
}

package enum ScalarOperand: Hashable, Sendable {
  case scalar(Int)
  case constant(Double)
  /// A single element of the caller's or the workspace's memory.
  case memory(Access)
  /// The same, of class numbers.
  case index(Access)
  case batchSize
  case rate
  case step
}

/// Loops over `outer`, then `rows` by `columns`, with everything that is fused into them. Statements are computed for a strip of rows at a time, in
/// order; a full statement has a value for each row and column, a row statement one for each row.
package struct Kernel: Sendable {
  /// From the model's names, unique in the entry and fit for C.
  package var name: String
  /// The lines it came from, in order.
  package var ranges: [SourceRange] = []
  package var outer: [Extent]
  package var rows: Extent
  package var columns: Int
  /// Computes local 0 strip by strip, before the statements.
  package var product: ProductStep?
  package var statements: [Statement] = []
  /// Reductions over the rows (and outer loops); their results are there after the kernel.
  package var sinks: [Sink] = []
  package var stores: [StoreStep] = []
  /// Whether a full statement needs a reduction over the whole row: then a strip holds whole rows.
  package var needsWholeRows = false

  package init(name: String, outer: [Extent], rows: Extent, columns: Int) {
    self.name = name
    self.outer = outer
    self.rows = rows
    self.columns = columns
  }
}

package enum Level: Hashable, Sendable {
  case full
  case row
}

package enum Operand: Hashable, Sendable {
  /// The value of an earlier statement, by id.
  case local(Int)
  case memory(Access)
  /// The same, of class numbers: only under `fromIndex`, and of a gather.
  case index(Access)
  /// A scalar step of the entry.
  case scalar(Int)
  case constant(Double)
}

package struct Statement: Sendable {
  package enum Kind: Hashable, Sendable {
    /// The expression of the operands.
    case compute(ScalarExpression)
    case draw(Distribution, site: Int, perExample: Int, isBatched: Bool)
    /// Over the columns of operand 0; the level is `row`.
    case reduce(ReductionKind)
    /// Operand 0 further by the stride times the class number that operand 1 has for the row; zeros where that is none of `count`.
    case gather(stride: Int, count: Int)
  }

  package var id: Int
  package var name: String?
  package var range: SourceRange?
  package var level: Level
  package var kind: Kind
  package var operands: [Operand]
  /// The extents of the value's own axes, for coordinates: `coordinate(axis)` is (linear index / product of the extents after it) % extent.
  package var shape: Shape

  package init(id: Int, name: String?, range: SourceRange?, level: Level, kind: Kind, operands: [Operand], shape: Shape) {
    self.id = id
    self.name = name
    self.range = range
    self.level = level
    self.kind = kind
    self.operands = operands
    self.shape = shape
  }

  /// Whether its rows lie where class numbers say: in the first operand.
  package var isGather: Bool {
    if case .gather = kind { return true }
    return false
  }
}

/// Accumulates a local over rows and outer loops, in order.
package struct Sink: Hashable, Sendable {
  package enum Target: Hashable, Sendable {
    /// One accumulator per column.
    case memory(Access)
    /// One number: a scalar of the entry, declared before the kernel.
    case scalar(Int)
    /// One accumulator per column in each of `count` rows, whose stride is the access's `row`: that of the class number which `of` has for the row.
    case rows(Access, of: Access, count: Int)
  }

  package var kind: ReductionKind
  package var operand: Operand
  /// Of a row operand there is one number per row and the target is a scalar or a single element.
  package var level: Level
  package var target: Target
  package var name: String?

  /// What is written, if that is memory.
  package var written: Access? {
    switch target {
    case .memory(let access), .rows(let access, _, _): access
    case .scalar: nil
    }
  }

  /// The class numbers that it reads.
  package var classes: Access? {
    if case .rows(_, let classes, _) = target { classes } else { nil }
  }

  package init(kind: ReductionKind, operand: Operand, level: Level, target: Target, name: String?) {
    self.kind = kind
    self.operand = operand
    self.level = level
    self.target = target
    self.name = name
  }
}

package struct StoreStep: Sendable {
  package var operand: Operand
  package var level: Level
  package var target: Access

  package init(operand: Operand, level: Level, target: Access) {
    self.operand = operand
    self.level = level
    self.target = target
  }
}

/// C[rows, columns] = sum over the segments and k of A[row, k] * B[k, column]. Local 0 of the kernel.
package struct ProductStep: Sendable {
  /// `row` walks the rows, `column` walks k.
  package var a: Access
  /// `row` walks k, `column` walks the columns.
  package var b: Access
  package var k: Extent
  /// Loops around k that accumulate, outermost first, with their strides in A and B.
  package var segments: [Segment] = []
  package var method: Method

  /// How it is computed.
  package enum Method: Hashable, Sendable {
    /// In tiles of rows and columns. B is read as it lies, its columns being neighbours.
    case tiles
    /// The same, with B packed into panels at the start of each outer iteration: its columns are not neighbours, or its rows crowd the caches.
    case packedTiles
    /// Both operands are contiguous along k: dot products on the operands' own layout, for few rows, or for few columns and sums over lines of pixels.
    case dots
    /// One row, and B lies as it is read.
    case line
    /// The columns are not one run in B, which is read as it lies: the pixels of pictures' lines, for few rows.
    case lines(Lines)
    case winograd(Winograd)

    package var isTiles: Bool { self == .tiles || self == .packedTiles }
  }

  package var lines: Lines? { if case .lines(let lines) = method { lines } else { nil } }
  package var winograd: Winograd? { if case .winograd(let winograd) = method { winograd } else { nil } }

  /// More rows make it worth to read B in another order.
  package static let mostRowsOfDots = 4
  /// Over pictures, lines and pixels.
  package static let mostSumsOfDots = 3

  /// Runs of columns in B: so many to a line, and how far apart its lines are.
  package struct Lines: Hashable, Sendable {
    package var count: Int
    package var pixels: Int
    package var stride: Int
    /// The lines that B is not all zeros in, where sums go through lines as well: the last segments.
    package var filled: Range<Int>?

    /// More rows fill vectors by themselves.
    static let rows = 1...15
    /// Over channels, and lines and pixels of a window: what the product's function goes through.
    package static let mostSums = 3

    package init(count: Int, pixels: Int, stride: Int, filled: Range<Int>?) {
      self.count = count
      self.pixels = pixels
      self.stride = stride
      self.filled = filled
    }
  }

  package struct Segment: Sendable {
    package var extent: Extent
    package var a: Int
    package var b: Int

    package static let once = Segment(extent: Extent(1), a: 0, b: 0)

    package init(extent: Extent, a: Int, b: Int) {
      self.extent = extent
      self.a = a
      self.b = b
    }
  }

  package init(a: Access, b: Access, k: Extent, segments: [Segment] = [], method: Method) {
    self.a = a
    self.b = b
    self.k = k
    self.segments = segments
    self.method = method
  }
}

/// One workspace for all values of an entry that need memory.
package struct MemoryPlan: Sendable {
  package struct Slot: Sendable {
    package var name: String?
    /// Elements.
    package var extent: Extent
    /// In elements, filled in by planning; counted at n = the largest batch.
    package var offset = 0
    /// The first and last step that touch it.
    package var first: Int
    package var last: Int

    package init(name: String?, extent: Extent, offset: Int = 0, first: Int, last: Int) {
      self.name = name
      self.extent = extent
      self.offset = offset
      self.first = first
      self.last = last
    }
  }

  package var slots: [Slot] = []
  /// In elements.
  package var size = 0
  /// The largest sum of slots that are live at once, in elements: throughout a stretch if in any step of it.
  package var lowerBound = 0

  package init() {}

  /// The room that so many elements are given: whole lines of the cache in either precision.
  package static func rounded(_ elements: Int) -> Int { (elements + 15) / 16 * 16 }
}
