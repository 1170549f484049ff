/// C text under construction: lines with their indentation.
struct CWriter: Sendable {
  private(set) var text = ""
  private var depth: Int

  init(depth: Int = 0) { self.depth = depth }

  var isEmpty: Bool { text.isEmpty }

  mutating func line(_ content: String) {
    for _ in 0..<depth { text += "  " }
    text += content
    text += "\n"
  }

  /// Opens a block: `head {`.
  mutating func open(_ head: String) {
    line(head + " {")
    depth += 1
  }

  mutating func close(_ tail: String = "}") {
    depth -= 1
    line(tail)
  }

  /// One statement of a loop, if or the like, without braces.
  mutating func single(_ head: String, _ statement: String) { line("\(head) \(statement)") }

  mutating func blank() { text += "\n" }

  /// Text that is indented already.
  mutating func append(_ block: String) { text += block }
}
