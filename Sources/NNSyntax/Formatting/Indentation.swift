/// Indents lines by the braces and brackets they stand in, and what goes on from the line before by one step more.
struct Indentation {
  private static let step = 2

  private struct Frame {
    var isBrace: Bool
    /// Of the line that closes it.
    var outside: Int
    var inside: Int { outside + Indentation.step }
  }

  private var frames: [Frame] = []
  private var statement = 0
  private var previous: PlacedToken?

  static func set(_ lines: inout [TextLine]) {
    var indentation = Indentation()
    let leading = firstTokens(lines)
    for index in lines.indices {
      lines[index].indent = indentation.indent(of: lines[index], before: leading[index])
      for token in lines[index].tokens { indentation.pass(token, in: lines[index]) }
    }
  }

  /// For each line the first token in it or after it: comments stand where that does.
  private static func firstTokens(_ lines: [TextLine]) -> [PlacedToken?] {
    var next: PlacedToken?
    var tokens: [PlacedToken?] = []
    for line in lines.reversed() {
      next = line.tokens.first ?? next
      tokens.append(next)
    }
    return tokens.reversed()
  }

  private func indent(of line: TextLine, before token: PlacedToken?) -> Int {
    let base = frames.last?.inside ?? 0
    guard let token else { return 0 }
    if token.isClosing { return line.tokens.isEmpty ? base : frames.last?.outside ?? 0 }
    if token.beginsStatement || previous == nil { return base }
    let isElement = frames.last?.isBrace == false && (previous?.isOpening == true || previous?.isSymbol(.comma) == true)
    return isElement ? base : base + Self.step
  }

  private mutating func pass(_ token: PlacedToken, in line: TextLine) {
    if token.beginsStatement { statement = line.indent }
    if token.isOpening {
      let isBrace = token.isSymbol(.leftBrace)
      frames.append(Frame(isBrace: isBrace, outside: isBrace ? statement : line.indent))
    }
    if token.isClosing, let frame = frames.popLast(), frame.isBrace { statement = frame.outside }
    previous = token
  }
}
