extension Operators {
  static let products: [String: Operator] = [
    "MatMul": Operator { importer, node in try importer.matrixProduct(node) },
    "Gemm": Operator(["alpha", "beta", "transA", "transB"]) { importer, node in try importer.gemm(node) },
    "Einsum": Operator(["equation"]) { importer, node in try importer.einsum(node) },
  ]
}

extension Importer {
  /// A fully connected layer with weights [in, out], or [out, in] where they are `transposed`.
  private mutating func dense(
    _ x: Traced, _ weight: Constant, transposed isTransposed: Bool, scale: Double = 1, bias: [Double]? = nil, biasName: String = ""
  ) throws -> ImportedValue {
    let turned = isTransposed ? weight : try ConstantViews.transposed(weight, [1, 0])
    let (units, width) = (turned.shape[0], turned.shape[1])
    guard x.local.last == width, x.batch?.axis != x.shape.count - 1 else {
      throw ImportProblem("\(x.shape) cannot be multiplied by \(weight.shape)")
    }
    let numbers = try turned.numbers().map { $0 * scale }
    var call = Phrase.Call(function: "dense", arguments: [.init(label: nil, phrase: x.phrase), .init(label: nil, phrase: .whole(units))])
    call.weights = [Weight(role: "weight", shape: [units, width], numbers: numbers)]
    if let bias {
      call.weights.append(Weight(role: "bias", shape: [units], numbers: bias))
    } else {
      call.arguments.append(.init(label: "bias", phrase: .text("false")))
    }
    call.sharing = "\(weight.name) \(isTransposed) \(scale) \(biasName)"
    return try result(.call(call), Array(x.shape.dropLast()) + [units], x.batch)
  }

  fileprivate mutating func gemm(_ node: NodeReader) throws -> [ImportedValue] {
    let (alpha, beta) = (try node.float("alpha", 1), try node.float("beta", 1))
    let (turnsLeft, turnsRight) = (try node.flag("transA", false), try node.flag("transB", false))
    if case .constant(let weight) = try node.input(1), case .traced(let x) = try node.input(0), weight.isWeight, weight.shape.count == 2,
      !turnsLeft, x.shape.count == 2, x.batch?.axis == 0
    {
      let units = weight.shape[turnsRight ? 0 : 1]
      if !node.isGiven(2) { return [try dense(x, weight, transposed: turnsRight, scale: alpha)] }
      if case .constant(let bias) = try node.input(2), bias.shape.reduce(1, *) == bias.shape.last ?? 1 {
        let numbers = try ConstantViews.expanded(bias.reshaped(bias.shape.suffix(1)), to: [units]).numbers().map { $0 * beta }
        return [try dense(x, weight, transposed: turnsRight, scale: alpha, bias: numbers, biasName: bias.name)]
      }
    }
    var left = try node.input(0)
    var right = try node.input(1)
    if turnsLeft { left = try transposed(left, [1, 0]) }
    if turnsRight { right = try transposed(right, [1, 0]) }
    var product = try product(left, right)
    if alpha != 1 { product = try combined([product, .constant(Constant([], .real, [alpha]))], .real) { .operation("*", $0, $1) } }
    guard node.isGiven(2) else { return [product] }
    var term = try node.input(2)
    if beta != 1 { term = try combined([term, .constant(Constant([], .real, [beta]))], .real) { .operation("*", $0, $1) } }
    return [try combined([product, term], .real) { .operation("+", $0, $1) }]
  }

  fileprivate mutating func matrixProduct(_ node: NodeReader) throws -> [ImportedValue] {
    let (left, right) = (try node.input(0), try node.input(1))
    if case .traced(let x) = left, case .constant(let weight) = right, weight.isWeight, weight.shape.count == 2, !x.local.isEmpty {
      return [try dense(x, weight, transposed: false)]
    }
    return [try product(left, right)]
  }

  /// `a @ b`, the examples on a leading axis or along the rows.
  mutating func product(_ left: ImportedValue, _ right: ImportedValue) throws -> ImportedValue {
    let (a, b) = (try traced(left), try traced(right))
    guard let inner = a.shape.last, !b.shape.isEmpty else { throw ImportProblem("a product of \(a.shape) and \(b.shape)") }
    guard inner == (b.shape.count == 1 ? b.shape[0] : b.shape[b.shape.count - 2]) else {
      throw ImportProblem("\(a.shape) cannot be multiplied by \(b.shape)")
    }
    let lead = try broadcast([Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2))])
    let rows = a.shape.count > 1 ? [a.shape[a.shape.count - 2]] : []
    let columns = b.shape.count > 1 ? [b.shape[b.shape.count - 1]] : []
    let shape = lead + rows + columns
    let batch = try productBatch(a, b, lead: lead.count)
    let fromEnd = a.batchFromEnd ?? b.batchFromEnd ?? 0
    let (x, y) = (try withoutBatch(a, batch, fromEnd: fromEnd), try withoutBatch(b, batch, fromEnd: fromEnd))
    return try result(.operation("@", x, y), shape, batch)
  }

  private func productBatch(_ a: Traced, _ b: Traced, lead: Int) throws -> BatchAxis? {
    let trouble = ImportProblem("a product that adds up over the examples, or has them on different axes")
    guard let fromEnd = a.batchFromEnd ?? b.batchFromEnd else { return nil }
    if let other = b.batchFromEnd, a.batch != nil, other != fromEnd { throw trouble }
    if a.batch != nil, b.batch != nil, a.batch?.at(0) != b.batch?.at(0) { throw trouble }
    let batch = a.batch ?? b.batch
    // Leading axes are aligned at their end.
    if fromEnd > 2 { return batch?.at(lead + 2 - fromEnd) }
    // One row, or some, for each example.
    guard a.batch != nil, b.batch == nil, fromEnd == 2, b.shape.count <= 2 else { throw trouble }
    return batch?.at(lead)
  }

  /// An operand without the axis of the examples, which others have.
  private mutating func withoutBatch(_ x: Traced, _ batch: BatchAxis?, fromEnd: Int) throws -> Phrase {
    guard x.batch == nil, let batch, !batch.isMerged, fromEnd > 2, x.shape.count >= fromEnd else { return x.phrase }
    var shape = x.shape
    let axis = shape.count - fromEnd
    guard shape[axis] == 1 else { throw ImportProblem("a constant differs between the examples of a batch") }
    shape.remove(at: axis)
    return script.add(.call("reshape", x.phrase, (nil, .list(shape))))
  }
}
