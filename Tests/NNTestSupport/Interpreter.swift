package import NNGraph

/// Runs a graph in double precision, one node after the other and one element after the other: slow, plain, and what everything faster is compared with.
///
/// It knows the lowered forms only, never an operation by name.
package struct Interpreter: Sendable {
  package enum Mode: Sendable {
    case training, use
  }

  package struct Failure: Error, CustomStringConvertible {
    package var description: String
  }

  package var graph: Graph
  package var mode: Mode
  /// The random number of a site for an example and an element. Values that are one for all ask for example 0.
  package var draw: @Sendable (_ distribution: Distribution, _ site: Int, _ example: Int, _ element: Int) -> Double

  package init(
    _ graph: Graph, mode: Mode = .training,
    draw: @escaping @Sendable (Distribution, Int, Int, Int) -> Double = ReferenceDraw.number
  ) {
    self.graph = graph
    self.mode = mode
    self.draw = draw
  }

  /// The elements of each root, the examples outermost where there is one value per example.
  package func run(values: [Argument: [Double]], batch: Int, roots: [Value]) throws -> [[Double]] {
    let isNeeded = graph.reachable(from: roots)
    var results = [[Double]](repeating: [], count: graph.count)
    for id in graph.nodes.indices where isNeeded[id] {
      results[id] = try evaluate(graph.nodes[id], results, values, batch)
      let expected = count(graph.nodes[id].type, batch)
      guard results[id].count == expected else {
        throw Failure(description: "v\(id) has \(results[id].count) elements, not \(expected)")
      }
    }
    return roots.map { results[$0.id] }
  }

  private func count(_ type: ValueType, _ batch: Int) -> Int { type.shape.count * (type.isBatched ? batch : 1) }

  private func evaluate(_ node: Node, _ results: [[Double]], _ values: [Argument: [Double]], _ batch: Int) throws -> [Double] {
    let operands = node.inputs.map { Operand(type: graph.type($0), elements: results[$0.id]) }
    let examples = node.type.isBatched ? batch : 1
    switch node.operation.lowering {
    case .source(let argument): return try source(argument, node.type, values, batch)
    case .constant(let number): return [Double](repeating: number, count: count(node.type, batch))
    case .literal(let numbers): return numbers
    case .elementwise(let expression): return elementwise(expression, operands, node.type, examples)
    case .draw(let distribution, let site):
      return (0..<examples).flatMap { example in (0..<node.type.shape.count).map { draw(distribution, site, example, $0) } }
    case .reduction(let kind, let axes, let sumsBatch): return reduce(kind, axes, sumsBatch, operands[0], node.type, batch)
    case .contraction(let labels): return contract(labels, operands[0], operands[1], node.type, batch)
    case .reshape: return operands[0].elements
    case .view(let view): return self.view(view.resolved(node, input: operands[0].type.shape), operands[0], node.type, examples)
    case .place(let placements): return place(placements, operands, node.type, examples)
    case .gather: return gather(operands[0], operands[1], examples)
    case .scatter: return scatter(operands[0], operands[1], node.type, operands[1].type.isBatched ? batch : 1)
    case .windows(let windows): return slide(windows, operands[0], node.type, examples)
    case .fold(let windows): return fold(windows, operands[0], node.type, examples)
    case .modal: return broadcast(operands[mode == .training ? 0 : 1], node.type, examples)
    case .stop: return operands[0].elements
    }
  }

  private func source(_ argument: Argument, _ type: ValueType, _ values: [Argument: [Double]], _ batch: Int) throws -> [Double] {
    if argument.role == .batchSize { return [Double(batch)] }
    guard let given = values[argument] else { throw Failure(description: "no value for \(argument.role) \(argument.index)") }
    return given
  }

  private func elementwise(_ expression: ScalarExpression, _ operands: [Operand], _ type: ValueType, _ examples: Int) -> [Double] {
    let places = operands.map { $0.broadcastPlaces(over: type.shape) }
    let coordinates = type.shape.dimensions.indices.map { axis in
      type.shape.places(steps: type.shape.dimensions.indices.map { $0 == axis ? 1 : 0 })
    }
    var result: [Double] = []
    var inputs = [Double](repeating: 0, count: operands.count)
    for example in 0..<examples {
      for element in 0..<type.shape.count {
        for ordinal in operands.indices { inputs[ordinal] = operands[ordinal][example, places[ordinal][element]] }
        result.append(evaluate(expression, inputs) { Double(coordinates[$0][element]) })
      }
    }
    return result
  }

  private func evaluate(_ expression: ScalarExpression, _ inputs: [Double], _ coordinate: (Int) -> Double) -> Double {
    switch expression {
    case .input(let ordinal): return inputs[ordinal]
    case .constant(let number): return number
    case .coordinate(let axis): return coordinate(axis)
    case .unary(let primitive, let operand): return primitive.evaluate(evaluate(operand, inputs, coordinate))
    case .binary(let primitive, let lhs, let rhs):
      return primitive.evaluate(evaluate(lhs, inputs, coordinate), evaluate(rhs, inputs, coordinate))
    case .select(let condition, let first, let second):
      return evaluate(evaluate(condition, inputs, coordinate) != 0 ? first : second, inputs, coordinate)
    }
  }

  private func reduce(
    _ kind: ReductionKind, _ axes: [Int], _ sumsBatch: Bool, _ operand: Operand, _ type: ValueType, _ batch: Int
  ) -> [Double] {
    let shape = operand.type.shape
    let kept = shape.dimensions.indices.filter { !axes.contains($0) }
    let bases = type.shape.places(steps: kept.map { operand.strides[$0] })
    let inner = Shape(axes.map { shape[$0] }).places(steps: axes.map { operand.strides[$0] })
    let foldsBatch = sumsBatch && operand.type.isBatched
    var result: [Double] = []
    for example in 0..<(type.isBatched ? batch : 1) {
      for base in bases {
        let group = (foldsBatch ? 0..<batch : example..<(example + 1)).flatMap { other in inner.map { operand[other, base + $0] } }
        result.append(fold(kind, group))
      }
    }
    return result
  }

  private func fold(_ kind: ReductionKind, _ group: [Double]) -> Double {
    switch kind {
    case .sum: return group.reduce(0, +)
    case .max: return group.dropFirst().reduce(group[0]) { BinaryPrimitive.max.evaluate($0, $1) }
    case .min: return group.dropFirst().reduce(group[0]) { BinaryPrimitive.min.evaluate($0, $1) }
    case .argmax:
      var best = 0
      for index in group.indices where group[index] > group[best] { best = index }
      return Double(best)
    }
  }

  private func contract(_ labels: Contraction, _ lhs: Operand, _ rhs: Operand, _ type: ValueType, _ batch: Int) -> [Double] {
    let extents = Dictionary(
      zip(labels.lhs + labels.rhs, lhs.type.shape.dimensions + rhs.type.shape.dimensions), uniquingKeysWith: { first, _ in first })
    let summed = extents.keys.filter { !labels.output.contains($0) }.sorted()
    let inner = Shape(summed.map { extents[$0] ?? 1 })
    func places(_ operand: Operand, _ own: [Int], _ shape: Shape, _ walked: [Int]) -> [Int] {
      shape.places(steps: walked.map { label in own.firstIndex(of: label).map { operand.strides[$0] } ?? 0 })
    }
    let bases = zip(places(lhs, labels.lhs, type.shape, labels.output), places(rhs, labels.rhs, type.shape, labels.output))
    let steps = Array(zip(places(lhs, labels.lhs, inner, summed), places(rhs, labels.rhs, inner, summed)))
    var result: [Double] = []
    for example in 0..<(type.isBatched ? batch : 1) {
      for (left, right) in bases {
        var sum = 0.0
        for other in labels.sumsBatch ? 0..<batch : example..<(example + 1) {
          for (leftStep, rightStep) in steps { sum += lhs[other, left + leftStep] * rhs[other, right + rightStep] }
        }
        result.append(sum)
      }
    }
    return result
  }

  private func broadcast(_ operand: Operand, _ type: ValueType, _ examples: Int) -> [Double] {
    let places = operand.broadcastPlaces(over: type.shape)
    return (0..<examples).flatMap { example in places.map { operand[example, $0] } }
  }

  private func view(_ view: StridedView, _ operand: Operand, _ type: ValueType, _ examples: Int) -> [Double] {
    let start = zip(view.starts, operand.strides).reduce(0) { $0 + $1.0 * $1.1 }
    let steps = zip(view.sources, view.steps).map { source, step in source.map { operand.strides[$0] * step } ?? 0 }
    let places = type.shape.places(steps: steps)
    return (0..<examples).flatMap { example in places.map { operand[example, start + $0] } }
  }

  private func place(_ placements: [Placement], _ operands: [Operand], _ type: ValueType, _ examples: Int) -> [Double] {
    let strides = type.shape.strides
    let size = type.shape.count
    var result = [Double](repeating: 0, count: size * examples)
    for (operand, placement) in zip(operands, placements) {
      let start = zip(placement.starts, strides).reduce(0) { $0 + $1.0 * $1.1 }
      let places = operand.type.shape.places(steps: zip(strides, placement.steps).map { $0 * $1 })
      for example in 0..<examples {
        for (element, place) in places.enumerated() { result[example * size + start + place] = operand[example, element] }
      }
    }
    return result
  }

  /// For each element of windows, the element that it copies; nil where it lies outside.
  private func sources(_ windows: [Window], outside shape: Shape, inside windowed: Shape) -> [Int?] {
    let first = shape.rank - windows.count
    let coordinates = windowed.dimensions.indices.map { axis in
      windowed.places(steps: windowed.dimensions.indices.map { $0 == axis ? 1 : 0 })
    }
    return (0..<windowed.count).map { element in
      var place: Int? = 0
      for axis in 0..<shape.rank {
        var index = coordinates[axis][element]
        if axis >= first {
          let window = windows[axis - first]
          index = index * window.stride + coordinates[axis + windows.count][element] * window.dilation - window.before
        }
        guard (0..<shape[axis]).contains(index), let before = place else { return nil }
        place = before + index * shape.strides[axis]
      }
      return place
    }
  }

  private func gather(_ table: Operand, _ classes: Operand, _ examples: Int) -> [Double] {
    let count = table.type.shape[0]
    let width = table.type.shape.count / count
    return (0..<examples).flatMap { example in
      (0..<classes.type.shape.count).flatMap { position in
        let row = Int(classes[example, position])
        return (0..<width).map { 0..<count ~= row ? table[0, row * width + $0] : 0 }
      }
    }
  }

  private func scatter(_ rows: Operand, _ classes: Operand, _ type: ValueType, _ examples: Int) -> [Double] {
    let width = type.shape.count / type.shape[0]
    var result = [Double](repeating: 0, count: type.shape.count)
    for example in 0..<examples {
      for position in 0..<classes.type.shape.count {
        let row = Int(classes[example, position])
        guard 0..<type.shape[0] ~= row else { continue }
        for column in 0..<width { result[row * width + column] += rows[example, position * width + column] }
      }
    }
    return result
  }

  private func slide(_ windows: [Window], _ operand: Operand, _ type: ValueType, _ examples: Int) -> [Double] {
    let sources = self.sources(windows, outside: operand.type.shape, inside: type.shape)
    return (0..<examples).flatMap { example in sources.map { place in place.map { operand[example, $0] } ?? 0 } }
  }

  private func fold(_ windows: [Window], _ operand: Operand, _ type: ValueType, _ examples: Int) -> [Double] {
    let targets = sources(windows, outside: type.shape, inside: operand.type.shape)
    let size = type.shape.count
    var result = [Double](repeating: 0, count: size * examples)
    for example in 0..<examples {
      for (element, target) in targets.enumerated() {
        if let target { result[example * size + target] += operand[example, element] }
      }
    }
    return result
  }
}

/// The elements of a node's input.
private struct Operand {
  let type: ValueType
  let elements: [Double]
  let strides: [Int]
  private let exampleStride: Int

  init(type: ValueType, elements: [Double]) {
    self.type = type
    self.elements = elements
    strides = type.shape.strides
    exampleStride = type.isBatched ? type.shape.count : 0
  }

  subscript(example: Int, place: Int) -> Double { elements[example * exampleStride + place] }

  /// Where each element of a result finds its own: aligned at the last axis, with extents of 1 repeated.
  func broadcastPlaces(over shape: Shape) -> [Int] {
    let lead = shape.rank - type.shape.rank
    return shape.places(steps: shape.dimensions.indices.map { $0 < lead || type.shape[$0 - lead] == 1 ? 0 : strides[$0 - lead] })
  }
}

extension Shape {
  /// For every index of the shape, the last axis fastest, the sum of coordinates times steps.
  fileprivate func places(steps: [Int]) -> [Int] {
    var places = [0]
    for (extent, step) in zip(dimensions, steps) { places = places.flatMap { base in (0..<extent).map { base + $0 * step } } }
    return places
  }
}
