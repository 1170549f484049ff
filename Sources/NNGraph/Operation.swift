/// One kind of node. An operation is a value: attributes are stored properties, so equality, hashing and printing come for free.
///
/// Derivatives are graph, not C: the same passes and printers serve forward and backward, and derivatives can be differentiated again.
package protocol Operation: Hashable, Sendable {
  /// The spelling in dumps.
  static var mnemonic: String { get }

  /// Attributes in dumps, such as `axes=[1]`.
  var attributes: String { get }

  func resultType(_ inputs: [ValueType]) throws(ShapeError) -> ValueType

  /// The cotangents of the inputs, given the result's. Nil where there is no gradient. A cotangent may have the result's type where an input was
  /// broadcast: the caller sums it down to the input's type.
  func pullback(_ cotangent: Value, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> [Value?]

  /// The tangent of the result, given the inputs' (nil is zero). Never called with all nil.
  func pushforward(_ tangents: [Value?], inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value?

  /// An equal value that is cheaper, if the inputs allow one.
  func simplified(_ inputs: [Value], type: ValueType, in graph: inout GraphBuilder) -> Value?

  var lowering: Lowering { get }

  /// What the results of an activation function cannot leave: near a finite bound it is flat, and nothing is learnt there. Nil for any other operation.
  var bounds: ClosedRange<Double>? { get }
}

extension Operation {
  package var attributes: String { "" }

  package var bounds: ClosedRange<Double>? { nil }

  package func simplified(_ inputs: [Value], type: ValueType, in graph: inout GraphBuilder) -> Value? { nil }
}

/// A rule about shapes that a model broke, in the user's words. `input` says which operand is to blame.
package struct ShapeError: Error, Hashable, Sendable {
  package var message: String
  package var input: Int?
  package var help: String?

  package init(_ message: String, input: Int? = nil, help: String? = nil) {
    self.message = message
    self.input = input
    self.help = help
  }
}

/// An operation on matching elements of its operands, which broadcast by NumPy's rule.
package protocol ElementwiseOperation: Operation {
  var expression: ScalarExpression { get }

  /// The derivative by each input, times `cotangent`. The same expressions serve forward mode, since elementwise Jacobians are diagonal.
  func derivatives(_ factor: Value, by input: Int, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value?
}

extension ElementwiseOperation {
  package var lowering: Lowering { .elementwise(expression) }

  package func resultType(_ inputs: [ValueType]) throws(ShapeError) -> ValueType {
    var shape = Shape.scalar
    for (index, input) in inputs.enumerated() {
      guard let wider = shape.broadcast(with: input.shape) else { throw .broadcast(Self.mnemonic, inputs, blame: index) }
      shape = wider
    }
    return ValueType(shape, isBatched: inputs.contains { $0.isBatched })
  }

  package func pullback(_ cotangent: Value, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> [Value?] {
    inputs.indices.map { derivatives(cotangent, by: $0, inputs: inputs, output: output, in: &graph) }
  }

  package func pushforward(_ tangents: [Value?], inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    var sum: Value?
    for (index, tangent) in tangents.enumerated() {
      guard let tangent, let term = derivatives(tangent, by: index, inputs: inputs, output: output, in: &graph) else { continue }
      sum = sum.map { graph.add($0, term) } ?? term
    }
    return sum
  }
}

extension ShapeError {
  /// Two shapes that do not fit together, with the axis and both extents.
  package static func broadcast(_ name: String, _ inputs: [ValueType], blame: Int) -> ShapeError {
    let shapes = inputs.map(\.shape.description).joined(separator: " and ")
    var detail = ""
    if inputs.count == 2 {
      let (a, b) = (inputs[0].shape, inputs[1].shape)
      for fromEnd in 1..<(min(a.rank, b.rank) + 1) where detail.isEmpty {
        let (mine, theirs) = (a[a.rank - fromEnd], b[b.rank - fromEnd])
        if mine != theirs && mine != 1 && theirs != 1 { detail = ": axis \(fromEnd) from the end has \(mine) and \(theirs)" }
      }
    }
    return ShapeError("'\(name)' needs shapes that broadcast, but has \(shapes)\(detail)", input: blame)
  }
}
