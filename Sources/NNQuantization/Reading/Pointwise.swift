import NNGraph

/// What an elementwise part of a network makes of each number of `base`: scaled and shifted, by constants that may differ from element to element, then a
/// function that is the same for all.
struct Pointwise: Hashable {
  /// A node that is affine in the one before it.
  struct Step: Hashable {
    var expression: ScalarExpression
    /// The operands; nil for the value that goes through.
    var operands: [Value?]
    /// The node itself.
    var value: Value
  }

  var base: Value
  var steps: [Step] = []
  /// What the steps come to, as a value of the model.
  var scaled: Value { steps.last?.value ?? base }
  /// Of `scaled`, which is its input 0; the others are `numbers`. Nil is `scaled` itself.
  var function: ScalarExpression?
  /// Constants of one element.
  var numbers: [Value] = []

  /// The base itself.
  init(_ base: Value) { self.base = base }

  var isPlain: Bool { steps.isEmpty && function == nil }

  /// Every value that is the same for all examples.
  var constants: [Value] { steps.flatMap(\.constants) + numbers }

  /// The same with the first steps only, the others being part of the function.
  func keeping(_ count: Int) -> Pointwise {
    var result = Pointwise(base)
    result.steps = Array(steps.prefix(count))
    var inner = ScalarExpression.input(0)
    for step in steps.dropFirst(count) {
      inner = step.expression.replacing(
        step.operands.map { operand in
          guard let operand else { return inner }
          result.numbers.append(operand)
          return .input(result.numbers.count)
        })
    }
    let shift = result.numbers.count
    result.numbers += numbers
    let outer = function?.replacing([inner] + numbers.indices.map { .input(shift + $0 + 1) })
    result.function = outer ?? (count < steps.count ? inner : nil)
    return result
  }
}

extension Pointwise.Step {
  var constants: [Value] { operands.compactMap { $0 } }
}

extension ScalarExpression {
  /// With other expressions in place of its inputs.
  func replacing(_ inputs: [ScalarExpression]) -> ScalarExpression {
    switch self {
    case .input(let index): inputs[index]
    case .constant, .coordinate: self
    case .unary(let primitive, let operand): .unary(primitive, operand.replacing(inputs))
    case .binary(let primitive, let lhs, let rhs): .binary(primitive, lhs.replacing(inputs), rhs.replacing(inputs))
    case .select(let condition, let first, let second):
      .select(condition.replacing(inputs), first.replacing(inputs), second.replacing(inputs))
    }
  }

  /// 0 where it does not depend on the inputs in `variables`, 1 where it is affine in them, nil where it is something else.
  func degree(in variables: Set<Int>) -> Int? {
    switch self {
    case .input(let index): return variables.contains(index) ? 1 : 0
    case .constant: return 0
    case .coordinate: return nil
    case .unary(let primitive, let operand):
      guard let degree = operand.degree(in: variables) else { return nil }
      return degree == 0 || primitive == .negate ? degree : nil
    case .binary(let primitive, let lhs, let rhs):
      guard let a = lhs.degree(in: variables), let b = rhs.degree(in: variables) else { return nil }
      switch primitive {
      case .add, .subtract: return max(a, b)
      case .multiply: return a + b <= 1 ? a + b : nil
      case .divide: return b == 0 ? a : nil
      default: return a + b == 0 ? 0 : nil
      }
    case .select(let condition, let first, let second):
      let degrees = [condition, first, second].map { $0.degree(in: variables) }
      return degrees.allSatisfy { $0 == 0 } ? 0 : nil
    }
  }
}
