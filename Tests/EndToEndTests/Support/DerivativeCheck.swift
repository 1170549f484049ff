import NNEmission
import NNGraph
import NNSchedule
import Testing

/// Gradients, derivatives along a direction and Hessian products of a program against centred differences of what it computes itself, with its draws
/// held fixed.
struct DerivativeCheck {
  private static let step = 1e-5
  private static let tolerance = Expectation.Tolerance(relative: 1e-6)

  private let compiled: CompiledModel
  private let program: LoadedCode
  private let numbers: CallNumbers

  init(_ compiled: CompiledModel, _ program: LoadedCode, _ numbers: CallNumbers) {
    self.compiled = compiled
    self.program = program
    self.numbers = numbers
  }

  private struct Gradient {
    var loss: Double
    /// By input or parameter.
    var slopes: [Argument: [Double]]
  }

  func run(_ title: String) throws {
    let found = try gradient(numbers)
    for (argument, slope) in found.slopes {
      let direction = direction(like: slope.count, seed: argument.index)
      let above = try gradient(moved([argument: direction], by: Self.step))
      let below = try gradient(moved([argument: direction], by: -Self.step))
      let difference = (above.loss - below.loss) / (2 * Self.step)
      expect([inner(slope, direction)], [difference], "\(title): gradient of \(argument.role.rawValue) \(argument.index)")
    }
    guard !compiled.model.parameters.isEmpty else { return }
    try checkProducts(found, title)
  }

  private func checkProducts(_ found: Gradient, _ title: String) throws {
    let directions = numbers.values.filter { $0.key.role == .direction }
    let along = Dictionary(uniqueKeysWithValues: directions.map { (Argument(.parameter, $0.key.index), $0.value) })
    let slope = along.reduce(0) { $0 + inner($1.value, found.slopes[$1.key] ?? []) }
    expect([try product(.jvp, count: 1)[0]], [slope], "\(title): derivative along a direction")
    let (above, below) = try (gradient(moved(along, by: Self.step)), gradient(moved(along, by: -Self.step)))
    let products = try product(.hvp, count: compiled.layout.parameterCount)
    for (index, place) in compiled.layout.parameters.enumerated() {
      let argument = Argument(.parameter, index)
      let difference = zip(above.slopes[argument] ?? [], below.slopes[argument] ?? []).map { ($0 - $1) / (2 * Self.step) }
      expect(Array(products[place..<(place + difference.count)]), difference, "\(title): Hessian product of parameter \(index)")
    }
  }

  private func inner(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

  private func expect(_ found: [Double], _ wanted: [Double], _ title: String) {
    let problem = Expectation.difference(found, wanted, Self.tolerance)
    #expect(problem == nil, "\(title)")
  }

  private func gradient(_ numbers: CallNumbers) throws -> Gradient {
    let outcome = try program.call(.gradInputs, of: compiled, numbers).after
    func reals(_ argument: EntryArgument) -> [Double] { compiled.precision.numbers(outcome.bytes[argument] ?? []) }
    var slopes: [Argument: [Double]] = [:]
    let all = reals(.grads)
    for (index, parameter) in compiled.model.parameters.enumerated() {
      let place = compiled.layout.parameters[index]
      slopes[Argument(.parameter, index)] = Array(all[place..<(place + parameter.shape.count)])
    }
    for (index, port) in compiled.model.inputs.enumerated() where port.type.element == .real {
      slopes[Argument(.input, index)] = reals(.inputGradient(index))
    }
    return Gradient(loss: reals(.result)[0], slopes: slopes)
  }

  private func product(_ kind: EntryKind, count: Int) throws -> [Double] {
    let outcome = try program.call(kind, of: compiled, numbers).after
    return Array(compiled.precision.numbers(outcome.bytes[.product] ?? []).prefix(count))
  }

  /// Fixed numbers of both signs.
  private func direction(like count: Int, seed: Int) -> [Double] { (0..<count).map { Double(($0 * 7 + seed * 3) % 11 - 5) / 5 } }

  private func moved(_ directions: [Argument: [Double]], by step: Double) -> CallNumbers {
    var moved = numbers
    for (argument, direction) in directions {
      moved.values[argument] = zip(numbers.values[argument] ?? [], direction).map { $0 + step * $1 }
    }
    return moved
  }
}
