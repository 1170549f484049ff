/// The elements of known tensors at other places.
enum ConstantViews {
  static func expanded(_ x: Constant, to shape: [Int]) throws -> Constant {
    guard x.shape != shape else { return x }
    guard try broadcast([x.shape, shape]) == shape else { throw ImportProblem("\(x.shape) does not stretch to \(shape)") }
    if let number = x.uniform { return Constant(shape, x.kind, everywhere: number) }
    let padded = [Int](repeating: 1, count: max(shape.count - x.shape.count, 0)) + x.shape
    var strides = rowMajor(padded)
    for axis in padded.indices where padded[axis] == 1 { strides[axis] = 0 }
    return try viewed(x, shape: shape, strides: strides)
  }

  static func transposed(_ x: Constant, _ permutation: [Int]) throws -> Constant {
    let strides = rowMajor(x.shape)
    return try viewed(x, shape: permutation.map { x.shape[$0] }, strides: permutation.map { strides[$0] })
  }

  /// The elements at `places` along an axis.
  static func taken(_ x: Constant, axis: Int, _ places: [Int]) throws -> Constant {
    var shape = x.shape
    guard axis < shape.count else { throw ImportProblem("there is no axis \(axis) in \(shape)") }
    if places.elementsEqual(0..<shape[axis]) { return x }
    let inner = try checkedCount(Array(shape.dropFirst(axis + 1)))
    let outer = try checkedCount(Array(shape.prefix(axis)))
    let extent = shape[axis]
    shape[axis] = places.count
    guard try checkedCount(shape) <= Constant.most else { throw ImportProblem("a tensor of shape \(shape) is too large") }
    if let number = x.uniform { return Constant(shape, x.kind, everywhere: number) }
    let numbers = try x.numbers()
    var result: [Double] = []
    for block in 0..<outer {
      for place in places { result += numbers[((block * extent + place) * inner)..<((block * extent + place + 1) * inner)] }
    }
    return Constant(shape, x.kind, result)
  }

  static func joined(_ parts: [Constant], axis: Int) throws -> Constant {
    guard var shape = parts.first?.shape, axis < shape.count else { throw ImportProblem("there is no axis \(axis) to join along") }
    for part in parts {
      let agrees = part.shape.count == shape.count && shape.indices.allSatisfy { $0 == axis || part.shape[$0] == shape[$0] }
      guard agrees else { throw ImportProblem("shapes \(parts.map(\.shape)) cannot be joined along axis \(axis)") }
    }
    shape[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
    let outer = try checkedCount(Array(shape.prefix(axis)))
    let sizes = try parts.map { try checkedCount(Array($0.shape.dropFirst(axis))) }
    let numbers = try parts.map { try $0.numbers() }
    var result: [Double] = []
    for block in 0..<outer {
      for (part, size) in zip(numbers, sizes) { result += part[(block * size)..<((block + 1) * size)] }
    }
    return Constant(shape, parts[0].kind, result)
  }

  static func product(_ x: Constant, over axes: [Int], keepsAxes: Bool) throws -> Constant {
    let others = x.shape.indices.filter { !axes.contains($0) }
    let numbers = try transposed(x, others + axes).numbers()
    let size = try checkedCount(axes.map { x.shape[$0] })
    let shape = ShapeRules.reduced(x.shape, over: axes, keepsAxes: keepsAxes)
    let products = (0..<(try checkedCount(shape))).map { numbers[($0 * size)..<(($0 + 1) * size)].reduce(1, *) }
    return Constant(shape, x.kind, products)
  }

  private static func rowMajor(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    return strides
  }

  private static func viewed(_ x: Constant, shape: [Int], strides: [Int]) throws -> Constant {
    let count = try checkedCount(shape)
    guard count <= Constant.most else { throw ImportProblem("a tensor of shape \(shape) is too large") }
    if let number = x.uniform { return Constant(shape, x.kind, everywhere: number) }
    let numbers = try x.numbers()
    var result: [Double] = []
    result.reserveCapacity(count)
    var place = [Int](repeating: 0, count: shape.count)
    var offset = 0
    for _ in 0..<count {
      result.append(numbers[offset])
      var axis = shape.count - 1
      while axis >= 0 {
        place[axis] += 1
        offset += strides[axis]
        if place[axis] < shape[axis] { break }
        offset -= strides[axis] * shape[axis]
        place[axis] = 0
        axis -= 1
      }
    }
    return Constant(shape, x.kind, result)
  }
}
