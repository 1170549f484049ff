/// A file of a few nodes, written byte by byte as protobuf has it.
struct SmallFile {
  private var graph: [UInt8] = []

  private static func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
    [number << 3 | 2, UInt8(content.count & 0x7F) | 0x80, UInt8(content.count >> 7)] + content
  }

  private static func field(_ number: UInt8, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }

  mutating func add(_ type: String, _ inputs: [String], _ outputs: [String], name: String = "") {
    var node: [UInt8] = []
    for input in inputs { node += Self.field(1, input) }
    for output in outputs { node += Self.field(2, output) }
    if !name.isEmpty { node += Self.field(3, name) }
    graph += Self.field(1, node + Self.field(4, type))
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
