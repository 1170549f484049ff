import NNData
import NNGraph
import NNSchedule
import NNSource

extension DiagnosisRules {
  /// Numbers larger than this, as a root mean square, are not what weights start out for.
  private static let largeInput = 25.0
  private static let smallInput = 1e-3

  /// Targets that are always the same.
  func data(_ data: TrainingData) -> [Diagnosis] {
    let rows = data.order.training
    guard rows.count > 1 else { return [] }
    return zip(model.targets, data.table.columns.dropFirst(model.inputs.count)).compactMap { target, column in
      guard let column, column.width > 0, let number = column.constant(rows) else { return nil }
      let what = column.width == 1 ? number.plain : "\(column.width) numbers"
      return diagnosis(
        .constantTargets, target.name, "the target '\(target.name)' is the same in all \(rows.count) examples: \(what)",
        help: "is this the column or file that was meant, and is it in order?", at: target.range)
    }
  }

  /// What first layers are fed, where that is far from the size that weights start out for.
  func feeds(_ figures: ProbeFigures) -> [Diagnosis] {
    survey.feeds.enumerated().compactMap { index, feed in
      let size = figures.size(ofFeed: index)
      guard size.isFinite, size > Self.largeInput || (size > 0 && size < Self.smallInput) else { return nil }
      return diagnosis(
        .inputsNotNormalized, feed.layer,
        "the inputs\(feed.layer.map { " of '\($0)'" } ?? "") are not normalised: their numbers are about \(size.brief) in size",
        help: "'normalize mean_std' in the train block, or '--normalize mean_std', learns a scale for them", at: feed.range)
    }
  }

  /// Targets that no output can come to.
  func targets(_ figures: ProbeFigures) -> [Diagnosis] {
    zip(survey.expectations, figures.extremes).compactMap { expected, found in
      // Rounding is no disease.
      let slack = 1e-4
      guard found.least < expected.bounds.lowerBound - slack || found.most > expected.bounds.upperBound + slack else { return nil }
      let name = model.targets.first { $0.value == expected.value }?.name ?? model.bindings.first { $0.value == expected.value }?.name
      let bounds = expected.bounds
      let wanted =
        bounds.upperBound == .infinity ? "\(bounds.lowerBound.plain) or more" : "\(bounds.lowerBound.plain) to \(bounds.upperBound.plain)"
      return diagnosis(
        .targetsOutOfRange, name,
        "the target\(name.map { " '\($0)'" } ?? "") goes from \(found.least.brief) to \(found.most.brief), but the outputs cannot leave \(wanted)",
        help: "scale the target, or choose another output or loss", at: expected.range)
    }
  }
}

extension Dataset.Column {
  /// The first number of every example, if all examples are the same.
  fileprivate func constant(_ rows: [Int]) -> Double? {
    guard let first = rows.first else { return nil }
    let wanted = numbers(first)
    return rows.allSatisfy { numbers($0) == wanted } ? wanted.first : nil
  }
}
