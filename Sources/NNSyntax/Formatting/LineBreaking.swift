import NNSource

/// Cuts tokens and comments into lines: where the author did, and around braces whose contents are on several lines.
struct LineBreaking {
  private struct Piece {
    /// Nil for a comment.
    var token: PlacedToken?
    var bytes: Range<Int>
    var line: Int
  }

  private var pieces: [Piece] = []
  /// Of each bracket and brace that opens or closes, by its place among the pieces: the place of its counterpart.
  private var counterparts: [Int: Int] = [:]
  /// Whether a piece stands in a `[` that is closed on another line.
  private var isInSpreadList: [Bool] = []
  private let file: SourceFile

  init(_ parser: Parser, _ file: SourceFile) {
    self.file = file
    pieces = Self.pieces(parser, file)
    dropSemicolons()
    var open: [Int] = []
    for (index, piece) in pieces.enumerated() {
      if piece.token?.isOpening == true { open.append(index) }
      if piece.token?.isClosing == true, let opening = open.popLast() {
        counterparts[opening] = index
        counterparts[index] = opening
      }
    }
    findSpreadLists()
  }

  private mutating func findSpreadLists() {
    var depth = 0
    for (index, piece) in pieces.enumerated() {
      let isSpread = isSpread(index)
      if isSpread, piece.token?.isSymbol(.rightBracket) == true { depth -= 1 }
      isInSpreadList.append(depth > 0)
      if isSpread, piece.token?.isSymbol(.leftBracket) == true { depth += 1 }
    }
  }

  /// Tokens and comments in the order of the text.
  private static func pieces(_ parser: Parser, _ file: SourceFile) -> [Piece] {
    var comments = parser.comments[...]
    var pieces: [Piece] = []
    func addComments(before offset: Int) {
      while let comment = comments.first, comment.lowerBound < offset {
        pieces.append(Piece(token: nil, bytes: comment, line: file.line(at: comment.lowerBound)))
        comments.removeFirst()
      }
    }
    for (index, token) in parser.tokens.enumerated() where token.kind != .newline {
      addComments(before: token.lower)
      guard token.kind != .endOfFile else { continue }
      let bytes = token.lower..<token.upper
      let line = file.line(at: token.lower)
      let placed = PlacedToken(kind: token.kind, bytes: bytes, role: parser.roles[index], line: line, last: file.bytes[token.upper - 1])
      pieces.append(Piece(token: placed, bytes: bytes, line: line))
    }
    addComments(before: .max)
    return pieces
  }

  /// A semicolon is only needed between two statements on one line.
  private mutating func dropSemicolons() {
    var kept: [Piece] = []
    for (index, piece) in pieces.enumerated() {
      if piece.token?.isSymbol(.semicolon) == true {
        guard let before = kept.last, before.line == piece.line, before.token?.isSymbol(.leftBrace) == false else { continue }
        guard index + 1 < pieces.count, let next = pieces[index + 1].token, next.line == piece.line else { continue }
        if next.isSymbol(.semicolon) || next.isSymbol(.rightBrace) { continue }
      }
      kept.append(piece)
    }
    pieces = kept
  }

  func lines() -> [TextLine] {
    var lines: [TextLine] = []
    var spacing = TokenSpacing()
    for (index, piece) in pieces.enumerated() {
      if beginsLine(index) { lines.append(TextLine(isAfterBlank: isAfterBlank(index))) }
      guard var token = piece.token else {
        lines[lines.count - 1].comment = piece.bytes
        continue
      }
      token.gap = max(spacing.gap(before: token), isAlignedElement(index) ? ownGap(index) : 0)
      lines[lines.count - 1].tokens.append(token)
    }
    return lines
  }

  private func beginsLine(_ index: Int) -> Bool {
    guard index > 0 else { return true }
    if pieces[index].token?.kind == .identifier("else"), pieces[index - 1].token?.isSymbol(.rightBrace) == true { return false }
    guard pieces[index - 1].line == pieces[index].line else { return true }
    if pieces[index].token?.isSymbol(.rightBrace) == true, isSpread(index) { return true }
    return pieces[index - 1].token?.isSymbol(.leftBrace) == true && pieces[index].token != nil && isSpread(index - 1)
  }

  /// Whether a bracket and its counterpart are on different lines.
  private func isSpread(_ index: Int) -> Bool {
    counterparts[index].map { pieces[$0].line != pieces[index].line } ?? false
  }

  /// One blank line is kept between what is not the first or last within a bracket.
  private func isAfterBlank(_ index: Int) -> Bool {
    guard index > 0, pieces[index].line > pieces[index - 1].line + 1 else { return false }
    return pieces[index - 1].token?.isOpening != true && pieces[index].token?.isClosing != true
  }

  /// Whether the author may have put spaces before an element to line the rows of a matrix up.
  private func isAlignedElement(_ index: Int) -> Bool {
    guard index > 0, isInSpreadList[index], pieces[index - 1].line == pieces[index].line, pieces[index].token?.isClosing == false else {
      return false
    }
    if pieces[index - 1].token?.isSymbol(.comma) == true { return true }
    guard pieces[index - 1].token?.isSymbol(.leftBracket) == true, let closing = counterparts[index - 1] else { return false }
    return ownGap(closing) == 0
  }

  /// The author's spaces before a piece on the same line.
  private func ownGap(_ index: Int) -> Int {
    let gap = pieces[index - 1].bytes.upperBound..<pieces[index].bytes.lowerBound
    return gap.count <= 20 && file.bytes[gap].allSatisfy { $0 == UInt8(ascii: " ") } ? gap.count : 0
  }
}
