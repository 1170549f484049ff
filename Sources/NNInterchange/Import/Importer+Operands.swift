/// How values of the file become expressions about one example.
extension Importer {
  /// A value as an expression, constants too.
  mutating func traced(_ value: ImportedValue) throws -> Traced {
    switch value {
    case .traced(let traced): return traced
    case .failed: throw ImportProblem("it depends on what cannot be brought over")
    case .constant(let constant):
      // One number for any number of examples is one for each of them.
      let axis = examples == Self.openExamples ? constant.shape.firstIndex(of: examples) : nil
      let batch = axis.map { BatchAxis(axis: $0) }
      let local = Traced.local(constant.shape, batch, examples)
      let own = try axis.map { try constant.ofOneExample(axis: $0, keepsAxis: false) } ?? constant
      let (phrase, shape) = try phrase(of: own, shape: local)
      let full = shape == local ? phrase : .operation("*", phrase, .call("ones", .list(local)))
      let kind: Traced.Kind = constant.kind == .truth ? .truth : .real
      return Traced(phrase: full, shape: constant.shape, batch: batch, kind: kind, examples: examples)
    }
  }

  /// A constant: a number, a few numbers in brackets, or a parameter. Returned is the shape that the phrase has.
  mutating func phrase(of constant: Constant, shape: [Int]) throws -> (Phrase, [Int]) {
    if constant.tellsExamples { throw ImportProblem("it takes the number of examples, which is open, for a number") }
    if let number = constant.uniform, !constant.isWeight || constant.count == 1 { return (.number(try finite(number)), []) }
    let key = "\(constant.name) \(shape)"
    if let known = parameters[key] { return (known, shape) }
    let numbers = try constant.numbers().map { try finite($0) }
    if numbers.isEmpty { throw ImportProblem("a tensor without elements") }
    if numbers.count <= Self.fewNumbers, !constant.isWeight { return (.text(Self.literal(numbers[...], shape[...])), shape) }
    guard shape.count <= 8 else { throw ImportProblem("a tensor of \(shape.count) axes") }
    let wanted = constant.isWeight ? constant.name : "constant"
    let name = script.addParameter(wanted, shape, numbers)
    let phrase = constant.isWeight ? name : script.add(.call("stop", name))
    parameters[key] = phrase
    return (phrase, shape)
  }

  private static let fewNumbers = 16

  /// Infinity is written as the largest float32.
  private func finite(_ number: Double) throws -> Double {
    guard !number.isNaN else { throw ImportProblem("a constant that is no number (NaN)") }
    return min(max(number, -0x1.fffffep127), 0x1.fffffep127)
  }

  private static func literal(_ numbers: ArraySlice<Double>, _ shape: ArraySlice<Int>) -> String {
    guard let count = shape.first, let first = numbers.first else { return numbers.first.map { Phrase.text(of: $0) } ?? "0" }
    guard count > 0, shape.count > 0 else { return Phrase.text(of: first) }
    let size = numbers.count / count
    let parts = (0..<count).map { place in
      let start = numbers.startIndex + place * size
      return literal(numbers[start..<(start + size)], shape.dropFirst())
    }
    return "[\(parts.joined(separator: ", "))]"
  }

  // MARK: Operands that broadcast

  /// Operands of an operation that broadcasts, as expressions about one example.
  struct Operands {
    var phrases: [Phrase]
    /// The extents of each, per example.
    var shapes: [[Int]]
    /// The result's extents in the file.
    var shape: [Int]
    var batch: BatchAxis?
    var kinds: [Traced.Kind]
  }

  mutating func operands(_ values: [ImportedValue]) throws -> Operands {
    var batches: [(fromEnd: Int, batch: BatchAxis)] = []
    var shapes: [[Int]] = []
    for value in values {
      switch value {
      case .traced(let traced):
        shapes.append(traced.shape)
        if let batch = traced.batch, let fromEnd = traced.batchFromEnd { batches.append((fromEnd, batch.at(0))) }
      case .constant(let constant): shapes.append(constant.shape)
      case .failed: throw ImportProblem("it depends on what cannot be brought over")
      }
    }
    guard let (fromEnd, batch) = batches.first else {
      let all = try values.map { try traced($0) }
      return Operands(phrases: all.map(\.phrase), shapes: all.map(\.shape), shape: try broadcast(shapes), kinds: all.map(\.kind))
    }
    guard batches.allSatisfy({ $0 == (fromEnd, batch) }) else { throw ImportProblem("its inputs have the examples on different axes") }
    var result = Operands(phrases: [], shapes: [], shape: [], kinds: [])
    for value in values {
      let (phrase, local, kind) = try aligned(value, fromEnd: fromEnd, isMerged: batch.isMerged)
      result.phrases.append(phrase)
      result.shapes.append(local)
      result.kinds.append(kind)
    }
    result.shape = try broadcast(shapes)
    result.batch = batch.at(result.shape.count - fromEnd)
    return result
  }

  /// An operand without the examples' axis, which lies `fromEnd` of the end in others.
  private mutating func aligned(_ value: ImportedValue, fromEnd: Int, isMerged: Bool) throws -> (Phrase, [Int], Traced.Kind) {
    if case .traced(let traced) = value, traced.batch != nil { return (traced.phrase, traced.local, traced.kind) }
    var value = value
    var shape = try traced(shapeOf: value)
    if shape.count >= fromEnd {
      let axis = shape.count - fromEnd
      if case .constant(let constant) = value, shape[axis] == examples {
        value = .constant(try constant.ofOneExample(axis: axis, keepsAxis: true))
        shape[axis] = 1
      }
      guard shape[axis] == 1 else { throw ImportProblem("a constant differs between the examples of a batch") }
      if !isMerged { shape.remove(at: axis) }
    }
    if case .constant(let constant) = value {
      let (phrase, local) = try phrase(of: constant.reshaped(shape), shape: shape)
      return (phrase, local, constant.kind == .truth ? .truth : .real)
    }
    let traced = try traced(value)
    return (traced.shape == shape ? traced.phrase : script.add(.call("reshape", traced.phrase, (nil, .list(shape)))), shape, traced.kind)
  }

  private func traced(shapeOf value: ImportedValue) throws -> [Int] {
    switch value {
    case .traced(let traced): return traced.shape
    case .constant(let constant): return constant.shape
    case .failed: throw ImportProblem("it depends on what cannot be brought over")
    }
  }

  // MARK: Results

  /// A result: a line of its own, brought to the extents that the file has.
  mutating func result(_ phrase: Phrase, has local: [Int], _ shape: [Int], _ batch: BatchAxis?, _ kind: Traced.Kind = .real) throws
    -> ImportedValue
  {
    guard shape.count <= 9 else { throw ImportProblem("a tensor of \(shape.count) axes is too much") }
    _ = try checkedCount(shape)
    let wanted = Traced.local(shape, batch, examples)
    guard examples != Self.openExamples || !wanted.contains(where: { $0 > 0 && $0 % examples == 0 }) else {
      throw ImportProblem("another axis is as long as there are examples, which is open")
    }
    try Extents.check(wanted)
    var value = script.add(phrase)
    if local != wanted {
      let isSame = try checkedCount(local) == checkedCount(wanted)
      value = isSame ? reshaping(value, local, wanted) : script.add(.operation("*", value, .call("ones", .list(wanted))))
    }
    return .traced(Traced(phrase: value, shape: shape, batch: batch, kind: kind, examples: examples))
  }

  /// A result that has one example's extents already.
  mutating func result(_ phrase: Phrase, _ shape: [Int], _ batch: BatchAxis?, _ kind: Traced.Kind = .real) throws -> ImportedValue {
    try result(phrase, has: Traced.local(shape, batch, examples), shape, batch, kind)
  }

  /// The same elements under another shape; of a tensor that was reshaped, those from before that.
  mutating func reshaping(_ phrase: Phrase, _ from: [Int], _ to: [Int]) -> Phrase {
    var (source, shape) = (phrase, from)
    if let before = reshaped[phrase.line ?? -1] { (source, shape) = before }
    if shape == to { return source }
    let made = script.add(to.count == 1 && shape.count > 1 ? .call("flatten", source) : .call("reshape", source, (nil, .list(to))))
    if let line = made.line { reshaped[line] = (source, shape) }
    return made
  }

  /// The first input as an expression of one example.
  mutating func x(_ node: NodeReader) throws -> Traced { try traced(try node.input(0)) }

  /// Channels, height and width, or channels and length, of an input whose first axis is that of the examples.
  mutating func image(_ node: NodeReader) throws -> Traced {
    let x = try x(node)
    guard x.batch == BatchAxis(axis: 0) else { throw ImportProblem("the examples are not on its first axis") }
    guard x.shape.count == 4 || x.shape.count == 3 else {
      throw ImportProblem("it works on \(x.shape.count - 2) axes beside the channels; one and two are supported")
    }
    return x
  }
}
