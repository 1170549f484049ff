import NNGraph
import NNOperations
import NNSource
import NNSyntax

/// What an expression stands for while a model is elaborated.
enum Item: Sendable {
  /// Known at compile time.
  case number(Double)
  case tensor(Value)
  /// Written in brackets: extents, items of a loop, or a tensor if all are numbers.
  case list(ItemList)
  /// `lower..<upper`
  case span(Int, Int)
  case tuple([Item])
  case text(String)
  /// A word with a meaning in some arguments only, such as `same`.
  case word(String)
  case initializer(InitializerChoice)
  /// `weights`
  case weights([Value])
  /// Could not be found out, which has been reported. Whatever it meets is silent.
  case poison

  var isPoison: Bool {
    if case .poison = self { return true }
    return false
  }

  /// The shape of a number, or of nested lists of numbers with equally long rows; nil for anything else.
  var literalShape: [Int]? {
    switch self {
    case .number: return []
    case .list(let list):
      let inner = list.items.map(\.literalShape)
      guard let first = inner.first, let shape = first, inner.allSatisfy({ $0 == first }) else { return nil }
      return [list.items.count] + shape
    default: return nil
    }
  }

  /// How an error message names it.
  func description(in graph: GraphBuilder) -> String {
    switch self {
    case .number: "a number"
    case .tensor(let value): "a value of shape \(graph.shape(value))"
    case .list: "a list"
    case .span: "a range"
    case .tuple(let items): "\(items.count) values"
    case .text: "a text"
    case .word(let word): "'\(word)'"
    case .initializer: "an initial value"
    case .weights: "the group of all weights"
    case .poison: "nothing"
    }
  }

  /// Words that mean something without being bound.
  static let words: Set<String> = ["true", "false", "same", "reversed", "he", "xavier", "zeros", "ones"]
}

/// The items between brackets. Lists can hold lists that a loop has built, so how deep and how large they are is kept with them.
struct ItemList: Sendable {
  let items: [Item]
  /// 1 for a list without lists.
  let depth: Int
  /// The numbers and other items in it and the lists in it.
  let count: Int

  /// Nil where the list would be too large to be looked through.
  init?(_ items: [Item]) {
    var depth = 0
    var count = 0
    for item in items {
      guard case .list(let inner) = item else {
        count += 1
        continue
      }
      depth = max(depth, inner.depth)
      count += inner.count
    }
    guard depth < Limits.rank, count <= ElaborationLimit.listItems else { return nil }
    self.items = items
    self.depth = depth + 1
    self.count = count
  }
}

/// A name and what it stands for.
struct Binding: Sendable {
  enum Kind: String, Sendable {
    case input = "an input"
    case target = "a target"
    case parameter = "a parameter"
    case state = "a state"
    case constant = "a let"
    case variable = "a value"
    case counter = "a loop's counter"
  }

  var item: Item
  var kind: Kind
  /// Where the name is given.
  var range: SourceRange

  /// Inputs, parameters and the like stand for the same thing everywhere.
  var isDeclared: Bool {
    switch kind {
    case .input, .target, .parameter, .state: true
    case .constant, .variable, .counter: false
    }
  }
}

/// An argument of a call, evaluated.
struct CallArgument: Sendable {
  var label: NameSyntax?
  var item: Item
  var range: SourceRange
  /// The name it was given by, if it is just that.
  var name: String?
  /// Whether it came through a pipe, so that its text stands before the call.
  var isPiped = false
}

/// A block or layer of the model itself.
enum ModelFunction: Sendable {
  case block(BlockSyntax, range: SourceRange)
  /// By number.
  case layer(Int)
}

/// `layer NAME = ...`, its arguments evaluated.
struct LayerDefinition: Sendable {
  struct Stage: Sendable {
    var function: NameSyntax
    var arguments: [CallArgument]
    var range: SourceRange
  }

  var name: String
  /// Of its parameters' names.
  var prefix: String
  var stages: [Stage]
  var range: SourceRange
  var uses = 0
}

/// Names by which things are found: the model's own, or those of one use of a block.
struct Scope: Sendable {
  var values: [String: Binding] = [:]
  var functions: [String: ModelFunction] = [:]
  /// Before the names of parameters declared here; nil at the top.
  var parameterPrefix: String?
}

/// Where calls are counted for the names of their parameters: the model, or one use of a layer.
struct NamingContext: Sendable {
  /// With its dot, such as `embed.`; empty for the model.
  var prefix = ""
  /// Calls so far, by kind.
  var counts: [String: Int] = [:]
  /// Whether parameters of these names may exist already, from earlier uses of the layer.
  var isReuse = false
  /// Parameters met in this use of the layer, each of which can be met just once.
  var met: Set<String> = []

  /// The next name of a kind, such as `embed.dense2`.
  mutating func next(_ kind: String) -> String {
    let count = (counts[kind] ?? 0) + 1
    counts[kind] = count
    return "\(prefix)\(kind)\(count)"
  }
}
