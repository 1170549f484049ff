/// Model texts made at random from the grammar, spaces and comments included.
struct RandomText {
  private var random: SplitMix

  init(seed: UInt64) { random = SplitMix(state: seed) }

  mutating func model() -> String {
    statements(depth: 3) + (one(of: [true, false]) ? "train {\(lineEnd())\(recipe())}" : "") + lineEnd()
  }

  private mutating func one<Element>(of choices: [Element]) -> Element { choices[Int.random(in: 0..<choices.count, using: &random)] }

  /// Nothing, or anything that may stand between two words.
  private mutating func gap() -> String { one(of: ["", " ", "  ", "\t", " ", " ", "    "]) }

  private mutating func lineEnd() -> String {
    one(of: ["\n", "\n", "\n\n", " \n", ";\n", " # why \n", "\r\n", "\n# \u{E4} \u{1F600}\n\n\n  # next\n", "  ;; \n", "         # \t\n"])
  }

  private mutating func statements(depth: Int) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      text += gap() + statement(depth: depth) + (one(of: [true, true, false]) ? lineEnd() : " ; ")
    }
    return text
  }

  private mutating func body(depth: Int) -> String {
    gap() + "{" + gap() + one(of: ["", lineEnd()]) + statements(depth: depth) + gap() + "}"
  }

  private mutating func statement(depth: Int) -> String {
    let name = word()
    if depth > 0, one(of: [true, false, false]) {
      return one(of: [
        "repeat " + expression(depth) + body(depth: depth - 1), "for \(name) in " + expression(depth) + body(depth: depth - 1),
        "block \(name)" + gap() + "(" + gap() + "a, b=" + expression(1) + ")" + body(depth: depth - 1),
        "if " + expression(depth) + body(depth: depth - 1)
          + one(of: ["", " else" + body(depth: depth - 1), "\nelse if " + expression(1) + body(depth: 0)]),
        "\(name) = for t in " + expression(1) + body(depth: depth - 1),
      ])
    }
    return one(of: [
      "\(name)" + gap() + "=" + gap() + expression(depth), "(a,\(name))" + gap() + "=" + expression(depth),
      "input \(name):" + gap() + "[" + expression(1) + "]",
      "target \(name) :class(" + expression(1) + ")", "param \(name)" + gap() + "=" + expression(depth), "param \(name): [2 , 3]=0",
      "let \(name)" + gap() + "= 3",
      "loss " + expression(depth), "loss \(name)" + gap() + "=" + expression(depth) + " trains " + name,
      "metric" + gap() + "(" + expression(depth) + ")",
      "output \(name) =" + expression(depth), "layer \(name) = f(2) |> g", "next \(name) =" + expression(1), "yield " + expression(depth),
      "return (" + expression(1) + "," + expression(1) + ")", "use \"b.nn\"", "model \(name)",
    ])
  }

  private mutating func recipe() -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      text +=
        gap() + one(of: ["batch", "data", "optimizer", "split"]) + " "
        + one(of: ["32", "-1", "f(rate" + gap() + ":2)", "a: 1, b", "(2)", "\"\u{E9}\""]) + lineEnd()
    }
    return text
  }

  private mutating func word() -> String { one(of: ["x", "y2", "loss", "a_long_name", "in", "new", "else1", "train"]) }

  private mutating func expression(_ depth: Int) -> String {
    let leaf = one(of: ["x", "2", ".5e-3", "1.", "[]", "\"a\\\"b\"", "dense1.weight", "-x", "- - 2"])
    guard depth > 0 else { return leaf }
    let (a, b) = (expression(depth - 1), expression(depth - 1))
    let space = one(of: [" ", "  ", " \n", "\n # in between\n ", "\t"])
    return one(of: [
      leaf, "(" + a + gap() + one(of: ["+", "-", "*", "/", "%", "@"]) + space + b + ")", "(" + a + ")^" + gap() + "-(" + b + ")",
      "f" + gap() + "(" + a + space + "," + space + "k" + gap() + ":" + b + ")",
      "x[" + gap() + ":" + space + ",new," + a + " ..< " + b + "]",
      "[" + space + a + " , " + space + b + gap() + ",]", "(" + a + " ..< " + b + ")", "(" + a + space + "== " + b + space + ")",
      "(" + a + "\n  |> g" + space + "|>h(" + b + "))", "(-(" + a + "))",
    ])
  }
}

extension SplitMix {
  /// The same text with other spaces, blank lines and comments. Words and strings stay whole.
  mutating func layOut(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var isText = false
    var isComment = false
    for byte in bytes {
      if byte == UInt8(ascii: "\"") && !isComment { isText.toggle() }
      if byte == UInt8(ascii: "#") && !isText { isComment = true }
      if byte == UInt8(ascii: "\n") {
        isComment = false
        result += Array(["\n", "\n\n\n", "   # new\n", "\r\n", "\n \t "].randomElement(using: &self)?.utf8 ?? "\n".utf8)
      } else if byte == UInt8(ascii: " "), !isText, !isComment {
        result += Array([" ", "  ", "\t", "        "].randomElement(using: &self)?.utf8 ?? " ".utf8)
      } else {
        result.append(byte)
      }
    }
    return result
  }
}
