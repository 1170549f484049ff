import NNElaboration
import NNSchedule
import NNSource
import Testing

@testable import NNTraining

extension ModelSetup {
  /// A model from its text, which has to be right.
  init(test text: String, precision: Precision = .f32) throws {
    let elaboration = Elaboration.run(ModelText(name: "test.nn", bytes: Array(text.utf8))) { _ in .unreadable("no files here") }
    let model = try #require(elaboration.model, "\(elaboration.diagnostics.map(\.message))")
    self.init(model, sources: elaboration.sources, precision: precision)
  }
}

enum TestModel {
  static let xor = """
    input  x: [2]
    target t: [1]
    y = x |> dense(8) |> tanh |> dense(1)
    loss   binary_cross_entropy(y, t)
    metric right = mean((y > 0) * t + (y <= 0) * (1 - t))
    output probability = sigmoid(y)
    train {
      data      rows(x: [[0, 0], [0, 1], [1, 0], [1, 1]], t: [[0], [1], [1], [0]])
      optimizer sgd(rate: 0.5, momentum: 0.9)
      batch     4
      epochs    100
      seed      1
    }
    """

  /// Ten examples in batches of three, so that the last one is short; with random draws, and a state that is saved.
  static let noisy = """
    input  x: [4]
    target kind: class(3)
    loss   cross_entropy(x |> dense(6) |> relu |> dropout(0.2) |> dense(3), kind)
    train {
      data      random(10)
      optimizer adam(rate: 0.05)
      batch     3
      epochs    6
      seed      5
    }
    """
}
