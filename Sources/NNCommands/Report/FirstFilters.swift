import NNData
import NNGraph
import NNReport
import NNSchedule

/// The weights of the layer that pictures come to first, each as a picture.
enum FirstFilters {
  private static let most = 64

  /// Nil for a model without such a layer.
  static func pictures(_ model: Model, _ weights: Safetensors) -> (layer: String, pictures: [Picture])? {
    for feed in Survey(model).feeds {
      guard let tensor = weights[model.parameters[feed.parameter].name], tensor.shape.count >= 2, tensor.shape[0] > 0,
        let layout = layout(of: tensor.shape, fed: model.graph.shape(feed.value).dimensions)
      else { continue }
      let numbers = tensor.storage.doubles
      let size = layout.channels * layout.height * layout.width
      let pictures = (0..<min(numbers.count / size, most)).map { index in
        Picture(
          Array(numbers[index * size..<(index + 1) * size]), channels: layout.channels, height: layout.height, width: layout.width,
          isSigned: true)
      }
      return (feed.layer ?? tensor.name, pictures)
    }
    return nil
  }

  /// A window on each filter's channels where these are colours, else on one after the other; of a dense layer the whole picture.
  private static func layout(of weights: [Int], fed: [Int]) -> (channels: Int, height: Int, width: Int)? {
    if weights.count == 4 {
      return weights[2] * weights[3] > 1 ? (weights[1] == 3 ? 3 : 1, weights[2], weights[3]) : nil
    }
    guard weights.count == 2, let layout = Picture.layout(of: fed), layout.channels * layout.height * layout.width == weights[1] else {
      return nil
    }
    return layout
  }
}
