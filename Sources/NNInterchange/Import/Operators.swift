/// How a node of one operator is brought into the language.
struct Operator: Sendable {
  /// The attributes that are understood; any other makes the node unsupported.
  let attributes: [String]
  let translate: @Sendable (inout Importer, NodeReader) throws -> [ImportedValue]

  init(_ attributes: [String] = [], _ translate: @escaping @Sendable (inout Importer, NodeReader) throws -> [ImportedValue]) {
    self.attributes = attributes
    self.translate = translate
  }
}

/// All operators that can be brought over, by their names.
enum Operators {
  static let all: [String: Operator] = {
    var all: [String: Operator] = [:]
    for family in [elementwise, products, windows, shapes, reductions, normalizations, sequences] {
      all.merge(family) { first, _ in first }
    }
    return all
  }()
}
