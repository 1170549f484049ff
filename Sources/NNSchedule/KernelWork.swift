package import NNGraph

/// What a kernel takes, estimated from its operations and its memory traffic for the largest batch.
///
/// The machine it is estimated for is a slow one, on purpose: what the estimate is for is to tell work that is worth handing to other threads, and what
/// that costs does not shrink on a fast one.
package struct KernelWork: Hashable, Sendable {
  /// Multiplications, additions and the like; dear functions count as many.
  package private(set) var operations = 0.0
  /// Of those that the model asks for, what `Winograd` saves.
  package private(set) var saved = 0.0
  /// Of everything that is read or written, once.
  package private(set) var bytes = 0.0

  /// Microseconds: work that takes less is not worth handing to another thread, which may have to be woken.
  package static let leastShared = 20.0
  private static let operationsPerMicrosecond = 100e3
  private static let bytesPerMicrosecond = 20e3

  package var microseconds: Double { operations / Self.operationsPerMicrosecond + bytes / Self.bytesPerMicrosecond }

  package init(_ kernel: Kernel, batch: Int, precision: Precision) {
    let outer = kernel.outer.map { Double($0.at(batch: batch)) }
    let rows = Double(kernel.rows.at(batch: batch))
    let columns = Double(kernel.columns)
    let loops = Loops(outer: outer, rows: rows, columns: columns)
    for statement in kernel.statements {
      operations += statement.cost * loops.count(statement.level) * (statement.isReduction ? columns : 1)
    }
    for sink in kernel.sinks { operations += loops.count(sink.level) }
    var elements = (kernel.readAccesses + kernel.targets).reduce(0) { $0 + loops.elements($1) }
    if let product = kernel.product {
      let depth = product.segments.reduce(Double(product.k.at(batch: batch))) { $0 * Double($1.extent.at(batch: batch)) }
      let wanted = 2 * depth * loops.count(.full)
      saved = wanted * (1 - (product.winograd?.share ?? 1))
      operations += wanted - saved
      elements += depth * (loops.walked(product.a, row: rows, column: 1) + loops.walked(product.b, row: 1, column: columns))
    }
    bytes = elements * Double(precision.bytes)
  }

  private struct Loops {
    var outer: [Double]
    var rows: Double
    var columns: Double

    func count(_ level: Level) -> Double { outer.reduce(level == .full ? rows * columns : rows, *) }

    /// How many different elements an access reaches.
    func elements(_ access: Access) -> Double {
      walked(access, row: access.row == 0 ? 1 : rows, column: access.column == 0 ? 1 : columns)
    }

    func walked(_ access: Access, row: Double, column: Double) -> Double {
      zip(access.outer, outer).reduce(row * column) { $1.0 == 0 ? $0 : $0 * $1.1 }
    }
  }
}

extension Statement {
  /// About how many additions its computation for one element is worth.
  fileprivate var cost: Double {
    switch kind {
    case .compute(let expression): expression.cost
    case .draw: 50
    case .reduce, .gather: 1
    }
  }
}

extension ScalarExpression {
  package var cost: Double {
    switch self {
    case .input, .constant: 0
    case .coordinate: 2
    case .unary(let primitive, let operand): primitive.cost + operand.cost
    case .binary(let primitive, let lhs, let rhs): primitive.cost + lhs.cost + rhs.cost
    case .select(let condition, let first, let second): 1 + condition.cost + first.cost + second.cost
    }
  }
}

extension UnaryPrimitive {
  fileprivate var cost: Double {
    switch self {
    case .negate, .absolute, .square, .floor, .step, .relu, .fromIndex: 1
    case .sqrt: 4
    case .exp, .log, .expm1, .log1p, .sin, .cos, .tanh, .sigmoid, .erf: 16
    }
  }
}

extension BinaryPrimitive {
  fileprivate var cost: Double {
    switch self {
    case .add, .subtract, .multiply, .max, .min, .less, .lessEqual, .equal: 1
    case .divide: 4
    case .pow: 40
    }
  }
}
