import NNGraph
import NNTraining

/// What an option such as `--data` names: a file whose name tells its kind, or a source as a train block would have it.
package enum DataArgument: Hashable, Sendable {
  case file(String)
  case source(String)

  /// A source is a name with its arguments in parentheses, `csv("d.csv", label: "y")`, or tries to be. Files may have parentheses in their
  /// names, but these end otherwise.
  init(_ text: String) {
    let name = text.drop { $0 == " " }.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    let rest = text.drop { $0 == " " }.dropFirst(name.count).drop { $0 == " " }
    let last = text.last { $0 != " " } ?? " "
    let isCall = !name.isEmpty && rest.hasPrefix("(") && (last.isPunctuation || !text.contains("."))
    self = isCall ? .source(text) : .file(text)
  }

  /// Of a bare file.
  var path: String? { if case .file(let path) = self { path } else { nil } }

  /// What the model's recipe cannot hold, since no line of it is a bare file.
  var description: DataDescription? {
    path.map { .file($0) }
  }

  /// The line of the recipe that names the source.
  func line(named name: String) -> RecipeLine? {
    guard case .source(let text) = self else { return nil }
    return RecipeLine(name: name, text: text)
  }
}
