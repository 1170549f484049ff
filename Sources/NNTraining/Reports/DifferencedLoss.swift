import NNGraph
import NNSchedule

/// The training-mode loss of a model on one batch as a function of its parameters alone, and how fast it changes.
struct DifferencedLoss {
  /// Random directions for each parameter.
  private static let directions = 3
  /// Long steps suffer from kinks and curvature, short ones from rounding: a right gradient agrees at one of them.
  private static let steps = [1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8]
  /// Good enough not to look further.
  private static let agreement = 1e-8
  /// Rates of change below this part of the loss drown in its rounding errors. A loss below 1 may be what terms around 1 leave of each other.
  private static let noise = 1e-5

  private let instance: ModelInstance
  private let startingState: [Double]
  private let start: [Double]

  init(_ instance: ModelInstance) {
    self.instance = instance
    start = instance.memory.parameters.numbers
    startingState = instance.memory.state.numbers
  }

  /// The loss at the parameters that are in memory now. Always the same draws, and states from the start.
  func loss() -> Double {
    instance.memory.state.replace(from: 0, with: startingState)
    return instance.gradient(count: instance.batch, stream: stream)
  }

  /// Of the random draws.
  var stream: UInt64 { TrainingProgress(seed: instance.model.recipe.seed).stream }

  /// Lets another instance, which may have more parameters after the same ones, start from the same parameters and states.
  func copyStart(to other: ModelInstance) {
    other.memory.parameters.replace(from: 0, with: start)
    other.memory.state.replace(from: 0, with: startingState)
  }

  /// What the last call of `loss` found.
  var gradient: [Double] { instance.memory.gradients.numbers }

  /// The largest disagreement between a gradient and differences, over several directions in which one parameter moves.
  func relativeError(of gradient: [Double], parameter: Int, seed: UInt64) -> Double {
    var generator = CounterGenerator(seed: seed, purpose: .directions, index: UInt32(truncatingIfNeeded: parameter))
    let first = instance.compiled.layout.parameters[parameter]
    let count = instance.model.parameters[parameter].shape.count
    var largest = 0.0
    for _ in 0..<Self.directions {
      let direction = Self.unitVector(count, &generator)
      let expected = zip(direction, gradient[first..<(first + count)]).reduce(0) { $0 + $1.0 * $1.1 }
      let error = smallestError(expected: expected, along: direction, at: first)
      largest = error.isNaN ? .infinity : max(largest, error)
    }
    return largest
  }

  private func smallestError(expected: Double, along direction: [Double], at first: Int) -> Double {
    var smallest = Double.infinity
    for step in Self.steps where smallest > Self.agreement {
      let near = difference(step, direction, first)
      let far = difference(2 * step, direction, first)
      // The two together cancel the third derivative.
      let rate = (4 * near.rate - far.rate) / 3
      let floor = Self.noise * max(near.scale, 1)
      let error = abs(rate - expected) / max(abs(rate), abs(expected), floor)
      if !error.isNaN { smallest = min(smallest, error) }
    }
    return smallest
  }

  /// The centred difference, and the size of the loss around it.
  private func difference(_ step: Double, _ direction: [Double], _ first: Int) -> (rate: Double, scale: Double) {
    let up = loss(moved: step, direction, first)
    let down = loss(moved: -step, direction, first)
    return ((up - down) / (2 * step), max(abs(up), abs(down)))
  }

  private func loss(moved distance: Double, _ direction: [Double], _ first: Int) -> Double {
    let moved = zip(direction, start[first...]).map { $1 + distance * $0 }
    instance.memory.parameters.replace(from: first, with: moved)
    defer { instance.memory.parameters.replace(from: first, with: Array(start[first..<(first + direction.count)])) }
    return loss()
  }

  private static func unitVector(_ count: Int, _ generator: inout CounterGenerator) -> [Double] {
    let numbers = (0..<count).map { _ in 2 * generator.uniform() - 1 }
    let length = numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return length > 0 ? numbers.map { $0 / length } : numbers
  }
}
