import NNSource

/// Lines up what neighbouring lines have in common: what follows the words that begin them, the `=` of definitions, comments.
struct Columns {
  /// What is wider is left out, so that one long line does not push all others away.
  private static let widestWord = 20
  private static let widestName = 60
  private static let widestLine = 120

  /// Lines of one family that follow each other have columns in common.
  private enum Family {
    case declarations, results, recipe, bindings, constants, layers, updates

    init?(_ role: TokenRole?) {
      switch role {
      case .recipeLine: self = .recipe
      case .binding: self = .bindings
      case .keyword(.input), .keyword(.target), .keyword(.parameter), .keyword(.state): self = .declarations
      case .keyword(.loss), .keyword(.metric), .keyword(.output): self = .results
      case .keyword(.constant): self = .constants
      case .keyword(.layer): self = .layers
      case .keyword(.next): self = .updates
      default: return nil
      }
    }

    var hasColumnOfWords: Bool { [.declarations, .results, .recipe].contains(self) }
  }

  static func align(_ lines: inout [TextLine], in file: SourceFile) {
    for run in runs(of: lines, joined: areNeighbours) {
      guard let family = family(of: lines[run.lowerBound]) else { continue }
      if family.hasColumnOfWords { alignWords(&lines[run]) }
      if family != .recipe { alignEquals(&lines[run]) }
    }
    for run in runs(of: lines, joined: { !$0.tokens.isEmpty && !$1.tokens.isEmpty && $0.comment != nil && $1.comment != nil }) {
      alignComments(&lines[run], in: file)
    }
  }

  /// Cuts lines into stretches without blank lines, each neighbour joined to the next.
  private static func runs(of lines: [TextLine], joined: (TextLine, TextLine) -> Bool) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var start = 0
    for index in lines.indices.dropFirst() where lines[index].isAfterBlank || !joined(lines[index - 1], lines[index]) {
      runs.append(start..<index)
      start = index
    }
    return lines.isEmpty ? [] : runs + [start..<lines.count]
  }

  private static func areNeighbours(_ one: TextLine, _ other: TextLine) -> Bool {
    one.indent == other.indent && family(of: one) != nil && family(of: one) == family(of: other)
  }

  /// That of its first statement; nil for a line that goes on from the one before.
  private static func family(of line: TextLine) -> Family? {
    line.tokens.first.flatMap { Family($0.role) }
  }

  private static func alignWords(_ lines: inout ArraySlice<TextLine>) {
    let fitting = lines.indices.filter { lines[$0].tokens.count > 1 && lines[$0].tokens[0].bytes.count <= widestWord }
    let width = fitting.map { lines[$0].tokens[0].bytes.count }.max() ?? 0
    for index in fitting { lines[index].tokens[1].gap += width - lines[index].tokens[0].bytes.count }
  }

  /// The `=` of several lines are put into one column where the author has done so for one of them at least.
  private static func alignEquals(_ lines: inout ArraySlice<TextLine>) {
    let places = lines.indices.compactMap { index in equals(in: lines[index]).map { (index, $0) } }
    let isWanted = places.contains { index, place in
      lines[index].tokens[place].bytes.lowerBound - lines[index].tokens[place - 1].bytes.upperBound > 1
    }
    guard isWanted else { return }
    let widths = places.map { index, place in lines[index].width(ofFirst: place) }
    let widest = widths.filter { $0 <= widestName }.max() ?? 0
    for ((index, place), width) in zip(places, widths) where width <= widest { lines[index].tokens[place].gap += widest - width }
  }

  /// The place of the first statement's `=`, which belongs to no bracket.
  private static func equals(in line: TextLine) -> Int? {
    var depth = 0
    for (index, token) in line.tokens.enumerated() {
      if token.isOpening { depth += 1 }
      if token.isClosing { depth -= 1 }
      if token.isSymbol(.semicolon) { return nil }
      if depth == 0, token.isSymbol(.assign) { return index }
    }
    return nil
  }

  /// Comments of neighbouring lines are in one column: where the first of them was, or farther right if the lines need the room.
  private static func alignComments(_ lines: inout ArraySlice<TextLine>, in file: SourceFile) {
    guard let first = lines.first, let comment = first.comment, !first.tokens.isEmpty else { return }
    let widths = lines.map { width(of: $0, in: file) }
    let start = file.byteRange(ofLine: file.line(at: comment.lowerBound)).lowerBound
    let own = file.text(start..<comment.lowerBound).count
    let needed = widths.filter { $0 <= widestLine }.max().map { $0 + 2 } ?? 0
    let column = max(own <= widestLine ? own : 0, needed)
    for (index, width) in zip(lines.indices, widths) { lines[index].commentGap = max(column - width, 2) }
  }

  /// In characters.
  private static func width(of line: TextLine, in file: SourceFile) -> Int {
    line.tokens.enumerated().reduce(line.indent) { width, token in
      let text = file.bytes[token.element.bytes]
      let characters = text.allSatisfy { $0 < 0x80 } ? text.count : String(decoding: text, as: UTF8.self).count
      return width + (token.offset > 0 ? token.element.gap : 0) + characters
    }
  }
}
