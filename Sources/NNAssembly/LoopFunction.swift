/// An elementary function in single precision, step by step as in `templates/math_f32.c`, so that not a bit differs from what is computed there. The
/// argument is value 0, the results of the steps follow.
struct LoopFunction {
  let steps: [LoopStep]

  static let all: [VectorLoop.Operation: LoopFunction] = [
    .exp: LoopFunction(exp), .log: LoopFunction(log), .log1p: LoopFunction(log1p), .sigmoid: LoopFunction(sigmoid),
    .tanh: LoopFunction(tanh),
    .erf: LoopFunction(erf),
  ]

  private init(_ function: (Formula) -> Formula) {
    let list = StepList()
    _ = function(.value(0, list))
    steps = list.steps
  }
}

/// Grows by what formulas ask for, in their order: it decides how many values wait for their use.
private final class StepList {
  var steps: [LoopStep] = []

  func append(_ operation: LoopStep.Operation, _ operands: [LoopStep.Operand]) -> Int {
    steps.append(LoopStep(operation, operands))
    return steps.count
  }
}

private enum Formula: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  case number(UInt32)
  case value(Int, StepList)

  init(_ value: Float) { self = .number(value.bitPattern) }
  init(floatLiteral value: Float) { self.init(value) }
  init(integerLiteral value: Int) { self.init(Float(value)) }

  /// The result of an operation with at least one operand that is no number. A number that has to be in a register is read when it is needed: for as
  /// long as it has one, others have one less.
  init(_ operation: LoopStep.Operation, _ operands: Formula...) {
    guard let list = operands.lazy.compactMap(\.list).first else { preconditionFailure("internal: a step of numbers") }
    let places = operands.enumerated().map { index, operand -> LoopStep.Operand in
      switch operand {
      case .value(let value, _): return .value(value)
      case .number(let bits):
        let isLast = index == operands.count - 1 && operands.count < 3
        return isLast ? .number(bits) : .value(list.append(.number, [.number(bits)]))
      }
    }
    self = .value(list.append(operation, places), list)
  }

  private var list: StepList? { if case .value(_, let list) = self { list } else { nil } }
  private var isNumber: Bool { list == nil }

  /// Numbers come last, where an instruction can read them from memory.
  private static func commutative(_ operation: LoopStep.Operation, _ lhs: Formula, _ rhs: Formula) -> Formula {
    lhs.isNumber ? Formula(operation, rhs, lhs) : Formula(operation, lhs, rhs)
  }

  static func + (lhs: Formula, rhs: Formula) -> Formula { commutative(.plain(.add), lhs, rhs) }
  static func * (lhs: Formula, rhs: Formula) -> Formula { commutative(.plain(.multiply), lhs, rhs) }
  static func - (lhs: Formula, rhs: Formula) -> Formula { Formula(.plain(.subtract), lhs, rhs) }
  static func / (lhs: Formula, rhs: Formula) -> Formula { Formula(.plain(.divide), lhs, rhs) }

  /// Whole numbers.
  static func &+ (lhs: Formula, rhs: UInt32) -> Formula { Formula(.plus, lhs, .number(rhs)) }
  static func &- (lhs: Formula, rhs: UInt32) -> Formula { Formula(.minus, lhs, .number(rhs)) }
  static func << (lhs: Formula, rhs: UInt8) -> Formula { Formula(.shiftLeft(rhs), lhs) }
  static func >> (lhs: Formula, rhs: UInt8) -> Formula { Formula(.shiftRight(rhs), lhs) }

  /// Bits.
  static func & (lhs: Formula, rhs: UInt32) -> Formula { Formula(.and, lhs, .number(rhs)) }
  static func | (lhs: Formula, rhs: UInt32) -> Formula { Formula(.or, lhs, .number(rhs)) }
  static func | (lhs: Formula, rhs: Formula) -> Formula { Formula(.or, lhs, rhs) }
}

// MARK: What functions have in common

/// `limit < x ? limit : x`, and the same from below.
private func atMost(_ limit: Formula, _ x: Formula) -> Formula { Formula(.lesser, limit, x) }
private func atLeast(_ limit: Formula, _ x: Formula) -> Formula { Formula(.larger, limit, x) }

private func less(_ a: Formula, _ b: Formula, _ first: Formula, else second: Formula) -> Formula {
  Formula(.whereLess, a, b, first, second)
}
private func equal(_ a: Formula, _ b: Formula, _ first: Formula, else second: Formula) -> Formula {
  Formula(.whereEqual, a, b, first, second)
}

private let sign: UInt32 = 0x8000_0000

/// The Horner scheme; the coefficient of the highest power comes first.
private func polynomial(_ x: Formula, _ coefficients: Float...) -> Formula {
  coefficients.dropFirst().reduce(Formula(coefficients[0])) { $1 < 0 ? $0 * x - Formula(-$1) : $0 * x + Formula($1) }
}

/// `nn_reduce`
private struct Reduced {
  let high, low, power: Formula

  init(_ x: Formula) {
    let shifted = x * 1.44269504 + 12582912
    let k = shifted - 12582912
    high = x - k * 0.693145752
    low = k * 1.42860677e-06
    power = shifted &- 0x4b40_0000
  }

  /// `r * r * nn_exp_curve(r)`
  static func curve(_ r: Formula) -> Formula {
    let p = polynomial(r, 0.001381432, 0.008368851, 0.0416684, 0.1666652, 0.49999994)
    return r * r * p
  }
}

/// `nn_scale`
private func scaled(_ x: Formula, _ power: Formula) -> Formula {
  let half = ((power &+ 256) >> 1) &- 128
  return x * ((half &+ 127) << 23) * ((Formula(.minus, power, half) &+ 127) << 23)
}

/// `nn_raised`
private func raised(_ x: Formula, _ raise: UInt32) -> Formula {
  let t = Reduced(x)
  let r = t.high - t.low
  return (1.0 + (r + Reduced.curve(r))) * ((t.power &+ (127 + raise)) << 23)
}

/// `nn_split_of`
private struct Split {
  var fraction, power: Formula

  init(_ x: Formula) {
    let raised = x &+ (0x3f80_0000 - 0x3f35_04f3)
    power = Formula(.real, (raised >> 23) &- 127)
    fraction = ((raised & 0x007f_ffff) &+ 0x3f35_04f3) - 1
  }

  /// `nn_log_of_split`
  func log(correction: Formula) -> Formula {
    let s = fraction / (2.0 + fraction)
    let z = s * s
    let p = polynomial(z, 0.233385101, 0.285505116, 0.400001258, 0.666666687)
    let rest = s * (fraction - z * p) - (power * 1.42860677e-06 + correction)
    return power * 0.693145752 + (fraction - rest)
  }
}

// MARK: The functions

private func exp(_ x: Formula) -> Formula {
  let t = Reduced(atLeast(-104, atMost(89, x)))
  let r = t.high - t.low
  return scaled(1.0 + (t.high + (Reduced.curve(r) - t.low)), t.power)
}

private func log(_ x: Formula) -> Formula {
  let least = Formula(.leastNormalMagnitude)
  var split = Split(less(x, least, x * 8388608, else: x))
  split.power = split.power - less(x, least, 23, else: 0)
  let y = less(x, Formula(.infinity), split.log(correction: 0), else: x)
  return less(0, x, y, else: equal(x, 0, Formula(-.infinity), else: Formula(.nan)))
}

private func log1p(_ x: Formula) -> Formula {
  let u = 1.0 + x
  let lost = less(1, x, 1.0 - (u - x), else: x - (u - 1))
  var split = Split(u)
  split.fraction = equal(split.power, 0, x, else: split.fraction)
  let y = less(x, Formula(.infinity), split.log(correction: equal(split.power, 0, 0, else: lost / u)), else: x)
  let bounded = less(-1, x, y, else: equal(x, -1, Formula(-.infinity), else: Formula(.nan)))
  return equal(x, 0, x, else: bounded)
}

/// Where 0 is compared to there, the sign decides here: of both zeros 1 / 2 is left.
private func sigmoid(_ x: Formula) -> Formula {
  let high = raised(atLeast(-104, x | sign), 64)
  let e = high * 5.42101086e-20
  let sum = 1.0 + e
  let lost = e - (sum - 1)
  let y = Formula(.whereNegative, x, high, 1.84467441e+19) / sum * 5.42101086e-20
  return y - y * (lost * Formula(.whereNegative, x, 1.0 - y, y))
}

private func tanh(_ x: Formula) -> Formula {
  let bounded = atMost(10, x & ~sign)
  let far = 1 - Formula(2) / (raised(bounded + bounded, 0) + 1)
  // Once more, rather than to keep it.
  let t = x & ~sign
  let z = t * t
  let p = polynomial(z, -0.00571498089, 0.020648811, -0.0537429713, 0.133314848, -0.333332837)
  let near = t + t * (z * p)
  return less(t, 0.625, near, else: far) | (x & sign)
}

private func erf(_ x: Formula) -> Formula {
  let u = atMost(4.1, x & ~sign) - 1
  let uu = u * u
  var h = (0.000286590279 - u * 2.10501275e-05) * uu + (0.0100424504 - u * 0.0020069317)
  h = h * (uu * uu) + ((u * -0.0415619873 - 0.843107283) * uu + (u * -2.63896751 - 1.84960556))
  let far = 1.0 - raised(h, 0)
  let t = x & ~sign
  let z = t * t
  let zz = z * z
  var p = (z * 8.39700951e-05 - 0.000814961619) * zz + (z * 0.00520169875 - 0.0268596951)
  p = p * zz + (z * 0.112837017 - 0.376126349)
  p = p * z + 0.128379166
  let near = t + t * p
  return less(t, 0.92, near, else: far) | (x & sign)
}
