import NNEmission
import NNExecution
import NNGraph
import NNQuantization
import NNSchedule

/// A network of integers in memory: the C that is handed out, compiled and called one example at a time.
final class RunningIntegers {
  private let entry: EntryPoint
  private let arguments: [EntryArgument]
  private let model: Model
  private let network: QuantizedNetwork
  private let outputs: [RealBuffer]
  let workspace: AlignedBuffer

  /// - Parameter isLong: whether a compiler that optimises is worth the time it takes.
  init(_ setup: ModelSetup, _ program: IntegerProgram, isLong: Bool) throws {
    let compiled = try setup.compile([.predict], batch: 1)
    let text = Emitter.native(compiled, sources: setup.sources, integers: program)
    guard let printed = text.entry(.predict) else { throw TrainingError("the model has no output") }
    entry = try Self.compile(text.source, isLong: isLong).entry(printed.symbol)
    arguments = printed.signature.thunk
    model = setup.model
    network = program.network
    outputs = try setup.model.outputs.map { output in
      try RealBuffer(count: setup.model.graph.shape(output.value).count, precision: setup.precision)
    }
    workspace = try AlignedBuffer(byteCount: printed.workspaceBytes)
  }

  /// Any compiler will do: all compute the same bytes.
  private static func compile(_ source: String, isLong: Bool) throws -> LoadedProgram {
    if isLong || !TinyCompiler.isSupported, let program = try? SystemCompiler().compile(source) { return program }
    return try TinyCompiler(KernelSymbols()).compile(source)
  }

  /// Computes an example of a batch.
  func run(_ example: Int, of examples: BatchBuffers) {
    entry.call(
      arguments.map { argument in
        switch argument {
        case .input(let index):
          examples.address(ofPort: index) + example * model.inputs[index].type.shape.count * MemoryLayout<Float>.stride
        case .output(let index): outputs[index].address
        case .workspace: workspace.address
        default: nil
        }
      })
  }

  func output(_ index: Int) -> [Double] { outputs[index].numbers }

  /// What bytes stand for.
  func numbers(_ observed: ObservedBytes) -> [Double] { bytes(observed).map(observed.scale.real) }

  func bytes(_ observed: ObservedBytes) -> [UInt8] {
    let start = network.offsets[observed.buffer]
    return workspace.withSpan(of: UInt8.self) { span in observed.places.map { span[start + $0] } }
  }
}
