import NNData
import NNReport
import NNTraining

/// An example in a few words and, where what it consists of can be seen, as pictures.
enum ExampleText {
  /// Longer lists of numbers are cut off.
  private static let mostNumbers = 4
  private static let mostPictures = 3

  static func example(_ example: Examination.Example) -> RunReport.Example {
    // A class is told in the title.
    let told = example.classes == nil ? example.targets + example.outputs : []
    let parts = example.inputs + told
    let seen = Array(parts.indices.filter { Picture.layout(of: parts[$0].shape) != nil }.prefix(mostPictures))
    var facts = [RunReport.Fact("loss", NumberText.short(example.loss, digits: 4))]
    if let score = score(example) { facts.append(RunReport.Fact("score", NumberText.short(score, digits: 3))) }
    facts += parts.indices.filter { !seen.contains($0) }.map { fact(parts[$0]) }
    if example.classes != nil { facts.append(RunReport.Fact("row", "\(example.row)")) }
    return RunReport.Example(title(example), facts, pictures: seen.compactMap { picture(parts[$0]) })
  }

  /// Of the class that was answered.
  private static func score(_ example: Examination.Example) -> Double? {
    guard let answered = example.classes?.answered else { return nil }
    let scores = example.outputs.first { $0.shape.count == 1 && $0.shape[0] > answered }
    return scores?.storage.doubles[answered]
  }

  private static func title(_ example: Examination.Example) -> String {
    guard let classes = example.classes else { return "row \(example.row)" }
    return classes.wanted == classes.answered ? "\(classes.wanted), as answered" : "\(classes.wanted), taken for \(classes.answered)"
  }

  private static func fact(_ tensor: Tensor) -> RunReport.Fact {
    let numbers = tensor.storage.doubles
    let text = numbers.prefix(mostNumbers).map { NumberText.short($0, digits: 3) }.joined(separator: ", ")
    return RunReport.Fact(tensor.name, numbers.count > mostNumbers ? text + ", …" : text)
  }

  private static func picture(_ tensor: Tensor) -> (name: String, picture: Picture)? {
    Picture.layout(of: tensor.shape).map { layout in
      (
        tensor.name,
        Picture(tensor.storage.doubles, channels: layout.channels, height: layout.height, width: layout.width)
      )
    }
  }
}
