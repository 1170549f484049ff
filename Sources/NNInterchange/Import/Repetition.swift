/// Finds statements that follow each other again and again, each time from what the time before made, and writes them as `repeat`.
struct Repetition {
  /// A bound name, and the text that it is bound to.
  struct Statement: Equatable {
    var name: String
    /// The lines after `name = `, the first one without it.
    var lines: [String]
  }

  private let statements: [Statement]
  /// The texts after the statements, which read names too.
  private let results: [String]
  /// The statements with all bound names alike, to see soon what cannot be the same.
  private let forms: [[String]]

  init(_ statements: [Statement], results: [String]) {
    self.statements = statements
    self.results = results
    let alike = Dictionary(statements.map { ($0.name, "@") }) { first, _ in first }
    forms = statements.map { $0.lines.map { Self.renamed($0, alike) } }
  }

  /// Lines of text, and what names of statements that are gone are called now.
  func folded() -> (lines: [String], names: [String: String]) {
    var lines: [String] = []
    var names: [String: String] = [:]
    var place = 0
    while place < statements.count {
      if let (period, count) = longest(at: place), let carry = carry(at: place, period, count) {
        lines += loop(at: place, period, count, carry).map { Self.renamed($0, names) }
        names[statements[place + period * count - 1].name] = names[carry] ?? carry
        place += period * count
      } else {
        lines += Self.text(of: statements[place], called: statements[place].name).map { Self.renamed($0, names) }
        place += 1
      }
    }
    return (lines, names)
  }

  // MARK: Finding

  private static let longestPeriod = 40

  /// The group that is repeated most often from here on, and how often.
  private func longest(at start: Int) -> (period: Int, count: Int)? {
    var best: (period: Int, count: Int)?
    for period in 1...Self.longestPeriod where start > 0 && start + 2 * period <= statements.count {
      guard forms[start..<(start + period)] == forms[(start + period)..<(start + 2 * period)] else { continue }
      guard let carry = carry(at: start, period, 1), let model = group(at: start, period, carry: carry) else { continue }
      var count = 1
      while start + (count + 1) * period <= statements.count,
        group(at: start + count * period, period, carry: statements[start + count * period - 1].name) == model
      { count += 1 }
      if count > 1, best.map({ count * period > $0.count * $0.period }) ?? true { best = (period, count) }
    }
    return best
  }

  /// The name that the first turn starts from, if the turns after it start from what the one before made.
  private func carry(at start: Int, _ period: Int, _ count: Int) -> String? {
    guard start > 0 else { return nil }
    let name = statements[start - 1].name
    guard count > 1 else { return name }
    let gone = Set(statements[start..<(start + period * count - 1)].map(\.name)).union([name])
    let after = statements[(start + period * count)...].flatMap(\.lines) + results
    return after.contains { Self.words($0).contains { gone.contains(String($0)) } } ? nil : name
  }

  /// The statements of a turn, names of its own and the one it starts from by their roles; nil where it starts from nothing.
  private func group(at start: Int, _ period: Int, carry: String) -> [[String]]? {
    var roles = [carry: "@"]
    for index in 0..<period { roles[statements[start + index].name] = "@\(index)" }
    let texts = statements[start..<(start + period)].map { $0.lines.map { Self.renamed($0, roles) } }
    return texts.joined().contains { $0.contains("@") } ? texts : nil
  }

  // MARK: Writing

  private func loop(at start: Int, _ period: Int, _ count: Int, _ carry: String) -> [String] {
    let body = statements[start..<(start + period)].enumerated().flatMap { index, statement in
      Self.text(of: statement, called: index == period - 1 ? carry : statement.name)
    }
    return ["repeat \(count) {"] + body.map { "  \($0)" } + ["}"]
  }

  private static func text(of statement: Statement, called name: String) -> [String] {
    ["\(name) = \(statement.lines[0])"] + statement.lines.dropFirst()
  }

  private static func isLetter(_ letter: Character) -> Bool { letter.isLetter || letter.isNumber || letter == "_" }

  private static func words(_ line: String) -> [Substring] { line.split { !isLetter($0) } }

  static func renamed(_ line: String, _ names: [String: String]) -> String {
    guard !names.isEmpty else { return line }
    var result = ""
    var word = ""
    for letter in line {
      if isLetter(letter) { word.append(letter); continue }
      result += names[word] ?? word
      word = ""
      result.append(letter)
    }
    return result + (names[word] ?? word)
  }
}
