import NNOperations
import NNSyntax

/// The words that editors colour, each kind in the order of the alphabet.
package enum LanguageWords {
  /// They begin statements.
  package static let statements = Keyword.allCases.map(\.rawValue).sorted()
  /// They begin the lines of a recipe.
  package static let recipeLines = Elaborator.recipeWords.sorted()
  /// Where data comes from.
  package static let sources = Elaborator.sources.sorted()
  package static let optimizers = Optimizers.rules.map { $0.name }.sorted()
  package static let schedules = Schedules.rules.map(\.name).sorted()
  /// Functions of the language, those of numbers and of initial values included.
  package static let functions = Set(Catalogue.names + Elaborator.plainFunctions).sorted()
  /// Names that mean something without being bound.
  package static let constants = (Item.words.subtracting(Catalogue.names) + ["weights"]).sorted()

  package static let all = [statements, recipeLines, sources, optimizers, schedules, functions, constants]
}
