import NNSchedule

/// The C kernels of `templates/`, one definition at a time, so that a program carries the text of exactly what it uses.
///
/// A definition begins with a line `// @NAME: what it is` and ends before the next such line. What stands before the first one lets the file compile
/// alone and is not carried. A definition needs another one by mentioning a name that belongs to it.
struct TemplateLibrary: Sendable {
  private struct Definition: Sendable {
    var name: String
    var bytes: [UInt8]
    /// Indices of the definitions it mentions.
    var needs: Set<Int> = []
  }

  private var definitions: [Definition] = []
  /// The definition that each `nn_` name belongs to.
  private var owners: [String: Int] = [:]

  static let f32 = TemplateLibrary(
    [PackageResources.arithmetic_c, PackageResources.math_f32_c, PackageResources.vector_f32_c] + ofBoth + [PackageResources.integers_c])

  static let f64 = TemplateLibrary(
    [PackageResources.arithmetic_c, PackageResources.math_f64_c, PackageResources.vector_f64_c] + ofBoth)

  private static let ofBoth = [
    PackageResources.vector_c, PackageResources.reduce_c, PackageResources.product_c, PackageResources.packing_c, PackageResources.dots_c,
    PackageResources.pixels_c, PackageResources.winograd_c, PackageResources.random_c,
  ]

  static func of(_ precision: Precision) -> TemplateLibrary { precision == .f32 ? f32 : f64 }

  /// - Parameter files: the texts, in an order in which every name is defined before it is used.
  init(_ files: [[UInt8]]) {
    for file in files { split(file) }
    for index in definitions.indices { owners[definitions[index].name] = index }
    for index in definitions.indices { claimNames(of: index) }
    for index in definitions.indices { definitions[index].needs = mentions(of: index) }
  }

  // MARK: Reading

  private mutating func split(_ file: [UInt8]) {
    var current: Definition?
    for line in file.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      if let name = Self.heading(line) {
        if let current { definitions.append(current) }
        current = Definition(name: name, bytes: [])
        current?.bytes += Array("// ".utf8) + line.dropFirst(4) + [UInt8(ascii: "\n")]
      } else {
        current?.bytes += line + [UInt8(ascii: "\n")]
      }
    }
    if let current { definitions.append(current) }
  }

  /// The name that a line `// @NAME: ...` begins a definition of.
  private static func heading(_ line: ArraySlice<UInt8>) -> String? {
    guard line.starts(with: Array("// @".utf8)) else { return nil }
    return String(decoding: line.dropFirst(4).prefix { CIdentifier.isPart($0) }, as: UTF8.self)
  }

  /// A definition may define other names beside its own: they belong to where they appear first.
  private mutating func claimNames(of index: Int) {
    for name in names(in: definitions[index].bytes) where owners[name] == nil { owners[name] = index }
  }

  private func mentions(of index: Int) -> Set<Int> {
    Set(names(in: definitions[index].bytes).compactMap { owners[$0] }).subtracting([index])
  }

  private func names(in bytes: [UInt8]) -> [String] {
    var scanner = TokenScanner(bytes, in: bytes.indices)
    var result: [String] = []
    while let piece = scanner.next() {
      guard case .identifier(let range) = piece, bytes[range].starts(with: Array("nn_".utf8)) else { continue }
      result.append(String(decoding: bytes[range], as: UTF8.self))
    }
    return result
  }

  // MARK: Writing

  func contains(_ name: String) -> Bool { owners[name] != nil }

  /// The text of the definitions that `used` needs, in the order of the files, under the program's names and its element type.
  func text(of used: Set<String>, names: ProgramNames, precision: Precision) -> String {
    guard !used.isEmpty else { return "" }
    // How sums round concerns every definition, and none mentions it.
    let carried = closure(of: used.union(owners["nn_rounding"] == nil ? [] : ["nn_rounding"]))
    var result: [UInt8] = []
    for index in carried.sorted() {
      result += Self.renamed(definitions[index].bytes, names, precision)
      while result.last == UInt8(ascii: "\n") { result.removeLast() }
      result += Array("\n\n".utf8)
    }
    return String(decoding: result, as: UTF8.self)
  }

  private func closure(of used: Set<String>) -> Set<Int> {
    var pending = used.map { name in
      guard let owner = owners[name] else { preconditionFailure("internal: no template defines '\(name)'") }
      return owner
    }
    var result: Set<Int> = []
    while let index = pending.popLast() {
      if result.insert(index).inserted { pending += definitions[index].needs }
    }
    return result
  }

  private static func renamed(_ bytes: [UInt8], _ names: ProgramNames, _ precision: Precision) -> [UInt8] {
    var scanner = TokenScanner(bytes, in: bytes.indices)
    var result: [UInt8] = []
    var isHeading = true
    while let piece = scanner.next() {
      switch piece {
      case .comment(let range):
        result += isHeading ? heading(bytes[range], names) : Array(bytes[range])
        isHeading = false
      case .other(let range): result += bytes[range]
      case .identifier(let range):
        let word = String(decoding: bytes[range], as: UTF8.self)
        result += Array((word == "real" ? precision.cType : word.hasPrefix("nn_") ? names.carried(word) : word).utf8)
      }
    }
    return result
  }

  /// The first line of a definition, `// nn_name: what it is`, under the program's name.
  private static func heading(_ line: ArraySlice<UInt8>, _ names: ProgramNames) -> [UInt8] {
    let text = String(decoding: line.dropFirst(3), as: UTF8.self)
    guard let colon = text.firstIndex(of: ":"), text.hasPrefix("nn_") else { return Array(line) }
    return Array("// \(names.carried(String(text[..<colon])))\(text[colon...])".utf8)
  }
}
