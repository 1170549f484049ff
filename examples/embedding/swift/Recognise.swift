/// Trains a network on the digits of standard input, and judges it beside one that was trained before.
@main
struct Recognise {
  static let (pixels, classes) = (64, 10)

  static func main() throws {
    let (images, labels) = readExamples()
    var model = try Digits(seed: 7)
    var loss: Float = 0
    for _ in 0..<10 {
      for first in stride(from: 0, through: labels.count - Digits.batch, by: Digits.batch) {
        let part = first..<(first + Digits.batch)
        loss = try model.step(
          image: images.span.extracting((part.lowerBound * pixels)..<(part.upperBound * pixels)), digit: labels.span.extracting(part),
          rate: 0.05)
      }
    }
    print("loss \(loss) after \(model.steps) steps")
    var trained = try DigitsPredictor()
    let own = try accuracy(images, labels) { image throws(DigitsError) in try model.infer(image: image) }
    let other = try accuracy(images, labels) { image throws(DigitsError) in try trained.predict(image: image) }
    print("\(own) recognised, \(other) by the weights from nnrun")
    do {
      _ = try model.infer(image: [Float](repeating: 0, count: 65).span)
    } catch {
      print("as it should be: \(error)")
    }
  }

  /// The part of the examples that is recognised.
  static func accuracy(
    _ images: [Float], _ labels: [Int32], _ network: (Span<Float>) throws(DigitsError) -> [Float]
  ) throws -> Double {
    var right = 0
    for (index, label) in labels.enumerated() {
      let probabilities = try network(images.span.extracting((index * pixels)..<((index + 1) * pixels)))
      let best = probabilities.indices.max { probabilities[$0] < probabilities[$1] }
      right += best == Int(label) ? 1 : 0
    }
    return Double(right) / Double(labels.count)
  }

  static func readExamples() -> (images: [Float], labels: [Int32]) {
    var (images, labels) = ([Float](), [Int32]())
    _ = readLine()
    while let line = readLine() {
      let numbers = line.split(separator: ",").compactMap { Float($0) }
      images += numbers.dropLast()
      labels.append(Int32(numbers.last ?? 0))
    }
    return (images, labels)
  }
}
