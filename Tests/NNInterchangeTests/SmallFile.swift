/// A file of a few nodes, written byte by byte as protobuf has it.
struct SmallFile {
  private var graph: [UInt8] = []

  private static func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
    [number << 3 | 2, UInt8(content.count & 0x7F) | 0x80, UInt8(content.count >> 7)] + content
  }

  private static func field(_ number: UInt8, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }

  private static func field(_ number: UInt8, _ integer: Int) -> [UInt8] {
    var rest = UInt64(bitPattern: Int64(integer))
    var bytes = [number << 3]
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  enum Attribute {
    case integer(Int)
    case integers([Int])
  }

  mutating func add(
    _ type: String, _ inputs: [String], _ outputs: [String], name: String = "", _ attributes: KeyValuePairs<String, Attribute> = [:]
  ) {
    var node: [UInt8] = []
    for input in inputs { node += Self.field(1, input) }
    for output in outputs { node += Self.field(2, output) }
    if !name.isEmpty { node += Self.field(3, name) }
    for (name, value) in attributes {
      let content = Self.field(1, name)
      switch value {
      case .integer(let integer): node += Self.field(5, content + Self.field(3, integer))
      case .integers(let integers): node += Self.field(5, content + integers.flatMap { Self.field(8, $0) })
      }
    }
    graph += Self.field(1, node + Self.field(4, type))
  }

  /// A tensor of whole numbers that the file holds.
  mutating func add(_ name: String, shape: [Int], integers: [Int]) {
    let extents = shape.flatMap { Self.field(1, $0) }
    graph += Self.field(5, extents + Self.field(2, 7) + integers.flatMap { Self.field(7, $0) } + Self.field(8, name))
  }

  /// A tensor of float32.
  mutating func add(_ name: String, shape: [Int], floats: [Float]) {
    let extents = shape.flatMap { Self.field(1, $0) }
    let numbers = floats.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * $0)) } }
    graph += Self.field(5, extents + Self.field(2, 1) + Self.field(4, numbers) + Self.field(8, name))
  }

  /// A tensor of float32 in a file beside this one.
  mutating func add(_ name: String, shape: [Int], file: String, offset: String) {
    let extents = shape.flatMap { Self.field(1, $0) }
    let entries = [("location", file), ("offset", offset)].flatMap { Self.field(13, Self.field(1, $0.0) + Self.field(2, $0.1)) }
    graph += Self.field(5, extents + Self.field(2, 1) + Self.field(8, name) + entries)
  }

  /// With one input `x` of [batch, 3, 4, 4], whose result is `r`.
  var bytes: [UInt8] {
    let extents = [Self.field(1, Self.field(2, "batch"))] + [3, 4, 4].map { Self.field(1, [1 << 3, $0]) }
    let type = Self.field(1, [1 << 3, 1] + Self.field(2, extents.flatMap { $0 }))
    let input = Self.field(1, "x") + Self.field(2, type)
    let whole = graph + Self.field(11, input) + Self.field(12, Self.field(1, "r"))
    return Self.field(7, whole) + Self.field(8, [2 << 3, 17])
  }
}
