package import NNSource

/// Builds a graph. Equal nodes are made once, constants are folded and each operation's own algebra is applied as nodes are made, so there is one
/// place where a graph gets simpler, whoever builds it: a model, a derivative or a pass.
package struct GraphBuilder: Sendable {
  package private(set) var graph = Graph()
  /// The text that nodes made from now on came from.
  package var range: SourceRange?
  /// Which of the two values of a ``Modal`` derivatives follow.
  package var isTraining = true
  /// Whether any value has two modes.
  package private(set) var hasModes = false
  /// What values should lie within, as far as whoever computes with them can say.
  package private(set) var expectations: [Expectation] = []
  private var index = NodeIndex()

  package init() {}

  package func type(_ value: Value) -> ValueType { graph.type(value) }
  package func shape(_ value: Value) -> Shape { graph.type(value).shape }
  package func operation(_ value: Value) -> any Operation { graph[value].operation }
  package func inputs(_ value: Value) -> [Value] { graph[value].inputs }

  /// Makes a node whose inputs are known to fit. For input that a user controls use `checked`.
  package mutating func node(_ operation: some Operation, _ inputs: [Value]) -> Value {
    do {
      return try checked(operation, inputs)
    } catch {
      preconditionFailure("internal: \(Swift.type(of: operation).mnemonic): \(error.message)")
    }
  }

  /// Makes a node, or says which rule of shapes its inputs break.
  package mutating func checked(_ operation: some Operation, _ inputs: [Value]) throws(ShapeError) -> Value {
    let type = try operation.resultType(inputs.map { graph.type($0) })
    try checkSize(type)
    let hash = NodeIndex.hash(operation, inputs)
    if let known = index.find(operation, inputs, hash: hash, in: graph) { return known }
    if let folded = folded(operation, inputs, type) { return folded }
    if let simpler = operation.simplified(inputs, type: type, in: &self) { return simpler }
    if let narrow = narrowed(operation, inputs, type) { return narrow }
    return appended(operation, inputs, type)
  }

  /// A node as it is, unless there is an equal one.
  private mutating func appended(_ operation: some Operation, _ inputs: [Value], _ type: ValueType) -> Value {
    let hash = NodeIndex.hash(operation, inputs)
    if let known = index.find(operation, inputs, hash: hash, in: graph) { return known }
    let value = graph.append(Node(operation: operation, inputs: inputs, type: type, name: nil, range: range))
    index.append(hash: hash)
    hasModes = hasModes || operation is Modal
    return value
  }

  /// A value that is another one, but lies in memory in the order of its own axes.
  package mutating func laidDown(_ value: Value) -> Value {
    let shape = shape(value)
    let whole = Place([Placement(starts: [Int](repeating: 0, count: shape.rank))], shape: shape)
    return appended(whole, [value], type(value))
  }

  /// Every tensor is held to the limits, whichever rule of shapes made it.
  package func checkSize(_ type: ValueType) throws(ShapeError) {
    guard type.shape.rank <= Limits.rank else {
      throw ShapeError("\(type.shape) has \(type.shape.rank) axes, and \(Limits.rank) is the most there can be")
    }
    guard Shape.checkedCount(type.shape.dimensions) != nil else {
      throw ShapeError("\(type.shape) has more elements than one tensor can have, \(Limits.elements)")
    }
  }

  /// Gives a value the model's name, unless it has one already.
  package mutating func name(_ value: Value, _ name: String) {
    if graph[value].name == nil { graph[value].name = name }
  }

  /// Notes that a loss makes sense only for a target within these bounds.
  package mutating func expect(_ value: Value, in bounds: ClosedRange<Double>) {
    guard constant(value) == nil else { return }
    expectations.append(Expectation(value: value, bounds: bounds, range: range))
  }

  /// The number that a value is everywhere, if it is one.
  package func constant(_ value: Value) -> Double? {
    if case .constant(let number) = graph[value].operation.lowering { return number }
    return nil
  }

  private mutating func folded(_ operation: some Operation, _ inputs: [Value], _ type: ValueType) -> Value? {
    guard !inputs.isEmpty, case .elementwise(let expression) = operation.lowering else { return nil }
    var numbers: [Double] = []
    for input in inputs {
      guard let number = constant(input) else { return nil }
      numbers.append(number)
    }
    return expression.evaluate(numbers).map { fill($0, type) }
  }

  /// Elementwise operations broadcast by themselves, so expansions before one are dropped; what they repeated is computed once and expanded after.
  private mutating func narrowed(_ operation: some Operation, _ inputs: [Value], _ type: ValueType) -> Value? {
    guard case .elementwise = operation.lowering else { return nil }
    let sources = inputs.map { graph[$0].operation is Expand ? graph[$0].inputs[0] : $0 }
    guard sources != inputs else { return nil }
    return expand(node(operation, sources), to: type)
  }
}

/// Numbers that a value should have. Only data can tell whether it has.
package struct Expectation: Sendable {
  package let value: Value
  package let bounds: ClosedRange<Double>
  package let range: SourceRange?
}
