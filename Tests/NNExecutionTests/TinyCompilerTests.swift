import Testing

@testable import NNExecution

private let addOne: @convention(c) (Float) -> Float = { $0 + 1 }
private let copyBytes: @convention(c) (UnsafeMutableRawPointer?, UnsafeRawPointer?, Int) -> UnsafeMutableRawPointer? = {
  target, source, count in
  if let target, let source { target.copyMemory(from: source, byteCount: count) }
  return target
}

private let symbols = [
  ProgramSymbol(name: "add_one", address: unsafeBitCast(addOne, to: UnsafeRawPointer.self)),
  ProgramSymbol(name: "memmove", address: unsafeBitCast(copyBytes, to: UnsafeRawPointer.self)),
]

/// Runs `void f(void **arguments)` of a program on a few reals and returns what it left there.
func run(_ program: LoadedProgram, entry: String = "f", on reals: [Double]) throws -> [Double] {
  let buffer = try AlignedBuffer(copying: reals)
  try program.entry(entry).call([buffer.address])
  return buffer.array(of: Double.self)
}

@Suite struct TinyCompilerTests {
  @Test(arguments: [
    (source: "void f(void **a) { double *x = a[0]; x[0] = x[0] * 2.5; }", input: [2.0], output: [5.0]),
    (source: "float add_one(float); void f(void **a) { double *x = a[0]; x[0] = add_one(x[0]); }", input: [2], output: [3]),
    (
      source: "float add_one(float); void f(void **a) { double *x = a[0]; float (*g)(float) = add_one; x[0] = g(g(x[0])); }",
      input: [2], output: [4]
    ),
    (
      source: """
      static const double table[3] = {1.5, 2.5, 3.5};
      static double *const pointer[1] = {(double *)table};
      static double look(int i) { return pointer[0][i]; }
      void f(void **a) { double *x = a[0]; x[0] = look((int)x[0]) + look(0); }
      """, input: [2], output: [5]
    ),
    (
      source: "struct s { double v[40]; }; void f(void **a) { struct s s, *x = a[0]; s = *x; s.v[1] = 7; *x = s; }",
      input: [1] + Array(repeating: 0, count: 39), output: [1, 7] + Array(repeating: 0, count: 38)
    ),
    (source: "static int n; static int m = 4; void f(void **a) { double *x = a[0]; n += 2; m++; x[0] = n + m; }", input: [0], output: [7]),
  ])
  func runs(source: String, input: [Double], output: [Double]) throws {
    let program = try TinyCompiler(symbols: symbols).compile(source)
    #expect(try run(program, on: input) == output)
    #expect(program.compiler == "libtcc")
    #expect(program.compileMicroseconds > 0)
  }

  @Test func callsOfTooManyValuesAreNoBugOfOurs() {
    let parameters = (0..<600).map { "int a\($0)" }.joined(separator: ", ")
    let arguments = [String](repeating: "1", count: 600).joined(separator: ", ")
    let source = "static int f(\(parameters)) { return a7; } int g(void) { return f(\(arguments)); }"
    #expect(throws: ExecutionError.tooManyValues(compiler: "libtcc")) { try TinyCompiler(symbols: symbols).compile(source) }
  }

  @Test func undefinedNamesAreListedBeforeAnythingRuns() {
    let source = "double exp(double); int puts(char *); void f(void **a) { puts(a[0]); exp(1); }"
    #expect(throws: ExecutionError.undefined(symbols: ["exp", "puts"])) { try TinyCompiler(symbols: symbols).compile(source) }
  }

  @Test(arguments: [
    ("void f(void **a) { add_one(1); }", "implicit declaration"),
    ("void f(void **a) { return }", "error"),
    ("#include <math.h>\n", "math.h"),
    ("#error stop\n", "stop"),
    ("void f(void **a) { \"open", "error"),
    ("int n;\nint n = 1; int n = 2;", "<string>:2"),
  ])
  func rejectsWithTheCompilersWords(source: String, words: String) throws {
    let error = #expect(throws: ExecutionError.self) { try TinyCompiler(symbols: symbols).compile(source) }
    guard case .rejected("libtcc", let messages)? = error else {
      Issue.record("unexpected error: \(String(describing: error))")
      return
    }
    #expect(messages.contains { $0.contains(words) }, "\(messages)")
  }

  @Test func warningsAreKept() throws {
    let program = try TinyCompiler(symbols: []).compile("void f(void **a) { int *x = a[0]; double *y = x; y[0] = 1; }")
    #expect(program.warnings.contains { $0.contains("warning") })
  }

  @Test func missingEntryIsNamed() throws {
    let program = try TinyCompiler(symbols: []).compile("static void f(void **a) {} void g(void **a) { f(a); }")
    #expect(throws: ExecutionError.missingEntry("f")) { try program.entry("f") }
    #expect(program.hasEntry("g"))
  }

  @Test func anEntryKeepsItsCodeAlive() throws {
    func entry(_ value: Int) throws -> EntryPoint {
      try TinyCompiler(symbols: []).compile("void f(void **a) { *(double *)a[0] = \(value); }").entry("f")
    }
    let entries = try (0..<100).map(entry)
    let buffer = try AlignedBuffer(count: 1, of: Double.self)
    for (value, entry) in entries.enumerated() {
      entry.call([buffer.address])
      #expect(buffer.array(of: Double.self) == [Double(value)])
    }
  }

  @Test func noPageIsWritableAndExecutable() throws {
    let program = try TinyCompiler(symbols: symbols).compile("void f(void **a) { *(double *)a[0] = 1; }")
    let maps = try #require(textOfFile("/proc/self/maps"))
    #expect(!maps.contains("rwx"))
    #expect(try run(program, on: [0]) == [1])
  }

  @Test func manyThreadsCompileAtOnce() async throws {
    let results = try await withThrowingTaskGroup(of: Double.self) { group in
      for value in 0..<64 {
        group.addTask {
          let broken = try? TinyCompiler(symbols: []).compile("void f(void **a) { oops }")
          #expect(broken == nil)
          let program = try TinyCompiler(symbols: []).compile("void f(void **a) { *(double *)a[0] += \(value); }")
          return try run(program, on: [0.5])[0]
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results.sorted() == (0..<64).map { Double($0) + 0.5 })
  }

  @Test func aLargeProgramTakesMilliseconds() throws {
    let functions = (1...2000).map { "static double f\($0)(double x) { return x * \($0) + f\($0 - 1)(x); }\n" }
    let source =
      "static double f0(double x) { return x; }\n" + functions.joined()
      + "void f(void **a) { double *x = a[0]; x[0] = f2000(x[0]); }"
    let program = try TinyCompiler(symbols: []).compile(source)
    #expect(try run(program, on: [1]) == [2_001_001])
    #expect(program.compileMicroseconds < 1_000_000)
  }

  /// Number forms that a C compiler can get wrong, judged by this compiler.
  @Test(arguments: [0.1, -0.0, 1e-45, 3.4028235e38, 1.17549435e-38, 16777217, 1 / 3.0] as [Double])
  func floatsAreKeptExactly(value: Double) throws {
    let source = """
      void f(void **a) { double *x = a[0]; float y = \(Float(value))f; x[1] = y; x[2] = (float)x[0]; x[3] = (int)(x[0] * 0) == 0; }
      """
    let result = try run(TinyCompiler(symbols: []).compile(source), on: [value, 0, 0, 0])
    let expected = Double(Float(value))
    #expect(result[1].bitPattern == expected.bitPattern)
    #expect(result[2].bitPattern == expected.bitPattern)
  }
}
