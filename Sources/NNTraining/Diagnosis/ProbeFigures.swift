import NNGraph
import NNSchedule

/// What a probe has seen, summed up over batches.
struct ProbeFigures {
  private let survey: Survey
  private let parameters: [Parameter]
  private(set) var examples = 0
  private var lossSum = 0.0
  private var batches = 0
  private var gradientSquares: [Double]
  /// The norm of each parameter.
  var weights: [Double] = []
  /// How often each unit of each activation responded.
  private(set) var responses: [[Double]]
  private var feedSquares: [Double]
  /// The least and the largest number met of each value that is expected to have bounds.
  private(set) var extremes: [(least: Double, most: Double)]

  init(_ model: Model, _ survey: Survey) {
    self.survey = survey
    parameters = model.parameters
    gradientSquares = [Double](repeating: 0, count: parameters.count)
    responses = survey.activations.map { _ in [] }
    feedSquares = survey.feeds.map { _ in 0 }
    extremes = survey.expectations.map { _ in (.infinity, -.infinity) }
  }

  mutating func add(loss: Double, squares: [Double], examples: Int) {
    lossSum += loss * Double(examples)
    batches += 1
    for (index, square) in squares.enumerated() { gradientSquares[index] += square }
  }

  /// - Parameter reports: of the `survey` entry, in the order of ``Survey``.
  mutating func add(_ reports: [RealBuffer], examples: Int) {
    self.examples += examples
    for index in responses.indices {
      let counts = reports[index].numbers
      responses[index] = responses[index].isEmpty ? counts : zip(responses[index], counts).map { $0 + $1 }
    }
    let feeds = responses.count
    for index in feedSquares.indices { feedSquares[index] += reports[feeds + index].numbers(0..<1)[0] }
    let bounds = feeds + feedSquares.count
    for index in extremes.indices {
      let (least, most) = (reports[bounds + 2 * index].numbers(0..<1)[0], reports[bounds + 2 * index + 1].numbers(0..<1)[0])
      extremes[index] = (min(extremes[index].least, least), max(extremes[index].most, most))
    }
  }

  /// Over the examples.
  var loss: Double { lossSum / Double(examples) }

  /// The norm of each parameter's gradient, as batches have it on the average.
  var gradients: [Double] { gradientSquares.map { ($0 / Double(max(batches, 1))).squareRoot() } }

  /// Nothing can be said of numbers that are none.
  var isFinite: Bool { loss.isFinite && gradients.allSatisfy(\.isFinite) && weights.allSatisfy(\.isFinite) }

  /// The typical size of the numbers that a layer is fed.
  func size(ofFeed index: Int) -> Double {
    let count = survey.feeds[index].elements * examples
    return (feedSquares[index] / Double(max(count, 1))).squareRoot()
  }

  /// Which part of its uses each unit responds in.
  func shares(of activation: Int) -> [Double] {
    let uses = Double(max(survey.activations[activation].uses(examples: examples), 1))
    return responses[activation].map { $0 / uses }
  }
}
