import NNData
import NNGraph
import NNSchedule

/// Changes pictures a little each time they are learnt from. What it does to an example follows from the seed and the number of examples seen so far.
struct Augmentation {
  private struct Pictures {
    let port: Int
    /// Pictures in an example: its channels.
    let planes: Int
    let height: Int
    let width: Int
  }

  private let rule: AugmentationRule
  private let pictures: [Pictures]
  private let generator: CounterGenerator
  private let precision: Precision

  /// Nil for a recipe without `augment`.
  init?(_ model: Model, precision: Precision) throws(TrainingError) {
    guard let rule = model.recipe.augmentation else { return nil }
    self.rule = rule
    self.precision = precision
    generator = CounterGenerator(seed: model.recipe.seed, purpose: .augmentation)
    pictures = model.inputs.enumerated().compactMap { index, port in
      let shape = port.type.shape.dimensions
      guard port.type.element == .real, let width = shape.last, let height = shape.dropLast().last else { return nil }
      return Pictures(port: index, planes: shape.dropLast(2).reduce(1, *), height: height, width: width)
    }
    guard !pictures.isEmpty else {
      throw TrainingError(
        "'augment' is for pictures, but no input is one", range: model.recipe.ranges["augment"],
        help: "a picture has a height and a width: its shape is [H, W] or [C, H, W]")
    }
  }

  /// - Parameter seen: the number of examples learnt from before.
  func apply(to examples: BatchBuffers, count: Int, seen: UInt64) {
    for (index, example) in (0..<count).enumerated() {
      let draw = Draw(generator.value(at: seen &+ UInt64(index)), rule)
      for pictures in pictures {
        let start = examples.address(ofPort: pictures.port)
        let size = pictures.planes * pictures.height * pictures.width
        switch precision {
        case .f32: Self.change(start.assumingMemoryBound(to: Float.self) + example * size, pictures, draw)
        case .f64: Self.change(start.assumingMemoryBound(to: Double.self) + example * size, pictures, draw)
        }
      }
    }
  }

  /// What happens to one example.
  private struct Draw {
    let isFlipped: Bool
    let down: Int
    let right: Int

    init(_ bits: UInt64, _ rule: AugmentationRule) {
      let range = UInt64(2 * rule.crop + 1)
      isFlipped = rule.flips && bits & 1 == 1
      down = Int((bits >> 1 & 0x3FFF_FFFF) % range) - rule.crop
      right = Int((bits >> 31) % range) - rule.crop
    }
  }

  private static func change<Real: BinaryFloatingPoint>(_ start: UnsafeMutablePointer<Real>, _ pictures: Pictures, _ draw: Draw) {
    let (height, width) = (pictures.height, pictures.width)
    let before = Array(UnsafeBufferPointer(start: start, count: pictures.planes * height * width))
    for plane in 0..<pictures.planes {
      for row in 0..<height {
        let to = start + (plane * height + row) * width
        let source = row - draw.down
        for column in 0..<width {
          let from = (draw.isFlipped ? width - 1 - column : column) - draw.right
          let isInside = source >= 0 && source < height && from >= 0 && from < width
          to[column] = isInside ? before[(plane * height + source) * width + from] : 0
        }
      }
    }
  }
}
