import Foundation
import NNEmission
import NNExecution
import NNGraph
import NNOperations
import NNSchedule
import NNTestSupport
import Testing

/// What `nncc` writes: strict compilers take it, it needs nothing, and it reads and writes only what it may.
@Suite struct ExportedTextTests {
  /// One way to compile a program.
  struct Strictness: Sendable, CustomTestStringConvertible {
    var compiler: String
    var flags: [String]

    var testDescription: String { ([compiler] + flags).joined(separator: " ") }

    static let language = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Wconversion", "-Werror"]
  }

  static let strictnesses = [
    Strictness(compiler: "gcc", flags: ["-O2"]), Strictness(compiler: "gcc", flags: ["-O1", "-ffreestanding"]),
    Strictness(compiler: "clang", flags: ["-O2", "-march=native"]), Strictness(compiler: "clang", flags: ["-O0", "-ffreestanding"]),
    Strictness(compiler: "gcc", flags: ["-O0", "-march=native"]),
  ]

  @Test(arguments: strictnesses)
  func strictCompilersTakeIt(strictness: Strictness) throws {
    let folder = try TemporaryFolder()
    let programs = try Self.programs()
    for program in programs { try folder.write(program.source, to: program.name + ".c") }
    let files = programs.map { $0.name + ".c" }
    let compilation = try Command([strictness.compiler] + strictness.flags + Strictness.language + ["-c"] + files, in: folder.path)
    #expect(compilation.status == 0, "\(compilation.output.prefix(4000))")
    let undefined = try Command(["nm", "-u", "-A"] + programs.map { $0.name + ".o" }, in: folder.path).output
    let needed = undefined.split(separator: "\n").filter { line in
      !["memset", "memcpy", "memmove"].contains { line.hasSuffix(" U " + $0) }
    }
    #expect(needed == [])
    // All of them in one program: no name is in two.
    let linked = try Command(["ld", "-r", "-o", "all"] + programs.map { $0.name + ".o" }, in: folder.path)
    #expect(linked.status == 0, "\(linked.output.prefix(2000))")
  }

  @Test func tinyCompilerTakesIt() throws {
    let compiler = TinyCompiler(symbols: Self.inserted)
    for program in try Self.programs() {
      let code = try compiler.compile(program.source)
      #expect(code.warnings == [], "\(program.name)")
    }
  }

  @Test func headersServeCPlusPlus() throws {
    let folder = try TemporaryFolder()
    let programs = try Self.programs()
    var main = ""
    for program in programs {
      try folder.write(program.header, to: program.name + ".h")
      main += "#include \"\(program.name).h\"\n#include \"\(program.name).h\"\n"
    }
    main += "extern \"C\" int sum(void);\nint sum(void) {\n  int sum = 0;\n"
    for program in programs { main += "  sum += \(program.name)_info.batch + \(program.name)_tensor_count;\n" }
    try folder.write(main + "  return sum;\n}\n", to: "main.cpp")
    for standard in ["-std=c++11", "-std=c++20"] {
      let words = ["g++", standard, "-Wall", "-Wextra", "-pedantic", "-Wconversion", "-Werror", "-c", "main.cpp"]
      let compilation = try Command(words, in: folder.path)
      #expect(compilation.status == 0, "\(compilation.output.prefix(2000))")
    }
    let symbols = try Command(["nm", "-u", "main.o"], in: folder.path).output
    #expect(symbols.contains(" U gates_f32_info\n"), "the header's names are those of C")
  }

  @Test func headersSayWhatTheSourcesDefine() throws {
    for program in try Self.programs() {
      let lines = Set(program.source.split(separator: "\n"))
      let declarations = program.header.split(separator: "\n").filter { line in
        line.hasSuffix(");") || line.hasPrefix("#define ") || line.hasPrefix("typedef")
      }
      let guardLine = declarations.filter { $0.hasSuffix("_H") }
      #expect(guardLine.count == 1, "\(program.name)")
      #expect(declarations.filter { !lines.contains($0) && !guardLine.contains($0) } == [], "\(program.name)")
    }
  }

  @Test func sameModelGivesTheSameBytes() throws {
    let (first, second) = try (Self.programs(), Self.programs())
    for (a, b) in zip(first, second) {
      #expect(a.source == b.source, "\(a.name)")
      #expect(a.header == b.header, "\(a.name)")
    }
  }

  @Test func includesNothingAndKeepsNothing() throws {
    for program in try Self.programs() {
      let lines = program.source.split(separator: "\n").map { $0.drop { $0 == " " } }
      #expect(lines.filter { $0.hasPrefix("#include") } == [], "\(program.name)")
      // What is static and no function is a table of constants.
      let variables = lines.filter { $0.hasPrefix("static ") && !$0.contains("(") && !$0.hasPrefix("static const ") }
      #expect(variables == [], "\(program.name)")
      #expect(program.source.utf8.allSatisfy { $0 == 0x0A || ($0 >= 0x20 && $0 < 0x7F) }, "\(program.name)")
    }
  }

  @Test(arguments: zip(["gcc", "clang"], [Precision.f32, .f64]))
  func staysInBounds(compiler: String, precision: Precision) throws {
    let folder = try TemporaryFolder()
    var printed = try ModelSource.exampleNames.map { try ModelSource(example: $0).printed(batch: 3, precision: precision) }
    let optimizer = try Optimizers.adam()
    printed += (0..<15).map { seed in
      PrintedProgram(RandomModel.make(seed: UInt64(seed + 900), operations: 20), optimizer: optimizer, batch: 3, precision: precision)
    }
    try folder.write(SanitizedMain(printed).text, to: "main.c")
    let checks = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    let compilation = try Command([compiler, "-std=c99", "-march=native"] + checks + ["main.c", "-o", "main"], in: folder.path)
    #expect(compilation.status == 0, "\(compilation.output.prefix(2000))")
    let run = try Command(["./main"], in: folder.path)
    #expect(run.status == 0, "\(run.output.prefix(4000))")
    #expect(run.output.hasSuffix("done\n"))
  }

  /// What a compiler may call of its own accord; nobody runs these programs.
  private static let inserted = ["memset", "memcpy", "memmove"].compactMap { name in
    UnsafeRawPointer(bitPattern: 1).map { ProgramSymbol(name: name, address: $0) }
  }

  // MARK: Programs

  /// The examples in both precisions, and models made at random in one or the other, under names of their own.
  private static func programs() throws -> [ExportedProgram] {
    var programs: [ExportedProgram] = []
    for name in ModelSource.exampleNames {
      for precision in [Precision.f32, .f64] {
        let printed = try ModelSource(example: name).printed(
          entries: EntryKind.withParameters, precision: precision, name: "\(name)_\(precision.rawValue)")
        programs.append(Emitter.export(printed.compiled, sources: printed.sources, hash: 1))
      }
    }
    let optimizer = try Optimizers.momentum()
    for seed in 0..<30 {
      let model = RandomModel.make(seed: UInt64(seed + 500), operations: 4 + seed)
      let precision: Precision = seed.isMultiple(of: 2) ? .f32 : .f64
      let printed = PrintedProgram(
        model, optimizer: optimizer, entries: EntryKind.withParameters, batch: 1 + seed % 7, precision: precision)
      programs.append(Emitter.export(printed.compiled, sources: printed.sources, hash: 2))
    }
    return programs
  }
}
