import NNGraph
import NNSchedule
import NNSource

/// When figures mean that something is wrong, and what is to be said then.
struct DiagnosisRules {
  let model: Model
  let sources: SourceMap
  let survey: Survey

  init(_ setup: ModelSetup, _ survey: Survey) {
    model = setup.model
    sources = setup.sources
    self.survey = survey
  }

  func diagnosis(
    _ kind: Diagnosis.Kind, _ subject: String?, _ message: String, help: String, at range: SourceRange?
  ) -> Diagnosis {
    Diagnosis(kind, subject, message, help: help, at: range, in: sources)
  }

  // MARK: Units

  /// So large a part of a layer's units has to be dead, or saturated. In sound nets it is up to a third, or two thirds.
  private static let deadPart = 0.5
  private static let saturatedPart = 0.8
  /// A unit that responds less often is saturated.
  private static let leastResponse = 0.1

  /// Units that respond to nothing.
  func units(_ figures: ProbeFigures) -> [Diagnosis] {
    survey.activations.enumerated().compactMap { index, activation in
      let isOneSided = activation.bounds.upperBound == .infinity
      let shares = figures.shares(of: index)
      let sick = shares.count { isOneSided ? $0 == 0 : $0 < Self.leastResponse }
      guard sick > 0, Double(sick) >= Double(shares.count) * (isOneSided ? Self.deadPart : Self.saturatedPart) else { return nil }
      let place = "'\(activation.function)'" + (activation.layer.map { " after '\($0)'" } ?? "")
      let count = shares.count == 1 ? "its only unit" : sick == shares.count ? "all \(sick) units" : "\(sick) of \(shares.count) units"
      let examples = figures.examples == 1 ? "the only example" : "each of \(figures.examples) examples"
      return isOneSided
        ? diagnosis(
          .deadUnits, activation.layer, "\(place) is dead in \(count): \(activation.bounds.lowerBound.plain) for \(examples)",
          help: "a smaller 'rate' or smaller initial weights keep units alive; 'leaky_relu' lets them recover", at: activation.range)
        : diagnosis(
          .saturatedUnits, activation.layer,
          "\(place) is saturated in \(count): next to its bounds, where it is flat, for nearly \(examples)",
          help: "inputs of size 1 ('normalize mean_std'), smaller initial weights or a smaller 'rate' keep units in their middle",
          at: activation.range)
    }
  }

  // MARK: Gradients

  /// A gradient is lost where its numbers are smaller than those of a later layer by this factor.
  private static let lostFactor = 1e-5
  /// A gradient has exploded where a step at rate 1 would be so many times as long as the weights.
  private static let explodedFactor = 1e3

  /// What becomes of gradients on their way back: the first layer that gets none, or the worst that gets too much.
  func gradients(_ figures: ProbeFigures) -> [Diagnosis] {
    let layers = model.parameters.indices.filter { model.parameters[$0].shape.rank >= 2 && model.parameters[$0].shape.count > 0 }
    let sizes = layers.map { figures.gradients[$0] / Double(model.parameters[$0].shape.count).squareRoot() }
    return (vanishing(layers, sizes) ?? exploding(layers, figures)).map { [$0] } ?? []
  }

  private func vanishing(_ layers: [Int], _ sizes: [Double]) -> Diagnosis? {
    for (place, size) in sizes.enumerated() {
      let later = sizes.indices.dropFirst(place + 1).max { sizes[$0] < sizes[$1] }
      guard let later, size > 0, size < sizes[later] * Self.lostFactor else { continue }
      let (first, last) = (model.parameters[layers[place]], model.parameters[layers[later]])
      return diagnosis(
        .vanishingGradients, first.name,
        "the gradient vanishes on its way to '\(first.name)': about \(size.brief) there, but \(sizes[later].brief) in '\(last.name)'",
        help: "'relu' for 'sigmoid' or 'tanh', a 'batchnorm', an 'init' of he or xavier, or a way around layers, x + f(x), lets it through",
        at: first.range)
    }
    return nil
  }

  private func exploding(_ layers: [Int], _ figures: ProbeFigures) -> Diagnosis? {
    let ratios = layers.map { index in
      figures.gradients[index] / max(figures.weights[index], 0.01 * Double(model.parameters[index].shape.count).squareRoot())
    }
    guard let worst = ratios.indices.max(by: { ratios[$0] < ratios[$1] }), ratios[worst] > Self.explodedFactor else { return nil }
    let parameter = model.parameters[layers[worst]]
    let (gradient, weight) = (figures.gradients[layers[worst]], figures.weights[layers[worst]])
    return diagnosis(
      .explodingGradients, parameter.name,
      "the gradient of '\(parameter.name)' explodes: its norm is \(gradient.brief), that of the weights \(weight.brief)",
      help: "'clip 1', a smaller 'rate', smaller initial weights or targets of size 1 tame it", at: parameter.range)
  }
}
