import Foundation
import NNEmission
import NNExecution
import NNSchedule
import NNSource
import Testing

/// The exported C against what the contract says about it.
struct ExportTests {
  static let scalars = [
    TextModel(
      name: "gates",
      text: """
        param x = -2
        param y = 5
        param z = -4
        q = x + y
        loss f = q * z
        """),
    TextModel(name: "empty", text: "output one = ones([2])"),
    TextModel(
      name: "class",
      text: """
        model double
        input n: [3]
        input i: [2] of class(4)
        target memory: []
        param workspace: [3] = normal(1)
        param double_t1: [3] = 0
        int = sum(n * workspace + double_t1)
        block = int * 2
        loss squared_error(int + block + sum(one_hot(i, classes: 4)), memory)
        output return = int
        output examples = block
        """),
  ]

  private static let folder = NSTemporaryDirectory() + "nncc-export-tests"

  private func write(_ program: ExportedProgram, _ tag: String) throws -> String {
    try FileManager.default.createDirectory(atPath: Self.folder, withIntermediateDirectories: true)
    let path = "\(Self.folder)/\(program.name)_\(tag)"
    try program.source.write(toFile: path + ".c", atomically: true, encoding: .utf8)
    try program.header.write(toFile: path + ".h", atomically: true, encoding: .utf8)
    return path
  }

  private static let flags = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Wconversion", "-Werror"]

  /// Compilers take their time, so each of them sees each model in one precision.
  @Test(arguments: Array((scalars + TextModel.wide + TextModel.drawing).enumerated()))
  func isCleanAndSelfContained(index: Int, model: TextModel) throws {
    let (first, second): (Precision, Precision) = index % 2 == 0 ? (.f32, .f64) : (.f64, .f32)
    try expectClean(model, first, [Tools.gcc, "-O1"] + Self.flags)
    try expectClean(model, second, [Tools.clang, "-O1", "-ffreestanding"] + Self.flags)
  }

  @Test(arguments: [ThreadTests.turned, scalars[1], scalars[2]], [Tools.gcc, Tools.clang])
  func isCleanWithThreads(model: TextModel, compiler: String) throws {
    try expectClean(model, .f32, [compiler, "-O1", "-ffreestanding"] + Self.flags, isParallel: true)
  }

  private func expectClean(_ model: TextModel, _ precision: Precision, _ compiler: [String], isParallel: Bool = false) throws {
    let (compiled, sources) = try model.compiled(precision)
    let program = Emitter.export(compiled, sources: sources, hash: 7, isParallel: isParallel)
    #expect(!program.source.contains("#include") && !program.header.contains("#include"))
    let path = try write(program, precision.rawValue)
    let result = try Tools.run(compiler + ["-c", path + ".c", "-o", path + ".o"])
    #expect(result.status == 0, "\(model) \(compiler): \(result.output.prefix(2000))")
    // libtcc's code is linked here, and nothing but copying and filling memory is there to be used.
    let memory = try KernelSymbols().symbols.filter { $0.name.hasPrefix("mem") }
    #expect(throws: Never.self) { try TinyCompiler(symbols: memory).compile(program.source) }
    if let nm = Tools.first(of: ["nm", "llvm-nm"]) {
      let undefined = try Tools.run([nm, "-u", path + ".o"]).output.split(separator: "\n").compactMap { $0.split(separator: " ").last }
      #expect(Set(undefined).subtracting(["memset", "memcpy", "memmove"]).isEmpty, "\(model) \(compiler): \(undefined)")
    }
    if let cxx = Tools.first(of: ["g++", "clang++"]) {
      let header = try Tools.run([cxx, "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-x", "c++", path + ".h"])
      #expect(header.status == 0, "\(model): \(header.output.prefix(2000))")
    }
  }

  @Test(arguments: scalars + TextModel.wide)
  func isTheSameEveryTime(model: TextModel) throws {
    let (first, sources) = try model.compiled(.f32)
    let (second, others) = try model.compiled(.f32)
    let one = Emitter.export(first, sources: sources, hash: 1)
    let other = Emitter.export(second, sources: others, hash: 1)
    #expect(one.source == other.source && one.header == other.header)
    #expect(Emitter.jit(first, sources: sources, loops: nil).source == Emitter.jit(second, sources: others, loops: nil).source)
  }

  @Test func scalarGraphsReadAsIfWrittenByHand() throws {
    let (compiled, sources) = try Self.scalars[0].compiled(.f32, [.grad])
    let source = Emitter.export(compiled, sources: sources, hash: 1).source
    let expected = """
      float gates_grad(const float *params, float *state, int n, float *grads, unsigned long long stream, void *workspace) {
        (void)state;
        (void)stream;
        (void)workspace;
        if (n < 1 || n > GATES_BATCH) return gates_nan();
        const float x = params[0];
        const float y = params[1];
        const float z = params[2];
        /* gates.nn:4  q = x + y */
        const float q = x + y;
        /* gates.nn:5  loss f = q * z */
        const float f = q * z;
        if (f - f != 0.0f) return f;
        grads[0] = z;
        grads[1] = z;
        grads[2] = q;
        return f;
      }
      """
    #expect(source.contains(expected))
  }

  @Test func theHeaderIsTheContract() throws {
    let text = """
      model digits
      input image: [64]
      target digit: class(10)
      h = image |> dense(100) |> sigmoid
      scores = h |> dense(10)
      loss cross_entropy(scores, digit) + 1e-4 * l2(weights)
      output probability = softmax(scores)
      train { optimizer sgd(rate: 0.1, momentum: 0.9) }
      """
    let (compiled, sources) = try TextModel(name: "digits", text: text, batch: 32).compiled(.f32)
    let header = Emitter.export(compiled, sources: sources, hash: 1).header
    for line in [
      "#define DIGITS_BATCH 32 ", "#define DIGITS_PARAMS 7510 ", "#define DIGITS_STATES 0 ", "#define DIGITS_OPTIMIZER 7510 ",
      "typedef float digits_real;",
      "typedef struct { const char *name; int kind, rank, shape[8]; long offset; } digits_tensor;",
      "extern const digits_tensor digits_tensors[];", "extern const int digits_tensor_count;", "extern const digits_model digits_info;",
      "void digits_init(float *params, float *state, unsigned long long seed);",
      "void digits_infer(const float *params, float *state, int n, const float *image, float *probability, void *workspace);",
      "float digits_loss(const float *params, const float *state, int n, const float *image, const int *digit, void *workspace);",
      "float digits_grad(const float *params, float *state, int n, const float *image, const int *digit, float *grads, "
        + "unsigned long long stream, void *workspace);",
      "float digits_step(float *params, float *state, float *optimizer, int n, const float *image, const int *digit, float rate, "
        + "unsigned long long step, unsigned long long stream, void *workspace);",
      "void digits_update(float *params, float *optimizer, const float *grads, float rate, unsigned long long step);",
      "float digits_grad_inputs(const float *params, float *state, int n, const float *image, const int *digit, float *grads, "
        + "float *grad_image, unsigned long long stream, void *workspace);",
      "float digits_jvp(const float *params, const float *state, int n, const float *image, const int *digit, const float *direction, "
        + "float *product, unsigned long long stream, void *workspace);",
      "float digits_hvp(const float *params, const float *state, int n, const float *image, const int *digit, const float *direction, "
        + "float *product, unsigned long long stream, void *workspace);",
    ] {
      #expect(header.contains(line), "\(line)")
    }
    #expect(!header.contains("evaluate") && !header.contains("inspect"))
  }

  @Test func namesThatCHasGetAnUnderscore() throws {
    let (compiled, sources) = try Self.scalars[2].compiled(.f32)
    let program = Emitter.export(compiled, sources: sources, hash: 1)
    #expect(program.name == "double")
    #expect(
      program.header.contains(
        "void double_infer(const float *params, float *state, int n, const float *n_, float *return_, float *examples, void *workspace);"))
    #expect(program.source.contains("{\"n\", 2, 1, {3}, 0},"))
    #expect(program.source.contains("{\"return\", 4, 0, {0}, 0},"))
  }

  @Test func theProgramKnowsItsModel() {
    #expect(Emitter.hash([]) == 0xcbf2_9ce4_8422_2325)
    #expect(Emitter.hash("a".utf8) == 0xaf63_dc4c_8601_ec8c)
    #expect(Emitter.hash("foobar".utf8) == 0x8594_4171_f739_67e8)
  }
}
