/// An expression of the language that is being written.
indirect enum Phrase: Equatable {
  case number(Double)
  /// A name or any text that stands for a value.
  case text(String)
  /// What another line says, by its place in the script.
  case value(Int)
  case call(Call)
  case operation(String, Phrase, Phrase)
  case negation(Phrase)
  /// `x[0, 1..<3]`
  case index(Phrase, String)

  struct Call: Equatable {
    var function: String
    var arguments: [Argument]
    /// What the call's parameters hold, by role.
    var weights: [Weight] = []
    /// The same for calls that share their weights.
    var sharing: String?
  }

  struct Argument: Equatable {
    var label: String?
    var phrase: Phrase
  }

  static func call(_ function: String, _ x: Phrase, _ more: (String?, Phrase)...) -> Phrase {
    .call(Call(function: function, arguments: [Argument(label: nil, phrase: x)] + more.map { Argument(label: $0.0, phrase: $0.1) }))
  }

  static func whole(_ number: Int) -> Phrase { .number(Double(number)) }

  /// `[1, 2]`
  static func list(_ numbers: [Int]) -> Phrase { .text("[\(numbers.map(String.init).joined(separator: ", "))]") }

  /// One number where all are the same.
  static func extent(_ numbers: [Int]) -> Phrase { Set(numbers).count == 1 ? .whole(numbers[0]) : .list(numbers) }
}

/// A tensor of a weight file.
struct Weight: Equatable {
  var role: String
  var shape: [Int]
  var numbers: [Double]
}

extension Phrase {
  /// How tightly the outermost part binds: a pipe least, then comparisons, sums, products, signs, and calls and names most.
  enum Precedence: Int, Comparable {
    case pipe, comparison, sum, product, sign, power, atom

    static func < (left: Precedence, right: Precedence) -> Bool { left.rawValue < right.rawValue }

    init(of symbol: String) {
      switch symbol {
      case "+", "-": self = .sum
      case "*", "/", "%", "@": self = .product
      case "^": self = .power
      default: self = .comparison
      }
    }
  }

  /// The line that it stands for, if it does.
  var line: Int? { if case .value(let line) = self { line } else { nil } }

  /// What it is made of.
  var parts: [Phrase] {
    switch self {
    case .number, .text, .value: []
    case .call(let call): call.arguments.map(\.phrase)
    case .operation(_, let left, let right): [left, right]
    case .negation(let operand), .index(let operand, _): [operand]
    }
  }

  /// As the language writes it; one that float32 has, with no more digits than that needs.
  static func text(of number: Double) -> String {
    let finite = number.isNaN ? number : Swift.min(Swift.max(number, -0x1.fffffep127), 0x1.fffffep127)
    if finite == finite.rounded(), abs(finite) < 1e9 { return "\(Int(finite))" }
    let single = Float(finite)
    return Double(single) == finite ? "\(single)" : "\(finite)"
  }
}
