import Foundation
import NNCC

@main
struct Recognise {
  static func main() throws {
    guard CommandLine.arguments.count == 3 else {
      print("usage: Recognise DIGITS.csv.gz WEIGHTS")
      exit(2)
    }
    let (images, labels) = try readExamples(CommandLine.arguments[1])
    try digits(images, labels, keeping: CommandLine.arguments[2])
    try exclusiveOr()
  }

  /// The model among the sources: its functions know what it takes.
  static func digits(_ images: [Float], _ labels: [Int32], keeping path: String) throws {
    let digits = try Digits()
    var loss: Float = 0
    for _ in 0..<5 {
      for first in stride(from: 0, through: labels.count - Digits.batch, by: Digits.batch) {
        let part = first..<(first + Digits.batch)
        loss = try digits.step(image: Array(images[(part.lowerBound * 64)..<(part.upperBound * 64)]), digit: Array(labels[part]))
      }
    }
    try digits.network.save(to: path)
    let other = try Digits(seed: 1)
    try other.network.load(from: path)
    var right = 0
    for (index, label) in labels.enumerated() {
      let probability = try other.infer(image: Array(images[(index * 64)..<((index + 1) * 64)]))
      right += probability.indices.max { probability[$0] < probability[$1] } == Int(label) ? 1 : 0
    }
    print("loss \(loss); \(right) of \(labels.count) digits recognised by the weights that were saved")
  }

  /// A model that is known only now.
  static func exclusiveOr() throws {
    let network = try Network(
      text: """
        input  x: [2]
        target t: [1]
        y = x |> dense(8) |> tanh |> dense(1)
        loss   binary_cross_entropy(y, t)
        output probability = sigmoid(y)
        train { optimizer sgd(rate: 0.5, momentum: 0.9); seed 1 }
        """)
    let x: [Float] = [0, 0, 0, 1, 1, 0, 1, 1]
    for _ in 0..<500 { try network.step(["x": .reals(x), "t": .reals([0, 1, 1, 0])]) }
    let answers = try network.forward(["x": .reals(x)])["probability"] ?? []
    print("exclusive or: \(answers.map { $0.rounded() })")
    do {
      _ = try Network(text: "input x: [2]\ny = x |> dese(3)\noutput y\n")
    } catch {
      print(error)
    }
  }

  static func readExamples(_ path: String) throws -> (images: [Float], labels: [Int32]) {
    let unpacking = Process()
    let pipe = Pipe()
    unpacking.executableURL = URL(filePath: "/bin/gunzip")
    unpacking.arguments = ["-c", path]
    unpacking.standardOutput = pipe
    try unpacking.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    var (images, labels) = ([Float](), [Int32]())
    for line in text.split(separator: "\n").dropFirst() {
      let numbers = line.split(separator: ",").compactMap { Float($0) }
      images += numbers.dropLast()
      labels.append(Int32(numbers.last ?? 0))
    }
    return (images, labels)
  }
}
