/// Lines of cells in columns; numbers to the right.
package struct TextTable {
  private var lines: [[String]] = []
  private let rightAligned: Set<Int>

  package init(_ heads: [String], rightAligned: Set<Int>) {
    lines = [heads]
    self.rightAligned = rightAligned
  }

  package mutating func add(_ cells: [String]) { lines.append(cells) }

  package var text: String {
    let count = lines.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in lines.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0 }
    var text = ""
    for line in lines {
      let padded = line.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return rightAligned.contains(column) ? space + cell : cell + space
      }
      var row = padded.joined(separator: "  ")
      while row.last == " " { row.removeLast() }
      text += row + "\n"
    }
    return text
  }

  /// `12,345`
  static func grouped(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return number < 0 ? "-" + result : result
  }
}
