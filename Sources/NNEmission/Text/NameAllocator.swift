/// Hands out names that are unique in one scope of the C text.
///
/// Everything that is visible in the whole file begins with the model's prefix, and nothing that this hands out does, so scopes need not know of
/// each other.
struct NameAllocator: Sendable {
  private let prefixes: [String]
  /// Beginnings that, with a number after them, are ours.
  private let numberedNames: [String]
  private var taken: Set<String> = []
  private var counters: [String: Int] = [:]

  init(_ names: ProgramNames, keeping numberedNames: [String] = []) {
    prefixes = [names.prefix + "_", names.macroPrefix + "_"]
    self.numberedNames = numberedNames
  }

  /// The wanted name, or one like it that is free: with `suffix`, then with numbers.
  mutating func allocate(_ wanted: String, else suffix: String = "_") -> String {
    let spelling = CIdentifier.spelling(of: wanted)
    let name = free(CIdentifier.isCompilers(spelling) ? spelling + suffix : spelling, suffix)
    taken.insert(name)
    return name
  }

  /// A numbered name: `t1`, `t2`.
  mutating func numbered(_ base: String) -> String {
    counters[base, default: 0] += 1
    return allocate("\(base)\(counters[base, default: 0])")
  }

  private mutating func free(_ spelling: String, _ suffix: String) -> String {
    let name = prefixes.contains { spelling.hasPrefix($0) } ? "x" + spelling : spelling
    if isFree(name) { return name }
    if isFree(name + suffix) { return name + suffix }
    var number = counters[name, default: 1]
    repeat { number += 1 } while !isFree("\(name)_\(number)")
    counters[name] = number
    return "\(name)_\(number)"
  }

  private func isFree(_ name: String) -> Bool {
    guard !taken.contains(name), !CIdentifier.reserved.contains(name) else { return false }
    return !numberedNames.contains { name.hasPrefix($0) && name.utf8.dropFirst($0.utf8.count).allSatisfy(CIdentifier.isDigit) }
  }

  /// Takes one of our own names as it is.
  mutating func reserve(_ name: String) { taken.insert(name) }
}
