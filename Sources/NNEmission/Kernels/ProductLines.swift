import NNSchedule

/// The lines of a kernel that compute its product, strip by strip. Both flavours of a program call the same functions, under other names.
struct ProductLines {
  /// A strip of the result: where it is, and what part of the rows and columns it covers.
  struct Strip {
    var destination: String
    var rowStride: String
    /// The first row and column; nil is 0.
    var row: String?
    var column: String?
    var rows: String
    var columns: String
  }

  /// The columns of B that are packed at a time: all of them, or a chunk's.
  private enum Packing {
    case all
    case chunk(size: Int)
  }

  let product: ProductStep
  let columns: Int
  private let packing: Packing
  let batch: Int
  /// Columns of a panel of packed B.
  let panel: Int
  let scope: KernelScope
  /// Names as the text calls the functions.
  let functions: (String) -> String
  private let counters: [String]

  init(_ product: ProductStep, columns: Int, chunks: ChunkPlan?, scope: KernelScope, functions: @escaping (String) -> String) {
    self.product = product
    self.columns = columns
    packing = chunks.flatMap { $0.axis == .columns ? .chunk(size: $0.size) : nil } ?? .all
    self.scope = scope
    self.functions = functions
    batch = scope.program.batch
    panel = 128 / scope.program.precision.bytes
    counters = product.segments.indices.map { product.segments.count == 1 ? "segment" : "segment\($0 + 1)" }
  }

  static let reservedNames = ["packed", "segment"] + (1...9).map { "segment\($0)" }

  var usesDots: Bool { product.usesDots && product.segments.isEmpty }

  /// B lies in memory as the product reads it only if its columns are neighbours.
  var packs: Bool { !usesDots && columns > 1 && (product.packsB || product.b.column != 1) }

  /// Elements of scratch memory for packed B: one set of panels for each segment.
  var packedSize: Int {
    guard packs else { return 0 }
    return product.segments.reduce(packedPart) { $0 * $1.extent.at(batch: batch) }
  }

  private var packedPart: Int {
    let width = if case .chunk(let size) = packing { size } else { columns }
    return (width + panel - 1) / panel * panel * product.k.at(batch: batch)
  }

  /// The functions that the lines call, by template name.
  var used: Set<String> { usesDots ? ["nn_dots"] : packs ? ["nn_product", "nn_pack"] : ["nn_product"] }

  /// Copies B, or a chunk's columns of it, into panels, once for all strips.
  func pack(column: String?, columns: String, into writer: inout CWriter) {
    guard packs else { return }
    openSegments(&writer)
    let source = IndexText.pointer(scope.pointer(product.b), segmentIndex(product.b, \.b, row: nil, column: column))
    writer.line(
      "\(functions("pack"))(\(packedPointer), \(source), \(product.b.row), \(product.b.column), \(IndexText.count(product.k)), \(columns));"
    )
    closeSegments(&writer)
  }

  func compute(_ strip: Strip, into writer: inout CWriter) {
    let a = IndexText.pointer(scope.pointer(product.a), segmentIndex(product.a, \.a, row: strip.row, column: nil))
    let target = "\(strip.destination), \(strip.rowStride), \(a), \(product.a.row)"
    if usesDots {
      let b = IndexText.pointer(scope.pointer(product.b), scope.index(product.b, row: nil, column: strip.column))
      writer.line(
        "\(functions("dots"))(\(target), \(b), \(product.b.column), \(strip.rows), \(strip.columns), \(IndexText.count(product.k)));")
      return
    }
    openSegments(&writer)
    let accumulate = counters.isEmpty ? "0" : counters.map { "\($0) > 0" }.joined(separator: " || ")
    writer.line(
      "\(functions("product"))(\(target), \(product.a.column), \(panels(strip)), \(strip.rows), \(strip.columns), \(IndexText.count(product.k)), "
        + "\(accumulate));")
    closeSegments(&writer)
  }

  /// B, the distance of its rows, and that of its panels.
  private func panels(_ strip: Strip) -> String {
    guard packs else {
      let index = segmentIndex(product.b, \.b, row: nil, column: strip.column)
      return "\(IndexText.pointer(scope.pointer(product.b), index)), \(product.b.row), \(panel)"
    }
    let distance = product.k.perExample ? "\(panel) * (\(IndexText.count(product.k)))" : "\(panel * product.k.count)"
    // A strip begins at a multiple of the panel's width.
    let depth = product.k.perExample ? "(\(IndexText.count(product.k)))" : "\(product.k.count)"
    let first = if case .all = packing, let column = strip.column { " + \(column) * \(depth)" } else { "" }
    return "\(packedPointer)\(first), \(panel), \(distance)"
  }

  private var packedPointer: String {
    var number = ""
    for (counter, segment) in zip(counters, product.segments) {
      number = number.isEmpty ? counter : "(\(number)) * (\(IndexText.count(segment.extent))) + \(counter)"
    }
    return number.isEmpty ? "packed" : "packed + (\(number)) * \(packedPart)"
  }

  private func segmentIndex(_ access: Access, _ stride: KeyPath<ProductStep.Segment, Int>, row: String?, column: String?) -> String {
    let isA = stride == \ProductStep.Segment.a
    let outer = zip(access.outer, scope.outerCounters).map { (stride: $0, counter: Optional($1)) }
    let inner = zip(product.segments, counters).map { (stride: $0[keyPath: stride], counter: Optional($1)) }
    let last = isA ? (stride: access.row, counter: row) : (stride: access.column, counter: column)
    return IndexText.sum(access.offset, outer + inner + [last])
  }

  private func openSegments(_ writer: inout CWriter) {
    for (counter, segment) in zip(counters, product.segments) {
      writer.open("for (long \(counter) = 0; \(counter) < \(IndexText.count(segment.extent)); ++\(counter))")
    }
  }

  private func closeSegments(_ writer: inout CWriter) {
    for _ in counters { writer.close() }
  }
}
