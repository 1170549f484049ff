import NNGraph
import NNSchedule
import NNTestSupport

/// A number for everything that an entry reads, for calls of `n` examples.
struct CallNumbers {
  var n: Int
  var rate = 0.125
  var step: UInt64 = 3
  var stream: UInt64 = 1 << 40 | 7
  var seed: UInt64 = 11
  /// By what the entry's graph calls them; all are single precision numbers.
  var values: [Argument: [Double]] = [:]

  init(n: Int) { self.n = n }

  /// Drawn at random: reals in -1...1 and every class.
  init(_ model: Model, slots: Int, n: Int, seed: UInt64) {
    self.n = n
    self.seed = seed
    var numbers = SeededNumbers(seed: seed)
    for (role, ports) in [(Argument.Role.input, model.inputs), (.target, model.targets)] {
      for (index, port) in ports.enumerated() { values[Argument(role, index)] = Self.draw(port.type, n, &numbers) }
    }
    for (index, state) in model.states.enumerated() {
      let drawn = Self.draw(state.type, n, &numbers)
      // A saved variance has to be more than 0.
      values[Argument(.state, index)] = state.type.isBatched ? drawn : drawn.map { abs($0) + 0.5 }
    }
    for (index, parameter) in model.parameters.enumerated() {
      let type = ValueType(parameter.shape, isBatched: false)
      for role in [Argument.Role.parameter, .gradient, .direction] { values[Argument(role, index)] = Self.draw(type, n, &numbers) }
      // An optimizer's memory may have to be no less than 0.
      for slot in 0..<slots { values[Argument(.slot, index, slot: slot)] = Self.draw(type, n, &numbers).map(abs) }
    }
  }

  /// What parameters are before any training, where that is written in the model; no inputs.
  init(initial model: Model, n: Int) {
    self.n = n
    for (index, parameter) in model.parameters.enumerated() {
      switch parameter.initial {
      case .literal(let numbers): values[Argument(.parameter, index)] = numbers
      case .constant(let number): values[Argument(.parameter, index)] = [Double](repeating: number, count: parameter.shape.count)
      case .normal, .uniform: break
      }
    }
  }

  private static func draw(_ type: ValueType, _ n: Int, _ numbers: inout SeededNumbers) -> [Double] {
    (0..<(type.shape.count * (type.isBatched ? n : 1))).map { _ in
      switch type.element {
      case .real: Double(Float(numbers.uniform(-1...1)))
      case .integer(let classes): Double(Int.random(in: 0..<classes, using: &numbers))
      }
    }
  }

  /// As the interpreter takes them.
  var arguments: [Argument: [Double]] {
    values.merging([Argument(.rate): [rate], Argument(.step): [Double(step)]]) { given, _ in given }
  }
}
