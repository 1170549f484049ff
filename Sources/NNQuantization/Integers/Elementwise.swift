import NNGraph

/// The elementwise part behind a stage, in numbers.
struct ScaledFunction {
  private let form: Pointwise
  private let graph: GraphBuilder
  private let calibration: Calibration
  private let shape: Shape

  init(_ form: Pointwise, _ graph: GraphBuilder, _ calibration: Calibration) {
    self.form = form
    self.graph = graph
    self.calibration = calibration
    shape = graph.shape(form.base)
  }

  /// The scale and the shift of the element at these coordinates.
  func scaling(at place: [Int]) -> (scale: Double, shift: Double) {
    form.steps.reduce((1, 0)) { known, step in
      let operands = step.operands.map { $0.map { number($0, at: place) } }
      let shift = step.expression.evaluate(operands.map { $0 ?? 0 }) ?? 0
      let scale = (step.expression.evaluate(operands.map { $0 ?? 1 }) ?? 0) - shift
      return (known.0 * scale, known.1 * scale + shift)
    }
  }

  private func number(_ value: Value, at place: [Int]) -> Double {
    if let number = graph.constant(value) { return number }
    let own = graph.shape(value)
    let numbers = calibration.numbers[value] ?? []
    let lead = place.count - own.rank
    let index = zip(own.dimensions.indices, own.strides).reduce(0) { $0 + (own[$1.0] == 1 ? 0 : place[$1.0 + lead] * $1.1) }
    return numbers.indices.contains(index) ? numbers[index] : 0
  }

  /// Scales and shifts of all elements that differ along some axes, in row-major order.
  func scalings(along axes: [Int]) -> [(scale: Double, shift: Double)] {
    let extents = axes.map { shape[$0] }
    var place = [Int](repeating: 0, count: shape.rank)
    return (0..<extents.reduce(1, *)).map { index in
      var rest = index
      for (axis, extent) in zip(axes, extents).reversed() {
        place[axis] = rest % extent
        rest /= extent
      }
      return scaling(at: place)
    }
  }

  var hasSteps: Bool { !form.steps.isEmpty }

  // MARK: The function

  private func value(_ x: Double) -> Double {
    guard let function = form.function else { return x }
    return function.evaluate([x] + form.numbers.map { number($0, at: [Int](repeating: 0, count: shape.rank)) }) ?? 0
  }

  /// Whether the function does nothing but hold numbers of this range to the least and the largest of its results, as bytes of the result do anyway.
  private func isClamp(_ range: ClosedRange<Double>, as result: Scale) -> Bool {
    let (low, high) = (value(range.lowerBound), value(range.upperBound))
    let ends = (result.real(0) - result.step / 2, result.real(255) + result.step / 2)
    guard low <= high, low == range.lowerBound || low <= ends.0 + result.step, high == range.upperBound || high >= ends.1 - result.step
    else { return false }
    let slack = 1e-9 * max(high - low, range.upperBound - range.lowerBound)
    return (0...Self.samples).allSatisfy { index in
      let x = range.lowerBound + (range.upperBound - range.lowerBound) * Double(index) / Double(Self.samples)
      return abs(value(x) - min(max(x, low), high)) <= slack
    }
  }

  private static let samples = 1024

  /// The bytes' scale before the function, and the function as a table from these bytes to those of the result; no table where there is nothing to look up.
  func table(to result: Scale) -> (scale: Scale, table: [UInt8]?) {
    guard form.function != nil, let range = calibration.ranges[form.scaled] else { return (result, nil) }
    let wide = min(range.lowerBound, 0)...max(range.upperBound, 0)
    if isClamp(wide, as: result) { return (result, nil) }
    let scale = Scale(narrowed(wide, step: result.step))
    return (scale, (0..<256).map { result.byte(value(scale.real(UInt8($0)))) })
  }

  /// Without the ends where the function is flat, so that bytes are left for where it is not.
  private func narrowed(_ range: ClosedRange<Double>, step: Double) -> ClosedRange<Double> {
    let width = (range.upperBound - range.lowerBound) / Double(Self.samples)
    func flat(from end: Double, by direction: Double) -> Double {
      var x = end
      while abs(value(x + direction) - value(end)) <= step / 4, range.contains(x + direction) { x += direction }
      return x
    }
    guard width > 0 else { return range }
    let (low, high) = (flat(from: range.lowerBound, by: width), flat(from: range.upperBound, by: -width))
    return low < high ? low...high : range
  }
}
