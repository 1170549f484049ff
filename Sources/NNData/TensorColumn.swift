/// How the shape of a stored array has to compare with that of the port it fills.
enum ShapeRule {
  /// Equal, but for axes of size 1.
  case equal
  /// Also one flattened and the other not: an image of [28, 28] fills [784] and the other way round.
  case flattening

  func accepts(_ found: [Int], for wanted: [Int]) -> Bool {
    let found = found.filter { $0 != 1 }
    let wanted = wanted.filter { $0 != 1 }
    if found == wanted { return true }
    guard self == .flattening, found.count <= 1 || wanted.count <= 1 else { return false }
    return ElementCount.of(found) == ElementCount.of(wanted)
  }
}

extension Dataset.Column {
  /// The column that a tensor with the examples as first axis makes.
  init(_ port: DataPort, from content: ColumnContent, shapes rule: ShapeRule, precision: RealPrecision) throws(ContentError) {
    guard let count = content.shape.first else {
      throw ContentError("it is a single number, but \(port.title) needs the examples as first axis")
    }
    guard rule.accepts(Array(content.shape.dropFirst()), for: port.shape) else {
      throw ContentError("its shape is \(content.shape), but \(port.title) takes \(port.shape) for each of the examples on the first axis")
    }
    guard count > 0 else { throw ContentError("it has no examples") }
    do throws(ContentError) {
      self.init(port: port, values: try Self.values(port, content, precision))
    } catch {
      throw error.inExample(of: port)
    }
  }

  /// Reals of a large file stay in it; classes, which are few beside them, are always in memory.
  private static func values(_ port: DataPort, _ content: ColumnContent, _ precision: RealPrecision) throws(ContentError) -> Dataset.Values
  {
    if case .classes(let limit) = port.kind {
      let classes = try content.storage().int32s()
      if let index = classes.firstIndex(where: { $0 < 0 || Int($0) >= limit }) {
        throw ContentError("class \(classes[index]) is not in 0..<\(limit)", element: index)
      }
      return .classes(classes)
    }
    if var stored = content.stored() {
      stored.precision = precision
      try stored.check()
      return .stored(stored)
    }
    return try reals(try content.storage(), precision)
  }

  static func reals(_ storage: Tensor.Storage, _ precision: RealPrecision) throws(ContentError) -> Dataset.Values {
    if case .uint8(let bytes) = storage { return .bytes(bytes) }
    if let index = storage.firstNonFinite {
      throw ContentError("\(storage.doubles[index]) is not a finite number", element: index)
    }
    return precision == .float32 ? .float32(try storage.floats()) : .float64(storage.doubles)
  }
}
