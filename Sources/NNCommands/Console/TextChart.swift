/// Curves in a terminal.
struct TextChart {
  struct Series {
    let mark: Character
    /// What is no finite number is left out.
    let points: [(x: Double, y: Double)]
  }

  private static let width = 60
  private static let height = 14

  private let series: [Series]
  private let x: ClosedRange<Double>
  private let y: ClosedRange<Double>

  /// Nil where there is nothing to draw.
  init?(_ series: [Series]) {
    self.series = series.map { Series(mark: $0.mark, points: $0.points.filter { $0.x.isFinite && $0.y.isFinite }) }
    let points = self.series.flatMap(\.points)
    guard let left = points.map(\.x).min(), let right = points.map(\.x).max(), let bottom = points.map(\.y).min(),
      let top = points.map(\.y).max()
    else { return nil }
    x = left...right
    y = bottom...top
  }

  /// - Parameters:
  ///   - first: what stands under the left end.
  ///   - last: what stands under the right end.
  func text(first: String, last: String) -> String {
    var grid = [[Character]](repeating: [Character](repeating: " ", count: Self.width), count: Self.height)
    for series in series {
      for point in series.points {
        let row = Self.height - 1 - Self.place(point.y, in: y, of: Self.height)
        grid[row][Self.place(point.x, in: x, of: Self.width)] = series.mark
      }
    }
    let labels = [y.upperBound, y.lowerBound].map { NumberText.short($0, digits: 3) }
    let margin = labels.map(\.count).max() ?? 0
    var lines = grid.enumerated().map { row, cells in
      let label = row == 0 ? labels[0] : row == Self.height - 1 ? labels[1] : ""
      return String(repeating: " ", count: margin - label.count) + label + " |" + Self.trimmed(cells)
    }
    let indent = String(repeating: " ", count: margin + 1)
    lines.append(indent + "+" + String(repeating: "-", count: Self.width))
    lines.append(indent + " " + first + String(repeating: " ", count: max(1, Self.width - first.count - last.count)) + last)
    return lines.joined(separator: "\n")
  }

  private static func place(_ number: Double, in range: ClosedRange<Double>, of cells: Int) -> Int {
    // Halves, so that no difference of large numbers overflows.
    let part = (number / 2 - range.lowerBound / 2) / (range.upperBound / 2 - range.lowerBound / 2)
    return part.isFinite ? Int((part * Double(cells - 1)).rounded()) : 0
  }

  private static func trimmed(_ cells: [Character]) -> String {
    guard let last = cells.lastIndex(where: { $0 != " " }) else { return "" }
    return String(cells[...last])
  }
}
