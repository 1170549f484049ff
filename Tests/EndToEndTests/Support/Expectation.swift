import NNEmission
import NNGraph
import NNSchedule
import NNTestSupport

/// What a call has to leave behind, by a plain interpreter of the entry's graph.
struct Expectation {
  /// How far a number may be off, relative to the larger of 1 and the largest number expected in its tensor.
  struct Tolerance {
    var relative: Double

    static func of(_ precision: Precision) -> Tolerance { Tolerance(relative: precision == .f64 ? 1e-9 : 2e-4) }
  }

  private var tensors: [(argument: EntryArgument, place: Int, numbers: [Double])] = []
  private let precision: Precision

  init(_ entry: CompiledEntry, of compiled: CompiledModel, numbers: CallNumbers) throws {
    precision = compiled.precision
    let draw = ProgramDraw(precision: precision, stream: entry.kind == .initialize ? numbers.seed : numbers.stream)
    let interpreter = Interpreter(entry.program.graph, draw: draw.number)
    let roots = try interpreter.run(values: numbers.arguments, batch: numbers.n, roots: entry.program.roots)
    if entry.program.result != nil { tensors.append((.result, 0, roots[0])) }
    for (store, found) in zip(entry.program.stores, roots.suffix(entry.program.stores.count)) {
      let (argument, place) = store.destination.place(in: compiled.layout)
      tensors.append((argument, place, found))
    }
  }

  var isFinite: Bool { tensors.allSatisfy { $0.numbers.allSatisfy(\.isFinite) } }

  /// Every difference from what there should be after a call, given what there was before: one line per tensor.
  func problems(before: EntryCall.Outcome, after: EntryCall.Outcome, tolerance: Tolerance? = nil) -> [String] {
    var problems = after.damaged.map { "wrote outside of \($0)" }
    var untouched = before.bytes
    for (argument, place, numbers) in tensors {
      let found = precision.numbers(after.bytes[argument] ?? [])
      guard place + numbers.count <= found.count else {
        problems.append("\(argument) has \(found.count) numbers")
        continue
      }
      let tensor = Array(found[place..<(place + numbers.count)])
      let difference = Self.difference(tensor, numbers, tolerance ?? .of(precision))
      problems += difference.map { ["\(argument) at \(place): \($0)"] } ?? []
      let bytes = (place * precision.bytes)..<((place + numbers.count) * precision.bytes)
      untouched[argument]?.replaceSubrange(bytes, with: after.bytes[argument]?[bytes] ?? [])
    }
    let changed = untouched.filter { after.bytes[$0.key] != $0.value }
    return problems + changed.map { "changed more of \($0.key) than it should" }
  }

  /// The first difference that is too large.
  static func difference(_ found: [Double], _ expected: [Double], _ tolerance: Tolerance) -> String? {
    guard found.count == expected.count else { return "\(found.count) numbers instead of \(expected.count)" }
    let scale = expected.reduce(1) { max($0, abs($1)) }
    for (index, (number, wanted)) in zip(found, expected).enumerated() where !(abs(number - wanted) <= tolerance.relative * scale) {
      return "[\(index)] is \(number) instead of \(wanted), at a scale of \(scale)"
    }
    return nil
  }
}

extension Destination {
  /// The argument that it is part of, and its first element there.
  fileprivate func place(in layout: Layout) -> (EntryArgument, Int) {
    switch self {
    case .parameter(let index): (.params, layout.parameters[index])
    case .state(let index): (.state, layout.states[index])
    case .gradient(let index): (.grads, layout.parameters[index])
    case .slot(let index, let slot): (.optimizer, slot * layout.parameterCount + layout.parameters[index])
    case .output(let index): (.output(index), 0)
    case .inputGradient(let index): (.inputGradient(index), 0)
    case .targetGradient(let index): (.targetGradient(index), 0)
    case .product(let index): (.product, layout.parameters[index])
    case .report(let index): (.report(index), 0)
    }
  }
}
