extension Operators {
  private static let common = ["hidden_size", "direction", "layout", "activations"]

  static let sequences: [String: Operator] = [
    "RNN": Operator(common) { importer, node in
      try importer.recurrent(node, RecurrentForm(function: "rnn", gates: [0], activations: ["Tanh"]))
    },
    "GRU": Operator(common + ["linear_before_reset"]) { importer, node in
      try importer.recurrent(node, RecurrentForm(function: "gru", gates: [1, 0, 2], activations: ["Sigmoid", "Tanh"]))
    },
    "LSTM": Operator(common + ["input_forget"]) { importer, node in
      try importer.recurrent(node, RecurrentForm(function: "lstm", gates: [0, 2, 3, 1], activations: ["Sigmoid", "Tanh", "Tanh"]))
    },
  ]
}

/// A recurrent layer of the language, and where the file has its gates.
struct RecurrentForm {
  let function: String
  /// By our order.
  let gates: [Int]
  let activations: [String]
}

/// One direction of a recurrent layer, with its weights in our layout.
private struct Direction {
  let form: RecurrentForm
  let units: Int
  let steps: Int
  let isReversed: Bool
  var weightInput: Weight
  var weightHidden: Weight
  /// Those that are added to the input's part and to the hidden values' part.
  var biases: [[Double]]
  /// The hidden and the inner values before the first step; nil is 0.
  var memory: [Phrase?]
  var isLinearBeforeReset: Bool

  var bias: Weight {
    Weight(role: "bias", shape: [biases[0].count], numbers: zip(biases[0], biases[1]).map { $0 + $1 })
  }

  /// Whether the language's own layer does the same: its gate for new values has one bias, added before the reset.
  var isPlain: Bool {
    memory.allSatisfy { $0 == nil } && (form.function != "gru" || isLinearBeforeReset && biases[1].suffix(units).allSatisfy { $0 == 0 })
  }
}

extension Importer {
  fileprivate mutating func recurrent(_ node: NodeReader, _ form: RecurrentForm) throws -> [ImportedValue] {
    let x = try x(node)
    let isExampleFirst = try node.flag("layout", false)
    guard x.shape.count == 3, x.batch == BatchAxis(axis: isExampleFirst ? 0 : 1) else {
      throw ImportProblem("it goes along no sequence of each example")
    }
    try checkRecurrence(node, form, steps: x.local[0])
    let word = try node.text("direction", "forward")
    guard let reversals = ["forward": [false], "reverse": [true], "bidirectional": [false, true]][word] else {
      throw ImportProblem("'direction' is '\(word)'")
    }
    let needsInner = node.node.outputs.count > 2 && (uses[node.node.outputs[2]] ?? 0) > 0
    var (all, last, inner): ([Phrase], [Phrase], [Phrase]) = ([], [], [])
    var units = 0
    for (index, isReversed) in reversals.enumerated() {
      let direction = try direction(node, form, index, count: reversals.count, x, isReversed, isExampleFirst)
      units = direction.units
      let made = try steps(direction, x, needsInner: needsInner)
      all.append(made.all)
      last.append(made.last)
      inner.append(made.inner ?? .number(0))
    }
    let count = reversals.count
    let (n, length) = (examples, x.local[0])
    let sequence = try side(all, has: [length, units], axis: 1)
    return [
      try result(
        sequence.phrase, has: sequence.local, isExampleFirst ? [n, length, count, units] : [length, count, n, units],
        BatchAxis(axis: isExampleFirst ? 0 : 2)),
      try memory(last, units, isExampleFirst),
    ] + (needsInner ? [try memory(inner, units, isExampleFirst)] : [])
  }

  private mutating func memory(_ parts: [Phrase], _ units: Int, _ isExampleFirst: Bool) throws -> ImportedValue {
    let joined = try side(parts, has: [units], axis: 0)
    let shape = isExampleFirst ? [examples, parts.count, units] : [parts.count, examples, units]
    return try result(joined.phrase, has: joined.local, shape, BatchAxis(axis: isExampleFirst ? 0 : 1))
  }

  /// Both directions side by side along a new axis; one by itself without it.
  private func side(_ parts: [Phrase], has local: [Int], axis: Int) throws -> (phrase: Phrase, local: [Int]) {
    guard parts.count > 1 else { return (parts[0], local) }
    let arguments = parts.map { Phrase.Argument(label: nil, phrase: $0) } + [Phrase.Argument(label: "axis", phrase: .whole(axis))]
    var shape = local
    shape.insert(parts.count, at: axis)
    return (.call(Phrase.Call(function: "stack", arguments: arguments)), shape)
  }

  private func checkRecurrence(_ node: NodeReader, _ form: RecurrentForm, steps: Int) throws {
    guard 1...4096 ~= steps else { throw ImportProblem("\(steps) steps are not supported") }
    if node.isGiven(4) {
      guard let lengths = try node.constant(4, "sequence_lens"), lengths.uniform == Double(steps) else {
        throw ImportProblem("'sequence_lens' is not supported")
      }
    }
    if node.isGiven(7) { throw ImportProblem("peepholes ('P') are not supported") }
    if try node.flag("input_forget", false) { throw ImportProblem("attribute 'input_forget' is not supported") }
    if case .texts(let names)? = node.value("activations") {
      let expected = form.activations.map { $0.lowercased() }
      let isUsual =
        names.count % expected.count == 0 && names.indices.allSatisfy { names[$0].lowercased() == expected[$0 % expected.count] }
      guard isUsual else { throw ImportProblem("activations \(names.joined(separator: ", ")) are not supported") }
    }
  }

  // MARK: Weights

  private mutating func direction(
    _ node: NodeReader, _ form: RecurrentForm, _ index: Int, count: Int, _ x: Traced, _ isReversed: Bool, _ isExampleFirst: Bool
  ) throws -> Direction {
    guard let w = try node.constant(1, "W"), let r = try node.constant(2, "R"), w.shape.count == 3, r.shape.count == 3 else {
      throw ImportProblem("its weights are missing")
    }
    let (units, gates, width) = (r.shape[2], form.gates.count, x.local[1])
    guard w.shape == [count, gates * units, width], r.shape == [count, gates * units, units],
      try node.integer("hidden_size", units) == units
    else {
      throw ImportProblem("weights of \(w.shape) and \(r.shape) do not fit \(x.shape)")
    }
    func rows(_ numbers: ArraySlice<Double>, _ size: Int) -> [Double] {
      let part = Array(numbers)
      return form.gates.flatMap { part[($0 * size)..<(($0 + 1) * size)] }
    }
    func part(_ constant: Constant, _ width: Int) throws -> [Double] {
      let size = gates * units * width
      return rows(try constant.numbers()[(index * size)..<((index + 1) * size)], units * width)
    }
    var biases = [[Double]](repeating: [Double](repeating: 0, count: gates * units), count: 2)
    if let b = try node.constant(3, "B") {
      guard b.shape == [count, 2 * gates * units] else { throw ImportProblem("a bias of \(b.shape) does not fit \(units) units") }
      let numbers = try b.numbers()
      let size = gates * units
      biases = (0..<2).map { rows(numbers[((2 * index + $0) * size)..<((2 * index + $0 + 1) * size)], units) }
    }
    var memory: [Phrase?] = []
    for place in 5..<(form.function == "lstm" ? 7 : 6) {
      memory.append(try initial(node, place, index, isExampleFirst))
    }
    return Direction(
      form: form, units: units, steps: x.local[0], isReversed: isReversed,
      weightInput: Weight(role: "weight_input", shape: [gates * units, width], numbers: try part(w, width)),
      weightHidden: Weight(role: "weight_hidden", shape: [gates * units, units], numbers: try part(r, units)), biases: biases,
      memory: memory,
      isLinearBeforeReset: try node.flag("linear_before_reset", false))
  }

  /// What a direction's memory starts from; nil for zeros.
  private mutating func initial(_ node: NodeReader, _ place: Int, _ index: Int, _ isExampleFirst: Bool) throws -> Phrase? {
    guard node.isGiven(place) else { return nil }
    let value = try node.input(place)
    if case .constant(let constant) = value, constant.uniform == 0 { return nil }
    let axis = isExampleFirst ? 0 : 1
    if case .constant(let constant) = value {
      guard constant.shape.count == 3, constant.shape[axis] == 1 else {
        throw ImportProblem("what it starts from differs between examples")
      }
      var shape = constant.shape
      shape.remove(at: axis)
      return script.add(.index(try phrase(of: constant.reshaped(shape), shape: shape).0, "\(index)"))
    }
    let traced = try traced(value)
    guard traced.shape.count == 3, traced.batch == BatchAxis(axis: axis) else {
      throw ImportProblem("what it starts from has no axis of examples")
    }
    return script.add(.index(traced.phrase, "\(index)"))
  }

  // MARK: Steps

  private struct Steps {
    var all: Phrase
    var last: Phrase
    var inner: Phrase?
  }

  private mutating func steps(_ direction: Direction, _ x: Traced, needsInner: Bool) throws -> Steps {
    let sequence = direction.isReversed ? try reversed(x.phrase, x.local[0], width: x.local[1]) : x.phrase
    var steps = direction.isPlain && !needsInner ? layer(direction, sequence) : loop(direction, sequence)
    if direction.isReversed { steps.all = try reversed(steps.all, x.local[0], width: direction.units) }
    return steps
  }

  private mutating func reversed(_ x: Phrase, _ length: Int, width: Int) throws -> Phrase {
    let traced = Traced(phrase: x, shape: [examples, length, width], batch: BatchAxis(axis: 0), examples: examples)
    return try self.traced(try taken(.traced(traced), axis: 1, places: (0..<length).reversed())).phrase
  }

  private mutating func layer(_ direction: Direction, _ x: Phrase) -> Steps {
    var call = Phrase.Call(
      function: direction.form.function, arguments: [.init(label: nil, phrase: x), .init(label: nil, phrase: .whole(direction.units))])
    call.weights = [direction.weightInput, direction.weightHidden, direction.bias]
    let all = script.add(.call(call))
    return Steps(all: all, last: .index(all, "-1"))
  }

  /// A layer whose memory starts somewhere or is asked for: its cell in a loop.
  private mutating func loop(_ direction: Direction, _ x: Phrase) -> Steps {
    let function = direction.form.function
    let h = script.unique("memory", else: "memory")
    let c = function == "lstm" ? script.unique("inner", else: "inner") : nil
    let all = script.unique("steps", else: "steps")
    let step = loopName("t")
    var operands = [x]
    let starts = direction.memory.map { start -> String in
      guard let start else { return "zeros([\(direction.units)])" }
      operands.append(start)
      return "{\(operands.count - 1)}"
    }
    let body: [String]
    if function == "gru" && !direction.isPlainCell {
      body = gruBody(direction, h, step)
    } else {
      let units = Phrase.Argument(label: nil, phrase: .whole(direction.units))
      let weights = [direction.weightInput, direction.weightHidden, direction.bias]
      let cell = script.addLayer("cell", Phrase.Call(function: "\(function)_cell", arguments: [units], weights: weights))
      body = [c.map { "(\(h), \($0)) = \(cell)({0}[\(step)], \(h), \($0))" } ?? "\(h) = \(cell)({0}[\(step)], \(h))"]
    }
    let begin = c.map { "(\(h), \($0)) = (\(starts.joined(separator: ", ")))" } ?? "\(h) = \(starts[0])"
    let lines = [begin, "\(all) = for \(step) in 0..<\(direction.steps) {"] + (body + ["yield \(h)"]).map { "  \($0)" } + ["}"]
    script.add(Script.Loop(operands: operands, lines: lines))
    return Steps(all: .text(all), last: .text(h), inner: c.map { .text($0) })
  }

  /// A gated unit with a bias of its own for the hidden values, or a reset before their product.
  private mutating func gruBody(_ direction: Direction, _ h: String, _ step: String) -> [String] {
    let units = direction.units
    func dense(_ wanted: String, _ weight: Weight, rows: Range<Int>, _ bias: [Double]) -> String {
      let width = weight.shape[1]
      let numbers = Array(weight.numbers[(rows.lowerBound * width)..<(rows.upperBound * width)])
      let call = Phrase.Call(
        function: "dense", arguments: [.init(label: nil, phrase: .whole(rows.count))],
        weights: [
          Weight(role: "weight", shape: [rows.count, width], numbers: numbers),
          Weight(role: "bias", shape: [rows.count], numbers: Array(bias[rows])),
        ])
      return script.addLayer(wanted, call)
    }
    let input = dense("from_input", direction.weightInput, rows: 0..<(3 * units), direction.biases[0])
    let split = direction.isLinearBeforeReset ? 3 * units : 2 * units
    let hidden = dense("from_hidden", direction.weightHidden, rows: 0..<split, direction.biases[1])
    let (a, b, gates, new) = (loopName("a"), loopName("b"), loopName("gates"), loopName("candidate"))
    var lines = [
      "(\(a), \(b)) = (\(input)({0}[\(step)]), \(hidden)(\(h)))", "\(gates) = sigmoid(\(a)[..<\(2 * units)] + \(b)[..<\(2 * units)])",
    ]
    if direction.isLinearBeforeReset {
      lines.append("\(new) = tanh(\(a)[\(2 * units)..<] + \(gates)[..<\(units)] * \(b)[\(2 * units)..<])")
    } else {
      let candidate = dense("from_reset", direction.weightHidden, rows: (2 * units)..<(3 * units), direction.biases[1])
      lines.append("\(new) = tanh(\(a)[\(2 * units)..<] + \(candidate)(\(gates)[..<\(units)] * \(h)))")
    }
    return lines + ["\(h) = \(new) + \(gates)[\(units)..<] * (\(h) - \(new))"]
  }

  /// A name that loops bind anew, the same for all of them.
  private mutating func loopName(_ wanted: String) -> String {
    if let known = loopNames[wanted] { return known }
    let name = script.unique(wanted, else: wanted)
    loopNames[wanted] = name
    return name
  }
}

extension Direction {
  /// Whether the language's own cell does the same, from whatever memory.
  fileprivate var isPlainCell: Bool {
    var other = self
    other.memory = []
    return other.isPlain
  }
}
