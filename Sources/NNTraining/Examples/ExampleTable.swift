import NNData
import NNGraph

/// Examples, by port of the model.
package struct ExampleTable: Sendable {
  package let count: Int
  /// Inputs before targets; nil for a port that the source does not have and that nobody needs.
  let columns: [Dataset.Column?]
  /// The first row of each file but the first.
  let starts: [Int]

  init(count: Int, columns: [Dataset.Column?], starts: [Int] = []) {
    self.count = count
    self.columns = columns
    self.starts = starts
  }

  /// Fails if a file that examples stay in cannot be read any more, so that some that were gathered are wrong.
  func checkFiles() throws(DataError) {
    for column in columns { try column?.checkFile() }
  }

  /// Puts the columns of a data set in the order of the ports.
  init(_ dataset: Dataset, ports: [Port]) {
    self.init(count: dataset.count, columns: ports.map { dataset[$0.name] }, starts: dataset.starts)
  }
}

extension Model {
  /// Inputs, then targets: the order of a table's columns.
  var ports: [Port] { inputs + targets }

  /// Whether an example depends on those before it, so that the order of the data matters.
  var isSequential: Bool { states.contains { $0.type.isBatched } }
}
