/// An elementary function in single precision, step by step as in `templates/math_f32.c`, so that not a bit differs from what is computed there. Bounds are
/// the exception: these here let NaN pass, where C, which compares bits, puts it back. The argument is value 0, the results of the steps follow.
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
        let isLast = index == operands.count - 1 && operation.mayEndWithNumber
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
  static func ^ (lhs: Formula, rhs: UInt32) -> Formula { Formula(.exclusiveOr, lhs, .number(rhs)) }
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

/// `nn_fused` and `nn_fused_rest`
private func fused(_ a: Formula, _ b: Formula, _ c: Formula) -> Formula { Formula(.fused, a, b, c) }
private func fusedRest(_ a: Formula, _ b: Formula, _ c: Formula) -> Formula { Formula(.fusedRest, a, b, c) }

/// The Horner scheme; the coefficient of the highest power comes first.
private func polynomial(_ x: Formula, _ coefficients: Float...) -> Formula {
  coefficients.dropFirst().reduce(Formula(coefficients[0])) { fused($0, x, Formula($1)) }
}

/// `nn_reduce`
private struct Reduced {
  let high, whole, power: Formula

  init(_ x: Formula) {
    let shifted = fused(x, 1.44269504, 12582912)
    whole = shifted - 12582912
    high = fused(whole, -0.693145752, x)
    power = shifted &- 0x4b40_0000
  }

  /// `nn_less_low`
  func lessLow(_ value: Formula) -> Formula { fused(whole, -1.42860677e-06, value) }

  /// `nn_exp_curve`
  static func curve(_ r: Formula) -> Formula { polynomial(r, 0.001381432, 0.008368851, 0.0416684, 0.1666652, 0.49999994) }
}

/// `nn_scale`
private func scaled(_ x: Formula, _ power: Formula) -> Formula {
  let half = ((power &+ 256) >> 1) &- 128
  return x * ((half &+ 127) << 23) * ((Formula(.minus, power, half) &+ 127) << 23)
}

/// `nn_raise`
private struct Raised {
  let power, more: Formula

  init(_ x: Formula, _ raise: UInt32) {
    let t = Reduced(x)
    let r = t.lessLow(t.high)
    more = fused(r * r, Reduced.curve(r), r)
    power = (t.power &+ (127 &+ raise)) << 23
  }

  /// `nn_add_raised`
  func added(to a: Formula) -> Formula { fused(power, more, a) + power }
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
  func log(excess: Formula) -> Formula {
    let s = fraction / (2.0 + fraction)
    let z = s * s
    let p = polynomial(z, 0.233385101, 0.285505116, 0.400001258, 0.666666687)
    let rest = fraction - fused(s, fusedRest(z, p, fraction), fused(power, -1.42860677e-06, excess))
    return fused(power, 0.693145752, rest)
  }
}

// MARK: The functions

private func exp(_ x: Formula) -> Formula {
  let t = Reduced(atLeast(-104, atMost(89, x)))
  let r = t.lessLow(t.high)
  return scaled(1.0 + (t.high + t.lessLow(r * r * Reduced.curve(r))), t.power)
}

private func log(_ x: Formula) -> Formula {
  let least = Formula(.leastNormalMagnitude)
  var split = Split(less(x, least, x * 8388608, else: x))
  split.power = split.power - less(x, least, 23, else: 0)
  let y = less(x, Formula(.infinity), split.log(excess: 0), else: x)
  return less(0, x, y, else: equal(x, 0, Formula(-.infinity), else: Formula(.nan)))
}

private func log1p(_ x: Formula) -> Formula {
  let u = 1.0 + x
  let excess = less(1, x, (u - x) - 1, else: (u - 1) - x)
  var split = Split(u)
  split.fraction = equal(split.power, 0, x, else: split.fraction)
  let y = less(x, Formula(.infinity), split.log(excess: equal(split.power, 0, 0, else: excess / u)), else: x)
  let bounded = less(-1, x, y, else: equal(x, -1, Formula(-.infinity), else: Formula(.nan)))
  return equal(x, 0, x, else: bounded)
}

private func sigmoid(_ x: Formula) -> Formula {
  let one: Formula = 5.42101086e-20
  return one / Raised(atLeast(-104, atMost(18, x)) ^ sign, 0 &- 64).added(to: one)
}

private func tanh(_ x: Formula) -> Formula {
  let bounded = atMost(10, x & ~sign)
  let far = 1 - Formula(2) / Raised(bounded + bounded, 0).added(to: 1)
  // Once more, rather than to keep it.
  let t = x & ~sign
  let z = t * t
  let p = polynomial(z, -0.00571498089, 0.020648811, -0.0537429713, 0.133314848, -0.333332837)
  let near = fused(t, z * p, t)
  return less(t, 0.625, near, else: far) | (x & sign)
}

private func erf(_ x: Formula) -> Formula {
  let u = atMost(4.1, x & ~sign) - 1
  let uu = u * u
  var h = fused(fused(u, -2.10501275e-05, 0.000286590279), uu, fused(u, -0.0020069317, 0.0100424504))
  let slope = fused(u, -2.63896751, -1.84960556)
  h = fused(h, uu * uu, fused(fused(u, -0.0415619873, -0.843107283), uu, slope))
  let e = Raised(h, 0)
  let far = fusedRest(e.power, e.more, 1.0 - e.power)
  let t = x & ~sign
  let z = t * t
  let zz = z * z
  var p = fused(fused(z, 8.39700951e-05, -0.000814961619), zz, fused(z, 0.00520169875, -0.0268596951))
  p = fused(p, zz, fused(z, 0.112837017, -0.376126349))
  p = fused(p, z, 0.128379166)
  let near = fused(t, p, t)
  return less(t, 0.92, near, else: far) | (x & sign)
}
