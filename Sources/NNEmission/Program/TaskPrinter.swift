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
  static func names(_ name: String) -> [String] {
    let (work, packing) = (workNames(name), packingNames(name))
    return [name, "\(name)_frame", work.work, work.chunk, packing.work, packing.chunk]
  }

  private static func workNames(_ name: String) -> (work: String, chunk: String) { ("\(name)_work", "\(name)_chunk") }
  private static func packingNames(_ name: String) -> (work: String, chunk: String) { ("\(name)_pack", "\(name)_pack_chunk") }

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
    let work = fields(of: function.body, packs: false)
    var writer = CWriter()
    var frame = work
    if case .shared(let body, _) = task.packing {
      let packing = fields(of: body, packs: true)
      frame = packing + work.filter { field in !packing.contains { $0.name == field.name } }
      FrameField.define(name, frame, into: &writer)
      printChunk(Self.packingNames(name), body, packing, &writer)
    } else {
      FrameField.define(name, frame, into: &writer)
    }
    printChunk(Self.workNames(name), function.body, work, &writer)
    for line in function.comment { writer.line("/* \(line) */") }
    printKernel(frame, into: &writer)
    return "\n" + writer.text
  }

  /// The work of a chunk has a function of its own: compilers believe `restrict` of parameters, hardly of what is read from a frame.
  private func printChunk(_ names: (work: String, chunk: String), _ body: String, _ fields: [FrameField], _ writer: inout CWriter) {
    writer.open("static void \(names.work)(\((["long chunk"] + fields.map(\.parameter)).joined(separator: ", ")))")
    writer.append(body)
    writer.close()
    writer.blank()
    writer.open("static void \(names.chunk)(void *frame, long chunk, int lane)")
    writer.line("const \(name)_frame *const f = (const \(name)_frame *)frame;")
    if !fields.contains(where: { $0.name == "scratch" }) { writer.line("(void)lane;") }
    let passed = fields.map { $0.name == "scratch" ? "f->scratch + (long)lane * \(task.laneScratch)" : "f->\($0.name)" }
    writer.line("\(names.work)(\((["chunk"] + passed).joined(separator: ", ")));")
    writer.close()
    writer.blank()
  }

  private func printKernel(_ fields: [FrameField], into writer: inout CWriter) {
    writer.open("static void \(name)(\(declarations))")
    if task.packedScratch > 0 { writer.line("\(real) *const packed = scratch;") }
    if task.sharedScratch > task.packedScratch {
      writer.line("\(real) *const \(ChunkSums.parts) = \(IndexText.pointer("scratch", "\(task.packedScratch)"));")
    }
    if case .atOnce(let body) = task.packing { writer.append(body) }
    writer.line("\(name)_frame frame;")
    for field in fields where field.name != "scratch" { writer.line("frame.\(field.name) = \(field.name);") }
    if task.laneScratch > 0 {
      writer.line("frame.scratch = parallel ? lanes : \(IndexText.pointer("scratch", "\(task.sharedScratch)"));")
    }
    if case .shared(_, let parts) = task.packing { printShare(Self.packingNames(name).chunk, parts, into: &writer) }
    printShare(Self.workNames(name).chunk, task.chunks, into: &writer)
    writer.append(task.finish)
    writer.close()
  }

  private func printShare(_ chunk: String, _ chunks: String, into writer: inout CWriter) {
    writer.line("\(program.names.member("share"))(parallel, \(chunk), &frame, \(chunks));")
  }

  private var declarations: String {
    var list = function.parameters.map(\.declaration)
    if task.laneScratch > 0 { list.append("\(real) *lanes") }
    list.append("const \(program.names.member("parallel")) *parallel")
    return list.joined(separator: ", ")
  }

  /// What a body mentions, which writes what is packed or reads it.
  private func fields(of body: String, packs: Bool) -> [FrameField] {
    let mentioned = TokenScanner.identifiers(in: body)
    let scratch = function.parameters.first { $0.kind == .scratch }?.declaration ?? ""
    var fields = function.parameters.filter { $0.kind != .scratch }.map { FrameField($0.declaration) }
    if task.packedScratch > 0 { fields.append(FrameField("\(packs ? "" : "const ")\(real) *packed")) }
    if task.sharedScratch > task.packedScratch {
      fields.append(FrameField("\(real) *\(ChunkSums.parts)"))
    }
    if task.laneScratch > 0 { fields.append(FrameField(scratch)) }
    return fields.filter { mentioned.contains($0.name) }
  }
}
