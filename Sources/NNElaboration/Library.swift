import NNSource
import NNSyntax

/// The files of a model: its own and those it uses, parsed.
struct Library {
  struct File: Sendable {
    var statements: [StatementSyntax]
    /// By path as written, the files that its `use` statements bring in.
    var uses: [String: Int] = [:]
  }

  private(set) var sources = SourceMap()
  var diagnostics: [Diagnostic] = []
  private(set) var files: [Int: File] = [:]
  private let load: (String) -> LoadedFile
  private var numbers: [String: Int] = [:]

  init(load: @escaping (String) -> LoadedFile) { self.load = load }

  /// Whether something could not be parsed, so that names may be missing for that reason alone.
  var hasSyntaxErrors: Bool { diagnostics.hasErrors }

  mutating func addMain(_ text: ModelText) -> Int {
    let number = sources.add(name: text.name, bytes: text.bytes)
    let folder = Self.folder(of: text.name)
    parse(text.bytes, file: number, below: folder, folder: "", path: [String(text.name.dropFirst(folder.count))])
    return number
  }

  /// Parses a text that is no file, such as the value of a setting.
  mutating func addText<Syntax>(
    named name: String, _ text: String, parse: ([UInt8], Int) -> (syntax: Syntax?, diagnostics: [Diagnostic])
  ) -> Syntax? {
    let number = sources.add(name: name, text: text)
    let (syntax, found) = parse(Array(text.utf8), number)
    diagnostics += found
    return syntax
  }

  private mutating func parse(_ bytes: [UInt8], file number: Int, below root: String, folder: String, path: [String]) {
    let (syntax, found) = ModelSyntax.parse(bytes, file: number)
    diagnostics += found
    var file = File(statements: syntax.statements)
    files[number] = file
    for statement in syntax.statements {
      guard case .use(let name) = statement.kind, file.uses[name.text] == nil else { continue }
      file.uses[name.text] = bring(in: name, below: root, folder: folder, path: path)
    }
    files[number] = file
  }

  /// The number of the file that `use` names; nil after an error.
  private mutating func bring(in name: StringSyntax, below root: String, folder: String, path: [String]) -> Int? {
    let parts = name.text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && $0 != ".." && $0 != "." }), !name.text.contains("\\"), !name.text.contains("\0") else {
      report("'use' takes a file in the same folder or below, not '\(name.text)'", at: name.range)
      return nil
    }
    let whole = folder + name.text
    guard !path.contains(whole) else {
      report("'\(name.text)' uses itself: \((path.drop { $0 != whole } + [whole]).joined(separator: " uses "))", at: name.range)
      return nil
    }
    if let known = numbers[whole] { return known }
    guard numbers.count < ElaborationLimit.files else {
      report("a model may use at most \(ElaborationLimit.files) files", at: name.range)
      return nil
    }
    return read(whole, name, below: root, path: path)
  }

  private mutating func read(_ whole: String, _ name: StringSyntax, below root: String, path: [String]) -> Int? {
    switch load(whole) {
    case .unreadable(let reason):
      report("'\(name.text)' cannot be read: \(reason)", at: name.range)
      return nil
    case .bytes(let bytes):
      let number = sources.add(name: root + whole, bytes: bytes)
      numbers[whole] = number
      parse(bytes, file: number, below: root, folder: Self.folder(of: whole), path: path + [whole])
      return number
    }
  }

  /// With its slash; empty for a bare name.
  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }

  private mutating func report(_ message: String, at range: SourceRange) {
    diagnostics.append(.error(message, at: range))
  }
}

/// What the command line sets, parsed.
struct Settings {
  struct Setting: Sendable {
    var name: String
    var value: ExpressionSyntax?
  }

  private(set) var values: [Setting] = []
  private(set) var recipeLines: [RecipeLineSyntax] = []

  init(_ settings: [(name: String, value: String)], recipe: [(name: String, text: String)], library: inout Library) {
    for (name, text) in settings {
      let value = library.addText(named: "--set \(name)", text) { ExpressionSyntax.parse($0, file: $1) }
      values.removeAll { $0.name == name }
      values.append(Setting(name: name, value: value))
    }
    for (name, text) in recipe {
      let line = library.addText(named: "--\(name)", "\(name) \(text)") { RecipeLineSyntax.parse($0, file: $1) }
      if let line { recipeLines.append(line) }
    }
  }
}
