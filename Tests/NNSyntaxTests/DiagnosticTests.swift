import NNSource
import Testing

@Suite struct DiagnosticTests {
  @Test func rendersTheLayout() {
    var map = SourceMap()
    let file = map.add(name: "model.nn", text: "let a = 1\n\n\n\nparam weight2 = 3\n\n  out   = softmx(hidden)\n\n\n  y = f(weight2)\n")
    let typo = Diagnostic.error(
      "unknown layer 'softmx'", at: SourceRange(file: file, lower: 42, upper: 48), help: "did you mean 'softmax'?")
    let misfit = Diagnostic.warning(
      "does not fit", at: SourceRange(file: file, lower: 65, upper: 66),
      notes: [.init("'weight2' is declared here", at: SourceRange(file: file, lower: 13, upper: 18))])
    let expected = """
      model.nn:7:11: error: unknown layer 'softmx'
        |
      7 |   out   = softmx(hidden)
        |           ^~~~~~
        = help: did you mean 'softmax'?

      model.nn:10:7: warning: does not fit
         |
      10 |   y = f(weight2)
         |       ^
      note: 'weight2' is declared here
       5 | param weight2 = 3

      """
    #expect(DiagnosticRenderer.render([misfit, typo], in: map) == expected)
  }

  @Test func notesOfOtherFilesNameThem() {
    var map = SourceMap()
    let main = map.add(name: "a.nn", text: "x = 1")
    let other = map.add(name: "b.nn", text: "\ny = 2")
    let diagnostic = Diagnostic.error(
      "m", at: SourceRange(file: main, lower: 0, upper: 1), notes: [.init("here", at: SourceRange(file: other, lower: 1, upper: 2))])
    let expected = "a.nn:1:1: error: m\n  |\n1 | x = 1\n  | ^\nb.nn:2:1: note: here\n2 | y = 2\n"
    #expect(DiagnosticRenderer.render([diagnostic], in: map) == expected)
  }

  @Test func coloursAreOnlyMarks() {
    var map = SourceMap()
    let file = map.add(name: "a.nn", text: "x = 1")
    let diagnostic = Diagnostic.error("m", at: SourceRange(file: file, lower: 0, upper: 1), help: "h")
    let colored = DiagnosticRenderer.render([diagnostic], in: map, color: true)
    #expect(colored.contains("\u{1B}[1;31m"))
    let plain = colored.replacing(/\u{1B}\[[0-9;]*m/, with: "")
    #expect(plain == DiagnosticRenderer.render([diagnostic], in: map))
  }

  /// (text, byte, line, column)
  static let places: [(String, Int, Int, Int)] = [
    ("", 0, 1, 1), ("ab\ncd", 3, 2, 1), ("ab\ncd", 5, 2, 3), ("ab\r\ncd", 4, 2, 1), ("ab\rcd", 3, 2, 1), ("é = ñ", 6, 1, 6),
    ("a\u{301}\u{302}b", 5, 1, 2), ("\n\n\n", 3, 4, 1), ("ab", 99, 1, 3), ("👩‍👩‍👧x", 18, 1, 2),
  ]

  @Test(arguments: places)
  func columnsCountCharacters(_ text: String, _ byte: Int, _ line: Int, _ column: Int) {
    var map = SourceMap()
    let file = map.add(name: "t", text: text)
    let expected = SourceLocation(file: "t", line: line, column: column)
    #expect(map.location(of: SourceRange(file: file, lower: byte, upper: byte)) == expected)
  }

  @Test func hostileLinesAreShownHarmlessly() {
    var map = SourceMap()
    let bytes: [UInt8] = Array("a\u{1B}[31m\t\u{202E}".utf8) + [0xFF, 0x00, 0xC3] + Array(repeating: UInt8(ascii: "z"), count: 100_000)
    let file = map.add(name: "t\n", bytes: bytes)
    for lower in [0, 3, 12, 90_000, bytes.count] {
      for upper in [lower, min(lower + 5, bytes.count), bytes.count] {
        let text = DiagnosticRenderer.render([.error("m\0", at: SourceRange(file: file, lower: lower, upper: upper))], in: map)
        #expect(text.count < 1_000)
        #expect(!text.unicodeScalars.contains { ($0.value < 32 && $0 != "\n") || $0.value == 0x202E })
        #expect(text.split(separator: "\n").count == 4)
      }
    }
  }

  @Test func recordsCarryThePlace() {
    var map = SourceMap()
    let file = map.add(name: "a.nn", text: "x = 1\ny")
    let error = Diagnostic.error("m", at: SourceRange(file: file, lower: 6, upper: 7), help: "h")
    let records = DiagnosticRecord.errors(of: [error, .warning("w", at: nil), .error("n", at: nil)], in: map)
    #expect(records.map(\.message) == ["n", "m"])
    #expect(records[0].file == nil && records[0].line == nil && records[0].help == nil)
    #expect(records[1].file == "a.nn" && records[1].line == 2 && records[1].column == 1 && records[1].help == "h")
  }

  static let typos: [(String, String?)] = [
    ("softmx", "softmax"), ("sofmtax", "softmax"), ("Softmax", "softmax"), ("relu", nil), ("rlu", "relu"), ("dens", "dense"), ("x", nil),
    ("completely_else", nil), ("", nil), ("tnah", "tanh"),
  ]

  @Test(arguments: typos)
  func findsTheNearestName(_ typo: String, _ name: String?) {
    #expect(nearestName(to: typo, among: ["softmax", "relu", "dense", "tanh", "y"]) == name)
  }
}
