import NNGraph

/// What the recurrent layers and their cells have in common: the parameters, whose rows are the gates one after the other, and their products.
struct Recurrence {
  let units: Int
  private let weightHidden: Value

  static let initial = FunctionParameter("init", .initializer, named: true, default: "xavier")
  static let sequenceParameters = [FunctionParameter("x", .tensor), FunctionParameter("units", .wholeNumber), initial]

  /// The parameters of a layer that reads `x`, and the part of all gates that comes from it: x W' + b, one product even where x is a sequence.
  static func make(_ call: inout FunctionCall, gates: Int) throws(CallError) -> (recurrence: Recurrence, fromInput: Value) {
    let units = call.wholeNumber("units")
    guard units >= 1 else { throw CallError("a recurrent layer needs at least 1 unit, not \(units)", at: "units") }
    guard let width = call.type("x").shape.dimensions.last else {
      throw CallError("a recurrent layer needs at least one axis, but its input is a single number", at: "x", help: "reshape(x, [1])")
    }
    let weightInput = try call.weight("weight_input", [gates * units, width], fanIn: width, default: .xavier)
    let weightHidden = try call.weight("weight_hidden", [gates * units, units], fanIn: units, default: .xavier)
    let bias = try call.parameter("bias", [gates * units], initial: .constant(0))
    let fromInput = call.graph.add(try call.project(call.value("x"), by: weightInput), bias)
    return (Recurrence(units: units, weightHidden: weightHidden), fromInput)
  }

  /// The part of all gates that comes from the hidden values.
  func fromHidden(_ h: Value, in graph: inout GraphBuilder) -> Value { graph.project(h, by: weightHidden) }

  /// One gate's part.
  func gate(_ number: Int, of gates: Value, in graph: inout GraphBuilder) -> Value {
    graph.slice(gates, axis: graph.shape(gates).rank - 1, from: number * units, count: units)
  }
}

extension FunctionCall {
  /// A cell's memory has the shape of its input, but for the units.
  func checkMemory(_ name: String, like fromInput: Value, units: Int) throws(CallError) {
    let expected = Shape(graph.shape(fromInput).dimensions.dropLast() + [units])
    guard graph.shape(value(name)) == expected else {
      throw CallError("'\(name)' of a cell of \(units) units is \(expected) here, not \(type(name).shape)", at: name)
    }
  }

  /// Goes through a sequence [T, ...] one step after the other: `step` gives what is kept of a step and what the next one starts from.
  mutating func unrolled(
    _ fromInput: Value, memory: [Value], _ step: (_ input: Value, _ memory: [Value], _ graph: inout GraphBuilder) -> [Value]
  ) throws(CallError) -> Value {
    let shape = graph.shape(fromInput)
    var memory = memory
    var results: [Value] = []
    for time in 0..<shape[0] {
      guard graph.graph.count < Limits.nodes else { throw CallError("\(shape[0]) steps make the model too large", at: "x") }
      let input = graph.reshape(graph.slice(fromInput, axis: 0, from: time, count: 1), to: [shape[1]])
      memory = step(input, memory, &graph)
      results.append(graph.reshape(memory[0], to: Shape([1] + graph.shape(memory[0]).dimensions)))
    }
    return try joined(results, axis: 0)
  }

  /// A sequence is [T, D].
  func checkSequence(_ function: String) throws(CallError) {
    let shape = type("x").shape
    guard shape.rank == 2, shape[0] > 0 else { throw CallError("'\(function)' goes along a sequence [T, D], not \(shape)", at: "x") }
  }

  mutating func zeroMemory(_ units: Int) -> Value { graph.fill(0, ValueType([units], isBatched: false)) }
}
