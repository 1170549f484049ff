import Glibc
import NNSource
import NNSyntax
import Testing

/// Whatever bytes a file holds, parsing ends, with a tree or with errors.
@Suite struct HostileTextTests {
  static let bombs: [(opening: String, closing: String)] = [
    ("(", ")"), ("[", "]"), ("f(", ")"), ("x[", "]"), ("-", ""), ("2^", ""), ("2^-", ""), ("a + (", ")"), ("a |> f(", ")"),
  ]

  @Test(arguments: bombs)
  func deepExpressions(_ bomb: (opening: String, closing: String)) throws {
    let fitting = "y = " + String(repeating: bomb.opening, count: 25) + "x" + String(repeating: bomb.closing, count: 25)
    #expect(ModelSyntax.parse(Array(fitting.utf8), file: 0).diagnostics == [])
    let depth = bomb.opening == "(" ? 1_000_000 : 50_000
    let closed = "y = " + String(repeating: bomb.opening, count: depth) + "x" + String(repeating: bomb.closing, count: depth)
    let open = "y = " + String(repeating: bomb.opening, count: depth) + "\nz = 1"
    for text in [closed, open] {
      let messages = try parseOnSmallStack(text).map(\.message)
      #expect(messages.contains { $0.contains("nested more than") || $0.contains("may have at most") })
      #expect(messages.count <= 2)
    }
  }

  @Test(arguments: [
    "repeat 1 {", "if a {", "for t in b {", "block f(x) {", "if a { } else {", "y = for t in b {", "blok {", "{", "train {",
  ])
  func deepStatements(_ opening: String) throws {
    for closing in ["", "}"] {
      let text = String(repeating: opening, count: 20_000) + String(repeating: closing, count: 20_000)
      #expect(try !parseOnSmallStack(text).isEmpty)
    }
  }

  @Test(arguments: ["x[0]", "a.b", "if a { } else "])
  func longChains(_ link: String) throws {
    let text = (link.hasPrefix("if") ? "" : "y = x") + String(repeating: link, count: 100_000)
    #expect(try !parseOnSmallStack(text).isEmpty)
  }

  @Test func hugeTexts() throws {
    #expect(try parseOnSmallStack("y = " + String(repeating: "9", count: 1_000_000)).map(\.message) == ["the number is too large"])
    #expect(try parseOnSmallStack("y = 0." + String(repeating: "0", count: 1_000_000)) == [])
    #expect(try parseOnSmallStack(String(repeating: "n", count: 1_000_000)).map(\.message) == ["a name may have at most 200 letters"])
    #expect(try parseOnSmallStack(String(repeating: "\n;", count: 600_000)).map(\.message) == ["a model may have at most 1000000 words"])
    let words = String(repeating: "a = 1 ", count: 500_000)
    #expect(try parseOnSmallStack(words).contains { $0.message.contains("may have at most") })
  }

  static let seedModels = [
    """
    model m
    use "b.nn"
    let n = 2 * 3
    input x: [3, n]
    target y: [4] of class(10)
    param W: [3] = normal(0.1)
    state s: [2] = 0
    block r(x, k, stride = 1) { h = x |> dense(k); return h + x }
    layer e = dense(8) |> relu
    (a, b) = cell(x[0..<2, new], -x^2, k: [1, .5e-3])
    ys = for t in 0..<n { if t == 0 { u = 1 } else { u = 2 }; yield u }
    loss q = f(a) trains e, r.k
    metric accuracy(a, y)
    next s = s + 1
    train { data csv("d.csv", x: "a".."d")
      split validation: 0.2; batch 32 }
    """
  ]

  @Test(arguments: 0..<8)
  func mutatedModels(_ seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let original = Array(Self.seedModels[0].utf8)
    #expect(ModelSyntax.parse(original, file: 0).diagnostics == [])
    for _ in 0..<500 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...8, using: &random) { random.mutate(&bytes) }
      let (_, diagnostics) = ModelSyntax.parse(bytes, file: 0)
      var map = SourceMap()
      _ = map.add(name: "m.nn", bytes: bytes)
      let text = DiagnosticRenderer.render(diagnostics, in: map)
      #expect(diagnostics.isEmpty == text.isEmpty, "seed \(seed)")
      for range in diagnostics.compactMap(\.range) {
        #expect(0 <= range.lower && range.lower <= range.upper && range.upper <= bytes.count, "seed \(seed)")
      }
    }
  }

  @Test(arguments: 0..<4)
  func randomBytes(_ seed: UInt64) {
    var random = SplitMix(state: seed &+ 1_000)
    for _ in 0..<250 {
      let bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      let (model, diagnostics) = ModelSyntax.parse(bytes, file: 0)
      #expect(!diagnostics.isEmpty || model.statements.count < 3, "seed \(seed)")
    }
  }
}

/// A small generator with a known sequence for every seed, so that a failure can be run again.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  private static let fragments = [
    "(", ")", "[", "]", "{", "}", "|>", "..<", "..", "=", ",", ":", ";", "\n", "\"", "#", "-", "^", "@", ".", "1e", "for ", "if ", "else",
    "train {",
    "new", " of ", "\0", "\u{E9}", "\r", "99999999999999999999", "<", "!",
  ].map { Array($0.utf8) }

  mutating func mutate(_ bytes: inout [UInt8]) {
    let place = Int.random(in: 0...bytes.count, using: &self)
    let end = min(bytes.count, place + Int.random(in: 0...20, using: &self))
    switch Int.random(in: 0..<5, using: &self) {
    case 0: bytes.removeSubrange(place..<end)
    case 1: bytes.insert(contentsOf: Self.fragments.randomElement(using: &self) ?? [], at: place)
    case 2: bytes.insert(contentsOf: Array(bytes[place..<end]), at: Int.random(in: 0...bytes.count, using: &self))
    case 3 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &self)
    default: bytes.replaceSubrange(place..<end, with: Self.fragments.randomElement(using: &self) ?? [])
    }
  }
}

/// What crosses to the thread and back; only one side touches it at a time.
private final class Job {
  let bytes: [UInt8]
  var diagnostics: [Diagnostic] = []

  init(_ bytes: [UInt8]) { self.bytes = bytes }
}

/// Parses on a thread with a stack of 1 MiB, as a host application may.
private func parseOnSmallStack(_ text: String) throws -> [Diagnostic] {
  let job = Job(Array(text.utf8))
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  pthread_attr_setstacksize(&attributes, 1024 * 1024)
  var thread = pthread_t()
  let status = pthread_create(
    &thread, &attributes,
    { context in
      guard let context else { return nil }
      let job = Unmanaged<Job>.fromOpaque(context).takeUnretainedValue()
      job.diagnostics = ModelSyntax.parse(job.bytes, file: 0).diagnostics
      return nil
    }, Unmanaged.passUnretained(job).toOpaque())
  try #require(status == 0)
  pthread_join(thread, nil)
  return job.diagnostics
}
