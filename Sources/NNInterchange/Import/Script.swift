/// The model that is being written: a line for every value, of which the printer makes as many as a reader wants to see.
struct Script {
  /// A value, or statements that make several.
  enum Line {
    case value(Phrase)
    case loop(Loop)
  }

  /// A loop over steps. Its text names what it reads as `{0}`, `{1}` and so on.
  struct Loop {
    var operands: [Phrase]
    var lines: [String]
  }

  struct Input {
    var name: String
    var shape: [Int]
    /// For whole numbers that something is looked up by.
    var classes: Int?
  }

  struct Output {
    var name: String
    var phrase: Phrase
  }

  struct Parameter {
    var name: String
    var weight: Weight
  }

  /// A layer that is used more than once, or in a loop.
  struct Layer {
    var name: String
    var call: Phrase.Call
  }

  var name = "model"
  var inputs: [Input] = []
  var outputs: [Output] = []
  private(set) var lines: [Line] = []
  private(set) var parameters: [Parameter] = []
  private(set) var layers: [Layer] = []
  private var taken: Set<String> = []

  /// A name that nothing else in the model has, as near to the wanted one as the language allows.
  mutating func unique(_ wanted: String, else standard: String, isPort: Bool = false) -> String {
    let letters = wanted.unicodeScalars.map { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)) ? Character(scalar) : "_"
    }
    var base = String(letters.drop { $0 == "_" }.prefix(100))
    while base.last == "_" { base.removeLast() }
    if base.first?.isNumber ?? true || !isPort && Self.words.contains(base) { base = standard }
    var name = base
    var number = 1
    while !taken.insert(name).inserted {
      number += 1
      name = "\(base)\(base.last?.isNumber == true ? "_" : "")\(number)"
    }
    return name
  }

  /// Words that mean something in certain places.
  private static let words: Set<String> = [
    "model", "use", "let", "input", "target", "param", "state", "next", "layer", "block", "repeat", "for", "if", "else", "in", "yield",
    "return", "loss",
    "metric", "output", "train", "trains", "weights", "he", "xavier", "zeros", "ones", "same", "true", "false", "new", "normal", "uniform",
    "of", "class",
  ]

  /// A value of its own, which may be used any number of times.
  mutating func add(_ phrase: Phrase) -> Phrase {
    switch phrase {
    case .number, .text, .value: return phrase
    default:
      lines.append(.value(phrase))
      return .value(lines.count - 1)
    }
  }

  mutating func add(_ loop: Loop) { lines.append(.loop(loop)) }

  func phrase(_ value: Phrase) -> Phrase {
    guard case .value(let index) = value, case .value(let phrase) = lines[index] else { return value }
    return phrase
  }

  /// Puts another phrase in the place of a value that nothing else uses.
  mutating func replace(_ value: Phrase, by phrase: Phrase) {
    if case .value(let index) = value { lines[index] = .value(phrase) }
  }

  mutating func addParameter(_ wanted: String, _ shape: [Int], _ numbers: [Double]) -> Phrase {
    let base = wanted.split(separator: ".").last.map(String.init) ?? wanted
    let name = unique(base, else: "constant")
    parameters.append(Parameter(name: name, weight: Weight(role: "", shape: shape, numbers: numbers)))
    return .text(name)
  }

  mutating func addLayer(_ wanted: String, _ call: Phrase.Call) -> String {
    let name = unique(wanted, else: "cell")
    layers.append(Layer(name: name, call: call))
    return name
  }
}
