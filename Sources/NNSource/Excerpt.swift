/// The line a range begins on, ready to be shown: harmless characters only, one column each, and not wider than a screen can bear.
struct Excerpt {
  private static let widest = 160
  private static let lead = 60

  let line: Int
  let text: String
  let indentation: String
  let underline: String

  init?(of range: SourceRange, in map: SourceMap) {
    guard map.files.indices.contains(range.file) else { return nil }
    let file = map.files[range.file]
    line = file.line(at: range.lower)
    let bytes = file.byteRange(ofLine: line)
    let start = min(max(range.lower, bytes.lowerBound), bytes.upperBound)
    let end = min(max(range.upper, start), bytes.upperBound)
    let before = printable(file.text(bytes.lowerBound..<start))
    let marked = printable(file.text(start..<end))
    let after = printable(file.text(end..<bytes.upperBound))
    let shownBefore = before.count > Self.widest - Self.lead ? "..." + before.suffix(Self.lead) : before
    let shownMarked = String(marked.prefix(max(1, Self.widest - shownBefore.count)))
    let whole = shownBefore + shownMarked + (shownMarked.count < marked.count ? "" : after)
    let isCut = whole.count > Self.widest || shownMarked.count < marked.count
    text = isCut ? whole.prefix(Self.widest) + "..." : whole
    indentation = String(repeating: " ", count: shownBefore.count)
    underline = "^" + String(repeating: "~", count: max(0, shownMarked.count - 1))
  }
}

/// `text` with tabs as single spaces and every other control character as U+FFFD, so that a model file cannot drive the terminal.
func printable(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: isControl) else { return text }
  var clean = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    clean.append(isControl(scalar) ? (scalar == "\t" ? " " : "\u{FFFD}") : scalar)
  }
  return String(clean)
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator: true
  default: false
  }
}
