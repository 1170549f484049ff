import NNData

/// What an operator cannot do for us, or a node does wrong: in one sentence, to be said of a node.
struct ImportProblem: Error {
  let message: String

  init(_ message: String) { self.message = message }
}

/// Numbers known before anything is run. One that is the same everywhere is kept once, so that no extent in a file can make us run out of memory.
struct Constant {
  enum Kind: Equatable {
    case real, integer, truth
  }

  var shape: [Int]
  var kind: Kind
  /// One number for all elements, or one for each.
  private var storage: [Double]
  /// The file's name of the value.
  var name = ""
  /// Whether weights of the file went into it.
  var isWeight = false
  /// Whether it tells how many examples there are, in a file that leaves this open: it may say shapes, but is no number to compute with.
  var tellsExamples = false

  init(_ shape: [Int], _ kind: Kind, _ numbers: [Double]) {
    self.shape = shape
    self.kind = kind
    let first = numbers.first
    storage = numbers.count > 1 && numbers.allSatisfy({ $0.bitPattern == first?.bitPattern }) ? Array(numbers.prefix(1)) : numbers
  }

  init(_ shape: [Int], _ kind: Kind, everywhere number: Double) {
    self.shape = shape
    self.kind = kind
    storage = [number]
  }

  init(integers: [Int]) { self.init([integers.count], .integer, integers.map { Double($0) }) }

  /// Nil where shapes of a file multiply to more than memory holds.
  var count: Int? { ElementCount.of(shape) }

  static let most = 1 << 27

  /// The number that all elements are.
  var uniform: Double? { storage.count == 1 ? storage.first : nil }

  func numbers() throws(ImportProblem) -> [Double] {
    guard let count, count <= Self.most, storage.count == count || storage.count <= 1 else {
      throw ImportProblem("a tensor of shape \(shape) is too large")
    }
    return storage.count == count ? storage : [Double](repeating: storage.first ?? 0, count: count)
  }

  func integers() throws(ImportProblem) -> [Int] {
    try numbers().map { Self.integer($0) }
  }

  /// The few numbers that a shape, or what is said of some axes, is made of.
  func list() throws(ImportProblem) -> [Int] {
    guard let count, count <= 2 * Extents.mostAxes else { throw ImportProblem("a tensor of shape \(shape) is no list of axes") }
    return try integers()
  }

  /// The number of elements, axes without places left out.
  var room: Int { shape.reduce(1) { $0 * Swift.max($1, 1) } }

  /// How many numbers are kept of it.
  var storedCount: Int { storage.count }

  /// The nearest whole number; those that stand for infinity stay far away.
  static func integer(_ number: Double) -> Int {
    number.isNaN ? 0 : Int(Swift.min(Swift.max(number.rounded(.towardZero), -0x1p62), 0x1p62))
  }

  func isFinite() throws -> Bool { try (uniform.map { [$0] } ?? numbers()).allSatisfy { $0.isFinite } }

  // MARK: An open number of examples

  /// Whether an axis is as long as there are examples.
  var isForEachExample: Bool { shape.contains(Importer.openExamples) }

  private static func counts(_ number: Double) -> Bool {
    number != 0 && number.truncatingRemainder(dividingBy: Double(Importer.openExamples)) == 0
  }

  /// Whether one of the numbers is the number of examples, or so many times that.
  func countsExamples() throws -> Bool { try (uniform.map { [$0] } ?? numbers()).contains(where: Self.counts) }

  /// The same where there are so many examples.
  func `for`(_ examples: Int) throws -> Constant {
    func changed(_ number: Double) -> Double {
      Self.counts(number) ? number / Double(Importer.openExamples) * Double(examples) : number
    }
    if let uniform { return Constant(shape, kind, everywhere: changed(uniform)) }
    return Constant(shape, kind, try numbers().map(changed))
  }

  /// Whether `other` is what this is where there are so many examples.
  func agrees(with other: Constant, for examples: Int) throws -> Bool {
    let here = try self.for(examples)
    let lengths = shape.map { $0 % Importer.openExamples == 0 ? $0 / Importer.openExamples * examples : $0 }
    guard lengths == other.shape else { return false }
    if let uniform = here.uniform { return other.uniform == uniform }
    return try lengths == shape && here.numbers() == other.numbers()
  }

  /// What is the same for all examples, which are on the given axis, without that axis, or with one of it.
  func ofOneExample(axis: Int, keepsAxis: Bool) throws -> Constant {
    let inner = try checkedCount(Array(shape.dropFirst(axis + 1)))
    let own = Array(shape.prefix(axis)) + (keepsAxis ? [1] : []) + shape.dropFirst(axis + 1)
    guard uniform == nil else { return reshaped(own) }
    let (numbers, row) = (try numbers(), shape[axis] * inner)
    let isSame = numbers.indices.allSatisfy { place in
      numbers[place].bitPattern == numbers[place / row * row + place % inner].bitPattern
    }
    guard isSame else { throw ImportProblem("a constant differs between the examples of a batch") }
    var result = Constant(own, kind, numbers.indices.filter { $0 % row < inner }.map { numbers[$0] })
    (result.name, result.isWeight) = (name, isWeight)
    return result
  }

  func reshaped(_ shape: [Int]) -> Constant {
    var result = self
    result.shape = shape
    return result
  }
}

extension ONNXTensor {
  /// - Parameter load: the bytes of a file beside the model.
  func constant(_ load: (String) throws(DataError) -> ByteBuffer) throws -> Constant {
    let kind: Constant.Kind =
      switch type {
      case .float32, .float16, .float64, .bfloat16: .real
      case .bool: .truth
      case .text: throw error("texts are not supported")
      default: .integer
      }
    guard (try? Extents.check(shape)) != nil, let count = ElementCount.of(shape) else {
      throw error(shape.count > Extents.mostAxes ? "it has \(shape.count) axes" : "its shape \(shape) is not one")
    }
    let numbers = try numbers(load)
    guard numbers.count == count || (numbers.count == 1 && count > 0) else {
      throw error("its shape \(shape) has \(count) elements, but \(numbers.count) are there")
    }
    return Constant(shape, kind, numbers)
  }

  private func numbers(_ load: (String) throws(DataError) -> ByteBuffer) throws -> [Double] {
    switch content {
    case .numbers(let numbers): return numbers
    case .bytes(let bytes): return try decoded(ByteBuffer(bytes))
    case .raw(let bytes): return try decoded(bytes)
    case .external(let location, let offset, let length):
      guard !location.hasPrefix("/"), !location.split(separator: "/").contains("..") else {
        throw error("its data lie outside of the model's folder, in '\(location)'")
      }
      let file = try load(location)
      guard offset >= 0, let part = file.slice(at: offset, count: length ?? file.count - offset) else {
        throw error("its data end behind the end of '\(location)'")
      }
      return try decoded(part)
    }
  }

  private func decoded(_ bytes: ByteBuffer) throws -> [Double] {
    let element = storedType
    guard bytes.count % element.size == 0 else {
      throw error("it has \(bytes.count) bytes, which no elements of \(element.size) bytes fill")
    }
    return try element.decode(bytes, bigEndian: false).doubles
  }

  private var storedType: ElementType {
    switch type {
    case .float32, .text: .float32
    case .uint8: .uint8
    case .int8: .int8
    case .uint16: .uint16
    case .int16: .int16
    case .int32: .int32
    case .int64: .int64
    case .bool: .bool
    case .float16: .float16
    case .float64: .float64
    case .uint32: .uint32
    case .uint64: .uint64
    case .bfloat16: .bfloat16
    }
  }

  private func error(_ message: String) -> ContentError {
    ContentError(message, place: (name.isEmpty ? "a tensor" : "tensor '\(name)'") + " at byte \(offset)")
  }
}
