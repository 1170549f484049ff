import NNData

/// Makes text of a script: pipes where a value is used once, names where it is used more often or where a line would be hard to read. Calls are counted in the
/// order in which they will be carried out, which names their weights.
struct ScriptPrinter {
  private var script: Script
  /// How often each line's value is used, and whether as the beginning of a pipe.
  private var uses: [Int]
  private var isHead: [Bool]
  private var isInlined: [Bool]
  private var names: [Int: String] = [:]
  private var counts: [String: Int] = [:]
  private var sharedUses: [String: Int] = [:]
  private var sharedLayers: [String: String] = [:]
  private var declarations: [String] = []
  private var weights: [Tensor] = []

  static func print(_ script: Script) -> (text: String, weights: [Tensor]) {
    var printer = ScriptPrinter(script)
    let text = printer.text()
    return (text, printer.weights)
  }

  private init(_ script: Script) {
    self.script = script
    uses = [Int](repeating: 0, count: script.lines.count)
    isHead = [Bool](repeating: false, count: script.lines.count)
    isInlined = isHead
    countUses()
    chooseLines()
  }

  // MARK: Which values get lines

  private mutating func countUses() {
    for output in script.outputs { count(output.phrase, isHead: true) }
    for index in script.lines.indices.reversed() {
      switch script.lines[index] {
      case .value(let phrase): if uses[index] > 0 { countParts(of: phrase) }
      case .loop(let loop):
        // What a loop reads has a name.
        for operand in loop.operands { for _ in 0..<2 { count(operand, isHead: false) } }
      }
    }
  }

  private mutating func count(_ phrase: Phrase, isHead: Bool) {
    guard case .value(let index) = phrase else { return countParts(of: phrase) }
    uses[index] += 1
    self.isHead[index] = isHead
  }

  private mutating func countParts(of phrase: Phrase) {
    if case .call(let call) = phrase {
      if let key = call.sharing { sharedUses[key, default: 0] += 1 }
      for (place, argument) in call.arguments.enumerated() {
        count(argument.phrase, isHead: place == 0 && !Self.plainFunctions.contains(call.function))
      }
    } else {
      for part in phrase.parts { count(part, isHead: false) }
    }
  }

  private mutating func chooseLines() {
    var size = [Int](repeating: 0, count: script.lines.count)
    for (index, line) in script.lines.enumerated() {
      guard case .value(let phrase) = line else { continue }
      size[index] = 1 + inlinedSize(phrase, size)
      // A layer in the middle of an expression is easily overlooked.
      let longest = isHead[index] ? Self.longestPipe : hasWeights(phrase) ? 0 : Self.longestOperand
      isInlined[index] = uses[index] == 1 && size[index] <= longest
    }
  }

  private func hasWeights(_ phrase: Phrase) -> Bool {
    if case .call(let call) = phrase, !call.weights.isEmpty { return true }
    if case .value(let index) = phrase { if isInlined[index], case .value(let inner) = script.lines[index] { return hasWeights(inner) } }
    return phrase.parts.contains { hasWeights($0) }
  }

  private func inlinedSize(_ phrase: Phrase, _ size: [Int]) -> Int {
    if case .value(let index) = phrase { return isInlined[index] ? size[index] : 0 }
    return phrase.parts.reduce(0) { $0 + inlinedSize($1, size) }
  }

  private static let longestPipe = 30
  private static let longestOperand = 3
  /// These read better with parentheses than in a pipe.
  private static let plainFunctions: Set<String> = ["concat", "stack", "max", "min", "where", "zeros", "ones", "range"]

  // MARK: Text

  private mutating func text() -> String {
    for layer in script.layers { declare(layer.name, layer.call) }
    var body: [String] = []
    var statements: [Repetition.Statement] = []
    for index in script.lines.indices {
      switch script.lines[index] {
      case .loop(let loop): body += lines(of: loop)
      case .value(let phrase):
        guard uses[index] > 0, !isInlined[index] else { continue }
        let name = script.unique("h\(names.count + 1)", else: "h")
        let (head, stages) = pipe(phrase)
        names[index] = name
        let lines = Self.broken(name, head, stages)
        statements.append(Repetition.Statement(name: name, lines: lines))
        body += ["\(name) = \(lines[0])"] + lines.dropFirst()
      }
    }
    var results: [String] = []
    for output in script.outputs {
      let (head, stages) = pipe(output.phrase)
      let lines = Self.broken("output \(output.name)", head, stages)
      results += ["output \(output.name) = \(lines[0])"] + lines.dropFirst()
    }
    if statements.count == body.count(where: { $0.first != " " }) {
      let (folded, renamed) = Repetition(statements, results: results).folded()
      (body, results) = (folded, results.map { Repetition.renamed($0, renamed) })
    }
    return ([["model \(script.name)"], inputs, parameters(), declarations, body, results] as [[String]])
      .filter { !$0.isEmpty }.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
  }

  private var inputs: [String] {
    script.inputs.map { input in
      let shape = "[\(input.shape.map(String.init).joined(separator: ", "))]"
      guard let classes = input.classes else { return "input \(input.name): \(shape)" }
      return "input \(input.name): \(input.shape.isEmpty ? "" : "\(shape) of ")class(\(classes))"
    }
  }

  private mutating func parameters() -> [String] {
    script.parameters.map { parameter in
      let weight = parameter.weight
      weights.append(Tensor(name: parameter.name, shape: weight.shape, storage: .float32(weight.numbers.map { Float($0) })))
      return "param \(parameter.name): [\(weight.shape.map(String.init).joined(separator: ", "))] = zeros"
    }
  }

  private mutating func declare(_ name: String, _ call: Phrase.Call) {
    let arguments = arguments(call, from: 0)
    declarations.append("layer \(name) = \(call.function)(\(arguments.joined(separator: ", ")))")
    keep(call.weights, of: name)
  }

  private mutating func keep(_ weights: [Weight], of prefix: String) {
    self.weights += weights.map {
      Tensor(name: "\(prefix).\($0.role)", shape: $0.shape, storage: .float32($0.numbers.map { Float($0) }))
    }
  }

  private mutating func lines(of loop: Script.Loop) -> [String] {
    var lines = loop.lines
    for (place, operand) in loop.operands.enumerated() {
      let name = text(operand, within: .atom)
      lines = lines.map { Self.replacing("{\(place)}", by: name, in: $0) }
    }
    return lines
  }

  private static func replacing(_ mark: String, by name: String, in line: String) -> String {
    line.split(separator: mark, omittingEmptySubsequences: false).joined(separator: name)
  }

  /// What a name is bound to on one line, or on one for each stage of a pipe where that would be long.
  private static func broken(_ name: String, _ head: String, _ stages: [String]) -> [String] {
    let line = ([head] + stages).joined(separator: " |> ")
    return name.count + line.count <= longestLine - 3 || stages.count < 2 ? [line] : [head] + stages.map { "  |> \($0)" }
  }

  private static let longestLine = 100
}

// MARK: - Expressions

extension ScriptPrinter {
  /// An expression as the beginning of a pipe and its stages.
  private mutating func pipe(_ phrase: Phrase) -> (head: String, stages: [String]) {
    if case .value(let index) = phrase, isInlined[index], case .value(let inner) = script.lines[index] { return pipe(inner) }
    guard case .call(let call) = phrase, !Self.plainFunctions.contains(call.function), let first = call.arguments.first else {
      return (text(phrase, within: .comparison), [])
    }
    let (head, stages) = pipe(first.phrase)
    let rest = arguments(call, from: 1)
    let name = finished(call)
    return (head, stages + [rest.isEmpty ? name : "\(name)(\(rest.joined(separator: ", ")))"])
  }

  private mutating func arguments(_ call: Phrase.Call, from first: Int) -> [String] {
    // A shared layer has its other arguments where it is declared.
    let count = isShared(call) ? 1 : call.arguments.count
    var texts: [String] = []
    for argument in call.arguments.prefix(count).dropFirst(first) {
      let text = text(argument.phrase, within: .comparison)
      texts.append(argument.label.map { "\($0): \(text)" } ?? text)
    }
    return texts
  }

  private func isShared(_ call: Phrase.Call) -> Bool { call.sharing.map { sharedUses[$0, default: 0] > 1 } ?? false }

  /// The name to call, when all arguments have been written: what the call's weights are called is known now.
  private mutating func finished(_ call: Phrase.Call) -> String {
    if let key = call.sharing, isShared(call) {
      if let known = sharedLayers[key] { return known }
      let name = script.unique("shared1", else: "shared")
      sharedLayers[key] = name
      let layer = Phrase.Call(function: call.function, arguments: Array(call.arguments.dropFirst()), weights: call.weights)
      declare(name, layer)
      return name
    }
    counts[call.function, default: 0] += 1
    keep(call.weights, of: "\(call.function)\(counts[call.function, default: 1])")
    return call.function
  }

  private mutating func text(_ phrase: Phrase, within outer: Phrase.Precedence) -> String {
    switch phrase {
    case .number(let number):
      let text = Phrase.text(of: number)
      return number < 0 && outer > .sum ? "(\(text))" : text
    case .text(let text): return text
    case .value(let index):
      if isInlined[index], case .value(let inner) = script.lines[index] { return text(inner, within: outer) }
      return names[index] ?? ""
    case .call(let call):
      let rest = arguments(call, from: 0)
      return "\(finished(call))(\(rest.joined(separator: ", ")))"
    case .operation(let symbol, let left, let right):
      let own = Phrase.Precedence(of: symbol)
      // Left to right; comparisons do not chain, and powers go the other way.
      let isLoose = own == .comparison || own == .power
      let lhs = text(left, within: isLoose ? own.tighter : own)
      let rhs = text(right, within: own.tighter)
      return own < outer ? "(\(lhs) \(symbol) \(rhs))" : own == .power ? "\(lhs)^\(rhs)" : "\(lhs) \(symbol) \(rhs)"
    case .negation(let operand):
      let inner = "-\(text(operand, within: .power))"
      return .sum < outer ? "(\(inner))" : inner
    case .index(let operand, let places): return "\(text(operand, within: .atom))[\(places)]"
    }
  }
}

extension Phrase.Precedence {
  fileprivate var tighter: Self { Self(rawValue: rawValue + 1) ?? .atom }
}
