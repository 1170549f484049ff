import NNEmission
import NNGraph
import NNOperations
import NNSchedule
import NNTestSupport
import Testing

/// Programs for models made at random: libtcc's and the optimising compilers' against the interpreter of the graph, and bit for bit against each other.
struct RandomProgramTests {
  private static let kinds: [EntryKind] = [.initialize, .infer, .loss, .grad, .step, .update, .gradInputs, .jvp, .hvp, .inspect]

  private func compile(_ seed: Int, _ precision: Precision) throws -> CompiledModel {
    let model = RandomModel.make(seed: UInt64(seed), operations: 4 + seed % 20)
    let optimizer = try Sgd(["rate": 0.1, "momentum": 0.9, "nesterov": 0, "decay": 0.01])
    let builder = EntryBuilder(model, optimizer: optimizer, batch: 5)
    let kinds = Self.kinds.filter { builder.obstacle($0) == nil }
    return Scheduler.compile(model, optimizer: optimizer, entries: kinds, batch: 5, precision: precision)
  }

  @Test(arguments: 0..<150)
  func tilesComputeWhatTheGraphSays(seed: Int) throws {
    let compiled = try compile(seed, seed % 4 == 3 ? .f32 : .f64)
    let run = try EmittedRun(compiled, .tcc)
    for entry in compiled.entries where entry.kind != .initialize {
      try run.checkAgainstGraph(entry, examples: 1 + seed % 5, title: "seed \(seed) \(entry.kind.rawValue)")
    }
  }

  @Test(arguments: 0..<8)
  func flavoursAgreeBitForBit(seed: Int) throws {
    let compiled = try compile(seed, seed % 2 == 0 ? .f32 : .f64)
    let tiles = try EmittedRun(compiled, .tcc)
    let loops = try EmittedRun(compiled, seed % 3 == 0 ? .clang : .gcc)
    for entry in compiled.entries {
      let call = EmittedRun.Call(arguments: randomArguments(compiled, entry, examples: 1 + seed % 5), examples: 1 + seed % 5)
      let (first, second) = (try tiles.run(entry.kind, call), try loops.run(entry.kind, call))
      #expect(first.problems == [] && second.problems == [], "seed \(seed) \(entry.kind.rawValue)")
      #expect(first.result == second.result, "seed \(seed) \(entry.kind.rawValue)")
      for (argument, bits) in first.buffers { #expect(second.buffers[argument] == bits, "seed \(seed) \(entry.kind.rawValue) \(argument)") }
    }
  }
}

/// Numbers for everything that an entry's graph reads.
func randomArguments(_ compiled: CompiledModel, _ entry: CompiledEntry, examples: Int) -> [Argument: [Double]] {
  var numbers = SeededNumbers(seed: 99)
  var arguments: [Argument: [Double]] = [:]
  for node in entry.program.graph.nodes {
    guard case .source(let argument) = node.operation.lowering else { continue }
    switch argument.role {
    case .batchSize: arguments[argument] = [Double(examples)]
    case .rate: arguments[argument] = [0.1]
    case .step: arguments[argument] = [3]
    default:
      let count = node.type.shape.count * (node.type.isBatched ? examples : 1)
      if case .integer(let classes) = node.type.element {
        arguments[argument] = (0..<count).map { _ in Double(Int.random(in: 0..<classes, using: &numbers)) }
      } else {
        // What an optimizer remembers may be a sum of squares.
        arguments[argument] = (0..<count).map { _ in numbers.uniform(argument.role == .slot ? 0...1 : -1...1) }
      }
    }
  }
  return arguments
}
