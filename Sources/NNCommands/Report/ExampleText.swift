import NNData
import NNReport
import NNTraining

/// An example in a few words and, where its first input is one, as a picture.
enum ExampleText {
  /// Longer lists of numbers are cut off.
  private static let mostNumbers = 8

  static func example(_ example: Examination.Example) -> RunReport.Example {
    let shown = example.inputs.firstIndex { Picture.layout(of: $0.shape) != nil }
    let rest = example.inputs.indices.filter { $0 != shown }.map { example.inputs[$0] }
    var facts = [RunReport.Fact("loss", NumberText.short(example.loss, digits: 4))]
    if let classes = example.classes {
      let sure = example.outputs.lazy.compactMap { output in
        output.shape.count == 1 && output.shape[0] > classes.answered ? output.storage.doubles[classes.answered] : nil
      }.first
      if let sure { facts.append(RunReport.Fact("score", NumberText.short(sure, digits: 3))) }
      facts += rest.map(fact) + [RunReport.Fact("row", "\(example.row)")]
    } else {
      facts += (rest + example.targets + example.outputs).map(fact)
    }
    return RunReport.Example(title(example), facts, picture: shown.flatMap { picture(example.inputs[$0]) })
  }

  private static func title(_ example: Examination.Example) -> String {
    guard let classes = example.classes else { return "example \(example.row)" }
    return classes.wanted == classes.answered ? "\(classes.wanted), as answered" : "\(classes.wanted), taken for \(classes.answered)"
  }

  private static func fact(_ tensor: Tensor) -> RunReport.Fact {
    let numbers = tensor.storage.doubles
    let text = numbers.prefix(mostNumbers).map { NumberText.short($0, digits: 3) }.joined(separator: ", ")
    return RunReport.Fact(tensor.name, numbers.count > mostNumbers ? text + ", …" : text)
  }

  private static func picture(_ tensor: Tensor) -> Picture? {
    Picture.layout(of: tensor.shape).map {
      Picture(tensor.storage.doubles, channels: $0.channels, height: $0.height, width: $0.width)
    }
  }
}
