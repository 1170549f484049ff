import NNSchedule

/// Prints a kernel whose chunks may run at the same time: a function for one chunk, and one that has all of them run.
///
/// What a chunk needs to know stands in a frame, a struct that holds the kernel's parameters.
struct TaskPrinter {
  private let program: ProgramContext
  private let function: KernelFunction
  private let task: KernelFunction.Task
  private let name: String

  init(_ program: ProgramContext, _ function: KernelFunction, _ task: KernelFunction.Task, name: String) {
    self.program = program
    self.function = function
    self.task = task
    self.name = name
  }

  private var real: String { program.real }

  /// Names of the functions' own variables.
  static let reservedNames = ["frame", "chunk", "lane", "f", "lanes", "parallel"]

  /// All that is named after a task.
  static func names(_ name: String) -> [String] { [name, "\(name)_frame", "\(name)_work", "\(name)_chunk"] }

  // MARK: What all tasks share

  /// The type of what a host passes to have work shared.
  static func type(_ program: ProgramContext) -> String {
    """
    /* how to do several things at the same time: run(context, task, frame, chunks) calls task(frame, chunk, lane) for each chunk in 0..<chunks, and
       returns when all are done; calls at the same time have different lanes in 0..<lanes */
    typedef struct {
      void (*run)(void *context, void (*task)(void *frame, long chunk, int lane), void *frame, long chunks);
      void *context;
      int lanes;\(program.isProfiled ? marks : "")
    } \(program.names.member("parallel"));

    """
  }

  /// Who is told that a step is done.
  private static let marks = "\n  void (*mark)(void *marks, int step);\n  void *marks;"

  static func share(_ names: ProgramNames) -> String {
    """

    /* does all chunks of a task, with others where there are any */
    static void \(names.member("share"))(const \(names.member("parallel")) *parallel, void (*task)(void *, long, int), void *frame, long chunks) {
      if (parallel) {
        parallel->run(parallel->context, task, frame, chunks);
        return;
      }
      for (long chunk = 0; chunk < chunks; ++chunk) task(frame, chunk, 0);
    }

    """
  }

  // MARK: Functions

  var text: String {
    let fields = self.fields
    var writer = CWriter()
    FrameField.define(name, fields, into: &writer)
    printChunk(fields, into: &writer)
    writer.blank()
    for line in function.comment { writer.line("/* \(line) */") }
    printKernel(fields, into: &writer)
    return "\n" + writer.text
  }

  /// The work has a function of its own: compilers believe `restrict` of parameters, hardly of what is read from a frame.
  private func printChunk(_ fields: [FrameField], into writer: inout CWriter) {
    writer.open("static void \(name)_work(\((["long chunk"] + fields.map(\.parameter)).joined(separator: ", ")))")
    writer.append(function.body)
    writer.close()
    writer.blank()
    writer.open("static void \(name)_chunk(void *frame, long chunk, int lane)")
    writer.line("const \(name)_frame *const f = (const \(name)_frame *)frame;")
    if task.laneScratch == 0 { writer.line("(void)lane;") }
    let passed = fields.map { $0.name == "scratch" ? "f->scratch + (long)lane * \(task.laneScratch)" : "f->\($0.name)" }
    writer.line("\(name)_work(\((["chunk"] + passed).joined(separator: ", ")));")
    writer.close()
  }

  private func printKernel(_ fields: [FrameField], into writer: inout CWriter) {
    writer.open("static void \(name)(\(declarations))")
    if task.packedScratch > 0 { writer.line("\(real) *const packed = scratch;") }
    if task.sharedScratch > task.packedScratch {
      writer.line("\(real) *const \(ChunkSums.parts) = \(IndexText.pointer("scratch", "\(task.packedScratch)"));")
    }
    writer.append(task.setup)
    writer.line("\(name)_frame frame;")
    for field in fields where field.name != "scratch" { writer.line("frame.\(field.name) = \(field.name);") }
    if task.laneScratch > 0 {
      writer.line("frame.scratch = parallel ? lanes : \(IndexText.pointer("scratch", "\(task.sharedScratch)"));")
    }
    writer.line("\(program.names.member("share"))(parallel, \(name)_chunk, &frame, \(task.chunks));")
    writer.append(task.finish)
    writer.close()
  }

  private var declarations: String {
    var list = function.parameters.map(\.declaration)
    if task.laneScratch > 0 { list.append("\(real) *lanes") }
    list.append("const \(program.names.member("parallel")) *parallel")
    return list.joined(separator: ", ")
  }

  /// What the body mentions.
  private var fields: [FrameField] {
    let mentioned = TokenScanner.identifiers(in: function.body)
    let scratch = function.parameters.first { $0.kind == .scratch }?.declaration ?? ""
    var fields = function.parameters.filter { $0.kind != .scratch }.map { FrameField($0.declaration) }
    if task.packedScratch > 0 { fields.append(FrameField("const \(real) *packed")) }
    if task.sharedScratch > task.packedScratch {
      fields.append(FrameField("\(real) *\(ChunkSums.parts)"))
    }
    if task.laneScratch > 0 { fields.append(FrameField(scratch)) }
    return fields.filter { mentioned.contains($0.name) || $0.name == "scratch" }
  }
}
