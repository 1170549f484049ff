/// The functions of a program that nncc wrote, by its text: what each calls, what it reads, and which lines of the model it comes from.
struct ProgramFunctions {
  struct Function {
    let name: String
    /// Of the model: `digits.nn:12`.
    let places: [String]
    /// The names in its body, line by line.
    fileprivate(set) var words: [[String]] = []
  }

  private(set) var all: [Function] = []
  private var indices: [String: Int] = [:]
  private var callees: [[Int]] = []

  /// A function begins with a line that no blank begins, which names it, and ends with the brace that stands there alone.
  init(_ source: String) {
    var comments: [String] = []
    var isInside = false
    for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
      if isInside {
        isInside = line != "}"
        all[all.count - 1].words.append(Self.words(line))
      } else if line.hasPrefix("/* "), line.hasSuffix(" */") {
        comments.append(String(line.dropFirst(3).dropLast(3)))
      } else if line.hasSuffix(") {"), let name = line.split(separator: "(").first.flatMap({ Self.words($0).last }), line.first != " " {
        indices[name] = all.count
        all.append(Function(name: name, places: comments.compactMap(Self.place)))
        isInside = true
        comments = []
      } else {
        comments = []
      }
    }
    callees = all.map { function in Set(function.words.joined().compactMap { indices[$0] }).sorted() }
  }

  private static func words(_ line: Substring) -> [String] {
    line.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
  }

  /// `digits.nn:12  h = image |> dense(10)`
  private static func place(_ comment: String) -> String? {
    guard let end = comment.firstRange(of: "  ")?.lowerBound else { return nil }
    let place = comment[..<end]
    return place.split(separator: ":").last.flatMap({ Int($0) }) == nil ? nil : String(place)
  }

  /// The function that works with a table: one whose text names it, else one that is handed it.
  func reader(of table: String, among kernels: Set<String>) -> String? {
    if let reader = all.first(where: { kernels.contains($0.name) && $0.words.contains { $0.contains(table) } }) { return reader.name }
    for function in all {
      for words in function.words where words.contains(table) {
        if let called = words.first(where: kernels.contains) { return called }
      }
    }
    return nil
  }

  /// What a call takes at the most, by what each function takes for itself; those that were copied to where they are called take nothing more.
  func depth(of name: String, _ stack: [String: Int]) -> Int {
    var known: [Int: Int] = [:]
    func depth(_ index: Int) -> Int {
      if let depth = known[index] { return depth }
      // No function calls itself, but a text might look as if.
      known[index] = 0
      let depth = (stack[all[index].name] ?? 0) + (callees[index].map(depth).max() ?? 0)
      known[index] = depth
      return depth
    }
    return indices[name].map(depth) ?? stack[name] ?? 0
  }
}
