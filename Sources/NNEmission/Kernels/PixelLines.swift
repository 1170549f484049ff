import NNSchedule

/// The line of a kernel that computes its product for all pixels of some lines of a picture.
struct PixelLines {
  private let product: ProductStep
  private let lines: ProductStep.Lines
  /// Three, the outermost first.
  private let sums: [ProductStep.Segment]
  private let scope: KernelScope
  private let functions: (String) -> String

  init?(_ product: ProductStep, scope: KernelScope, functions: @escaping (String) -> String) {
    guard let lines = product.lines else { return nil }
    self.product = product
    self.lines = lines
    let own = product.segments + [ProductStep.Segment(extent: product.k, a: product.a.column, b: product.b.row)]
    sums = [ProductStep.Segment](repeating: .once, count: ProductStep.Lines.mostSums - own.count) + own
    self.scope = scope
    self.functions = functions
  }

  func compute(_ strip: ProductLines.Strip, into writer: inout CWriter) {
    let (a, b) = (product.a, product.b)
    let from = IndexText.pointer(scope.pointer(a), scope.index(a, row: strip.row, column: nil))
    let outer = zip(b.outer, scope.outerCounters).map { (stride: $0, counter: Optional($1)) }
    let line = strip.column.map { "\($0) / \(lines.pixels)" }
    let first = IndexText.pointer(scope.pointer(b), IndexText.sum(scope.offset(b), outer + [(lines.stride, line)]))
    let count = Int(strip.columns).map { "\($0 / lines.pixels)" } ?? "\(strip.columns) / \(lines.pixels)"
    var walked = sums.map { "\(IndexText.count($0.extent)), \($0.a), \($0.b)" }
    let filled = lines.filled ?? 0..<(lines.count - 1 + sums[1].extent.count)
    walked.insert("\(place(filled.lowerBound, line)), \(place(filled.upperBound, line))", at: 2)
    writer.line(
      "\(functions("pixels"))(\(strip.destination), \(strip.rowStride), \(from), \(a.row), \(first), \(lines.stride), \(strip.rows), \(count), "
        + "\(lines.pixels), \(walked.joined(separator: ", ")));")
  }

  /// A line's number where the first line at hand is not the first of all.
  private func place(_ number: Int, _ line: String?) -> String { line.map { "\(number) - \($0)" } ?? "\(number)" }
}
