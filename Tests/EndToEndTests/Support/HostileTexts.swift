import Foundation
import NNTestSupport

/// Texts that try to break the compiler, one way each.
enum HostileTexts {
  struct Text: Sendable {
    var name: String
    var bytes: [UInt8]

    init(_ name: String, _ bytes: [UInt8]) { (self.name, self.bytes) = (name, bytes) }

    init(_ name: String, _ text: String) { self.init(name, Array(text.utf8)) }
  }

  static func all() throws -> [Text] {
    let written = try lines("texts.txt").map { Text($0, $0) }
    return try written + numbersInHoles() + brackets + [10, 100, 1000, 10_000].flatMap(towers) + wide + bytes
  }

  /// A model with every construct of the language.
  static func everything() throws -> [UInt8] { [UInt8](try Data(contentsOf: file("everything.nn"))) }

  // MARK: Files

  private static func file(_ name: String) -> URL { URL(fileURLWithPath: repositoryPath("Tests/hostile/" + name)) }

  /// One text a line, with `\n` for its line ends.
  private static func lines(_ name: String) throws -> [String] {
    let text = try String(contentsOf: file(name), encoding: .utf8)
    return text.split(separator: "\n").map { String($0).replacing("\\n", with: "\n") }
  }

  // MARK: Numbers

  private static let numbers = [
    "0", "-1", "0.5", "1e308", "-1e308", "1e309", "2147483647", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808",
    "1e-320", "0/0", "1/0", "-1/0", "2^31", "2^62", "2^63", "2^1023 * 2", "floor(1e300)", "(0/0)^2", "nan",
  ]

  /// Every extreme number at every place that takes one.
  private static func numbersInHoles() throws -> [Text] {
    try lines("holes.txt").flatMap { hole in numbers.map { Text("\($0) in \(hole)", hole.replacing("@", with: $0)) } }
  }

  // MARK: Nesting and length

  private static let brackets: [Text] = {
    var texts: [Text] = []
    for (open, close) in [("(", ")"), ("[", "]"), ("-", ""), ("{", "}"), ("f(", ")"), ("x[", "]"), ("1 ^ ", ""), ("x |> f(", ")")] {
      for depth in [10, 100, 160, 1000, 10_000, 100_000] {
        let opened = String(repeating: open, count: depth)
        texts.append(Text("\(depth) of \(open)", "a = \(opened)1" + String(repeating: close, count: depth)))
        texts.append(Text("\(depth) of \(open) left open", "a = \(opened)"))
      }
    }
    return texts
  }()

  private static func towers(depth: Int) -> [Text] {
    func times(_ part: String) -> String { String(repeating: part, count: depth) }
    let chain = (0..<depth).map { "block b\($0)(x) { return \($0 == 0 ? "x" : "b\($0 - 1)(x)") }\n" }.joined()
    return [
      Text("\(depth) repeats", times("repeat 1 { ") + "a = 1" + times(" }")),
      Text("\(depth) branches", times("if 1 { ") + "a = 1" + times(" }")),
      Text("\(depth) blocks", times("block b(x) { ") + times(" }")),
      Text("\(depth) additions", "a = 1" + times(" + 1")),
      Text("\(depth) pipes", "input x: [2]\na = x" + times(" |> relu")),
      Text("\(depth) else ifs", "if 0 { a = 1 }" + times(" else if 0 { a = 1 }")),
      Text("\(depth) gradients", "input x: []\ny = x^3\n" + times("y = gradient(y * y, x)\n")),
      Text("\(depth) blocks in a row", chain + "a = b\(depth - 1)(1)"),
      Text("\(depth) statements", "a = 1\n" + times("a = a + 1;")),
      Text("\(depth) axes", "input x: [" + times("1, ") + "1]\ny = x + 1"),
      Text("\(depth) parts", "input x: [100]\ny = stack(" + times("x, ") + "x, axis: 0)\noutput y"),
      Text("\(depth) typing errors", times("a = dese(b)\n")),
    ]
  }

  private static let wide: [Text] = [
    Text("a long line", [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)),
    Text("a long number", "a = " + String(repeating: "9", count: 100_000)),
    Text("a long string", "use \"" + String(repeating: "a", count: 100_000)),
    Text("newlines", [UInt8](repeating: 0x0A, count: 300_000)),
    Text("returns", [UInt8](repeating: 0x0D, count: 100_000)),
    Text("combining marks", "a" + String(repeating: "\u{301}", count: 20_000) + " = 1"),
  ]

  // MARK: Bytes

  private static let bytes: [Text] = [
    Text("nothing", [UInt8]()), Text("NUL", [0]), Text("NULs", [UInt8](repeating: 0, count: 10_000)), Text("NUL in a name", "a\0b = 1"),
    Text("NUL in a string", "use \"a\0.nn\""), Text("byte order mark", [0xEF, 0xBB, 0xBF] + Array("a = 1".utf8)),
    Text("UTF-16", [0xFF, 0xFE, 0x61, 0, 0x3D, 0]), Text("stray continuation", [0x61, 0x80, 0x3D, 0x31]),
    Text("cut sequence", Array("a = ".utf8) + [0xE2, 0x82]), Text("overlong", [0xC0, 0xAF]), Text("surrogate", [0xED, 0xA0, 0x80]),
    Text("too large", [0xF5, 0x80, 0x80, 0x80]), Text("every byte", Array(0...255)),
    Text("all high", [UInt8](repeating: 0xFF, count: 5000)),
    Text("right to left", "a\u{202E} = \u{202C}1"), Text("letters beyond ASCII", "größe = 1\n名 = 2"), Text("other digits", "a = ١٢٣"),
    Text("other spaces", "a\u{A0}=\u{2003}1"), Text("backslash at the end", "a = \\"), Text("carriage returns", "a = 1\rb = a\r\nc = b"),
  ]
}
