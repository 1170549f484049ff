import NNData
import NNGraph
import NNSchedule

extension ModelInstance {
  /// Sets the saved shift and scale of every normalised input to what the given rows make of them.
  func learnNormalization(from table: ExampleTable, rows: [Int]) {
    guard let rule = model.recipe.normalization else { return }
    for normalization in model.normalizations {
      guard let column = table.columns[normalization.input] else { continue }
      let shape = model.inputs[normalization.input].type.shape
      let statistics = ColumnStatistics(column, rows: rows, groups: NormalizationGroups(shape))
      let learnt = statistics.groups.map { $0.learnt(rule) }
      memory.state.replace(from: compiled.layout.states[normalization.shift], with: learnt.map(\.shift))
      memory.state.replace(from: compiled.layout.states[normalization.scale], with: learnt.map(\.scale))
    }
  }
}

/// Minimum, maximum and moments of the numbers of a column, by group.
private struct ColumnStatistics {
  struct Group {
    private var least = Double.infinity
    private var most = -Double.infinity
    private var count = 0.0
    private var origin = 0.0
    private var sum = 0.0
    private var squares = 0.0

    /// Deviations are counted from the first number: what is left of large numbers that are close together is exact.
    mutating func add(_ number: Double) {
      if count == 0 { origin = number }
      least = min(least, number)
      most = max(most, number)
      count += 1
      sum += number - origin
      squares += (number - origin) * (number - origin)
    }

    /// What is the same in every example is only shifted.
    func learnt(_ rule: NormalizationRule) -> (shift: Double, scale: Double) {
      guard count > 0, most > least else { return (count > 0 ? least : 0, 1) }
      switch rule {
      case .zeroOne: return (least, 1 / (most - least))
      case .meanStd:
        let mean = sum / count
        return (origin + mean, 1 / max(squares / count - mean * mean, .leastNormalMagnitude).squareRoot())
      }
    }
  }

  private(set) var groups: [Group]

  init(_ column: Dataset.Column, rows: [Int], groups map: NormalizationGroups) {
    var groups = [Group](repeating: Group(), count: map.count)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: column.width) { example in
      guard let start = example.baseAddress else { return }
      for row in rows {
        column.copy(row, as: .float64, to: start)
        for index in 0..<column.width { groups[map.group(of: index)].add(start[index]) }
      }
    }
    self.groups = groups
  }
}
