/// A value of the file while it is brought into the language.
enum ImportedValue {
  case constant(Constant)
  case traced(Traced)
  /// What a node would have made that cannot be brought over: whatever depends on it is left alone.
  case failed
}

/// Where the examples lie in a tensor of the file.
struct BatchAxis: Equatable {
  var axis: Int
  /// Whether the axis holds other things too, for each example.
  var isMerged = false
  /// How many of these are counted before the examples; the others come one after the other for each example.
  var before = 1

  func at(_ axis: Int) -> BatchAxis { BatchAxis(axis: axis, isMerged: isMerged, before: before) }
}

/// A value that depends on the inputs, or is too large to be written as numbers.
struct Traced {
  enum Kind: Equatable {
    case real, integer, truth
    /// An input of whole numbers, or a part of one.
    case classes(input: Int)
  }

  var phrase: Phrase
  /// The extents in the file, the number of examples among them.
  var shape: [Int]
  /// Nil for what is the same for all examples.
  var batch: BatchAxis?
  var kind = Kind.real
  /// How many examples there are in the file.
  var examples: Int

  /// The extents of one example.
  var local: [Int] { Self.local(shape, batch, examples) }

  static func local(_ shape: [Int], _ batch: BatchAxis?, _ examples: Int) -> [Int] {
    guard let batch else { return shape }
    var local = shape
    if batch.isMerged { local[batch.axis] /= max(examples, 1) } else { local.remove(at: batch.axis) }
    return local
  }

  /// An axis of the file as one of an example; nil for that of the examples.
  func localAxis(_ axis: Int) -> Int? {
    guard let batch else { return axis }
    if axis == batch.axis { return nil }
    return batch.isMerged || axis < batch.axis ? axis : axis - 1
  }

  /// How far the examples' axis is from the end, counted from 1.
  var batchFromEnd: Int? { batch.map { shape.count - $0.axis } }
}

/// A node with its arguments.
struct NodeReader {
  let node: ONNXNode
  let inputs: [ImportedValue?]
  let opset: Int
  private let attributes: [String: ONNXAttribute.Value]

  init(_ node: ONNXNode, _ inputs: [ImportedValue?], opset: Int) {
    self.node = node
    self.inputs = inputs
    self.opset = opset
    attributes = Dictionary(node.attributes.map { ($0.name, $0.value) }) { first, _ in first }
  }

  func has(_ attribute: String) -> Bool { attributes[attribute] != nil }

  func integer(_ name: String, _ standard: Int) throws -> Int {
    switch attributes[name] {
    case nil: return standard
    case .integer(let number)?:
      guard Self.measure ~= number else { throw ImportProblem("'\(name)' is \(number), which is out of range") }
      return number
    default: throw ImportProblem("'\(name)' is no whole number")
    }
  }

  /// Single numbers of nodes are sizes, axes and the like.
  private static let measure = -(1 << 24)...(1 << 24)

  func flag(_ name: String, _ standard: Bool) throws -> Bool { try integer(name, standard ? 1 : 0) != 0 }

  func float(_ name: String, _ standard: Double) throws -> Double {
    switch attributes[name] {
    case nil: return standard
    case .float(let number)?: return number
    default: throw ImportProblem("'\(name)' is no number")
    }
  }

  func text(_ name: String, _ standard: String) throws -> String {
    switch attributes[name] {
    case nil: return standard
    case .text(let text)?: return text
    default: throw ImportProblem("'\(name)' is no text")
    }
  }

  func integers(_ name: String) throws -> [Int]? {
    switch attributes[name] {
    case nil: return nil
    case .integers(let numbers)?: return numbers.map { Constant.integer(Double($0)) }
    case .integer(let number)?: return [Constant.integer(Double(number))]
    case .texts([])?, .floats([])?: return []
    default: throw ImportProblem("'\(name)' is no list of whole numbers")
    }
  }

  func value(_ name: String) -> ONNXAttribute.Value? { attributes[name] }

  func isGiven(_ index: Int) -> Bool { inputs.indices.contains(index) && inputs[index] != nil }

  func input(_ index: Int) throws -> ImportedValue {
    guard isGiven(index), let value = inputs[index] else { throw ImportProblem("input \(index + 1) is missing") }
    return value
  }

  /// An input that is known before anything is run; nil where it is left out.
  ///
  /// - Parameter saysShape: whether it may tell how many examples there are.
  func constant(_ index: Int, _ role: String, saysShape: Bool = false) throws -> Constant? {
    guard isGiven(index), let value = inputs[index] else { return nil }
    guard case .constant(let constant) = value else { throw ImportProblem("'\(role)' depends on data") }
    guard saysShape || !constant.tellsExamples else { throw ImportProblem("'\(role)' is the number of examples, which is open") }
    return constant
  }

  /// A list of whole numbers, an input in newer files and an attribute in older ones.
  func integers(_ index: Int, or attribute: String, saysShape: Bool = false) throws -> [Int]? {
    let numbers = try constant(index, attribute, saysShape: saysShape)?.list() ?? integers(attribute)
    if let numbers, numbers.count > 2 * Extents.mostAxes { throw ImportProblem("'\(attribute)' is a list of \(numbers.count) numbers") }
    return numbers
  }
}

extension Int {
  /// An axis counted from the end where it is negative.
  func axis(of rank: Int) throws -> Int {
    let axis = self < 0 ? self + rank : self
    guard 0..<rank ~= axis else { throw ImportProblem("there is no axis \(self) in a tensor of \(rank) axes") }
    return axis
  }
}

/// The number of elements, which is refused where it is beyond all measure, also where an axis without places hides the others.
func checkedCount(_ shape: [Int]) throws -> Int {
  guard shape.count <= Extents.mostAxes else { throw ImportProblem("a tensor of \(shape.count) axes is too much") }
  var room = 1
  for extent in shape {
    let (product, overflow) = room.multipliedReportingOverflow(by: max(extent, 1))
    guard !overflow, extent >= 0, product < 1 << 52 else { throw ImportProblem("a shape of \(shape) is too large, or none") }
    room = product
  }
  return shape.contains(0) ? 0 : room
}

/// What lists of numbers in a file may say of shapes, so that sums and products of some are numbers still.
enum Extents {
  static let mostAxes = 32
  /// The axis of the examples may be longer, when other axes are merged with it.
  static let most = (1 << 31) - 1

  static func check(_ shape: [Int]) throws {
    _ = try checkedCount(shape)
    if let extent = shape.first(where: { $0 > most }) { throw ImportProblem("an axis of \(extent) places is too long") }
  }
}

/// The shape of an elementwise result.
func broadcast(_ shapes: [[Int]]) throws -> [Int] {
  let rank = shapes.map(\.count).max() ?? 0
  var result = [Int](repeating: 1, count: rank)
  for shape in shapes {
    for (index, extent) in shape.enumerated() {
      let axis = rank - shape.count + index
      guard result[axis] == 1 || extent == 1 || result[axis] == extent else { throw ImportProblem("shapes \(shapes) do not broadcast") }
      if result[axis] == 1 { result[axis] = extent }
    }
  }
  return result
}
