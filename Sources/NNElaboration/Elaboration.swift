package import NNGraph
package import NNOperations
package import NNSource
import NNSyntax

/// What becomes of a model's text: the model, or all that is wrong with it.
package struct Elaboration: Sendable {
  /// The model's text, the files it uses and the texts of settings, for rendering diagnostics.
  package var sources: SourceMap
  package var diagnostics: [Diagnostic]
  /// Nil where there are errors, and for a file that only has blocks and lets for others to use.
  package var model: Model?
  /// The calls of the language's functions that made the model's graph, in order.
  package var calls: [CallRecord]

  /// Reads `text` and all that it uses.
  ///
  /// `load` is asked for files by their path below the model's folder.
  package static func run(_ text: ModelText, load: @escaping (_ path: String) -> LoadedFile) -> Elaboration {
    var library = Library(load: load)
    let main = library.addMain(text)
    let settings = Settings(text.settings, recipe: text.recipeLines, library: &library)
    var first = Elaborator(library: library, settings: settings, foreseen: [])
    first.elaborate(main)
    guard first.needsForesight else { return first.finish(defaultName: text.modelName) }
    // Something was named before it was made: once more, knowing what will be made.
    var second = Elaborator(library: library, settings: settings, foreseen: first.parameters)
    second.elaborate(main)
    return second.finish(defaultName: text.modelName)
  }
}

/// The text of a model and what the command line adds to it.
package struct ModelText: Sendable {
  /// As shown to the user; without a `model` statement, the model is called after it.
  package var name: String
  package var bytes: [UInt8]
  /// `--set NAME=VALUE`
  package var settings: [(name: String, value: String)]
  /// Lines that stand in for those of the train block with the same name, such as `("batch", "64")`.
  package var recipeLines: [(name: String, text: String)]

  package init(
    name: String, bytes: [UInt8], settings: [(name: String, value: String)] = [], recipeLines: [(name: String, text: String)] = []
  ) {
    self.name = name
    self.bytes = bytes
    self.settings = settings
    self.recipeLines = recipeLines
  }

  /// The file's name without folder and suffix, with whatever C does not allow in a name as `_`.
  var modelName: String {
    let file = name.split(separator: "/").last ?? "model"
    let stem = file.hasSuffix(".nn") ? file.dropLast(3) : file
    let letters = stem.unicodeScalars.map { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)) ? Character(scalar) : "_"
    }
    let identifier = String(letters)
    if identifier.allSatisfy({ $0 == "_" }) { return "model" }
    return identifier.first?.isNumber == true ? "_" + identifier : identifier
  }
}

/// What a loader answers.
package enum LoadedFile: Sendable {
  case bytes([UInt8])
  /// Why it cannot be read, such as `no such file`.
  case unreadable(String)
}

/// Bounds on unrolling, so that no text can make the compiler run for hours.
enum ElaborationLimit {
  /// Statements carried out, turns of loops, and shares of larger work.
  static let steps = 2_000_000
  /// Expressions and blocks within each other.
  static let depth = 160
  static let files = 200
  /// Numbers written in one list, those of the lists in it included.
  static let listItems = 1_000_000
}
