import NNGraph
import NNOperations
import NNSource
import NNSyntax

/// Carries out the statements of a model, once each and loops turn by turn, and builds its graph as it goes.
///
/// An error is reported where it is found and leaves an ``Item/poison`` behind, so that the rest of the model is still checked and no error has
/// two reports. This file holds the state and what all parts need; the parts are the extensions.
struct Elaborator {
  let library: Library
  let settings: Settings
  /// The parameters that an earlier elaboration found, for texts that name them before they are made.
  let foreseen: [Parameter]

  var graph = GraphBuilder()
  var diagnostics: [Diagnostic] = []
  private var reported: [Diagnostic.Severity: Set<SourceRange>] = [:]
  private(set) var isStopped = false
  private var steps = 0
  private var depth = 0

  var scopes = [Scope()]
  var context = NamingContext()
  var layers: [LayerDefinition] = []
  /// Names of which `gradient` takes derivatives: their values must stay what they are, whatever algebra would make of them.
  var differentiatedNames: Set<String> = []
  var isLibraryText = true
  private var usedFiles: Set<Int> = []
  private var usedLets: Set<Int> = []
  var loops = LoopState()
  /// The call whose value a metric finishes (a root taken last), while its expression is evaluated.
  var finishedCall: SourceRange?
  /// The uses of blocks and layers around this place.
  var callSites: [NameSyntax] = []

  var modelName: NameSyntax?
  var inputs: [Port] = []
  var targets: [Port] = []
  var parameters: [Parameter] = []
  var parameterNumbers: [String: Int] = [:]
  /// The parameters of a call, by the prefix of their names.
  var parameterGroups: [String: [Int]] = [:]
  /// The saved statistics of a call, likewise.
  var statisticGroups: [String: [Int]] = [:]
  var states: [StateSlot] = []
  var stateNumbers: [Value: Int] = [:]
  var stateNames: [String: Int] = [:]
  var losses: [PendingLoss] = []
  var metrics: [Metric] = []
  var outputs: [NamedValue] = []
  var bindingOrder: [String] = []
  var recipeLines: [RecipeLineSyntax]?
  var recipeRange: SourceRange?
  /// What the train block, which may come last, says about the inputs.
  var normalization: NormalizationRule?
  var normalizations: [Normalization] = []
  var calls: [CallRecord] = []
  var nextSite = 0
  var appliedSettings: Set<String> = []

  /// Names that nothing has, each of which is reported once.
  var unknownNames: Set<String> = []

  /// Parameters named before they were made, and how many weights there were when `weights` was first used.
  var unforeseenNames: [NameSyntax] = []
  var fewestWeights: Int?

  init(library: Library, settings: Settings, foreseen: [Parameter]) {
    self.library = library
    self.settings = settings
    self.foreseen = foreseen
  }
}

// MARK: - Reports

extension Elaborator {
  /// One error per place: a statement in a loop or block fails the same way at every turn.
  @discardableResult
  mutating func report(_ diagnostic: Diagnostic) -> Item {
    guard let range = diagnostic.range else {
      diagnostics.append(diagnostic)
      return .poison
    }
    guard reported[diagnostic.severity, default: []].insert(range).inserted else { return .poison }
    var diagnostic = diagnostic
    if let site = callSites.last, site.range != range { diagnostic.notes.append(.init("in '\(site.text)', used here", at: site.range)) }
    diagnostics.append(diagnostic)
    return .poison
  }

  @discardableResult
  mutating func report(_ message: String, at range: SourceRange, notes: [Diagnostic.Note] = [], help: String? = nil) -> Item {
    report(.error(message, at: range, notes: notes, help: help))
  }

  mutating func warn(_ message: String, at range: SourceRange, help: String? = nil) {
    report(.warning(message, at: range, help: help))
  }

  /// Gives up: the rest of the text is not looked at.
  mutating func stop(_ message: String, at range: SourceRange, help: String? = nil) {
    guard !isStopped else { return }
    isStopped = true
    report(message, at: range, help: help)
  }

  /// Notes that say where the shapes of these arguments come from.
  func origins(of arguments: [CallArgument]) -> [Diagnostic.Note] {
    arguments.compactMap { argument in
      guard case .tensor(let value) = argument.item else { return nil }
      let kind = described(graph.type(value))
      if let name = argument.name, let binding = find(name) {
        return .init("'\(name)'\(kind) comes from here", at: binding.range)
      }
      return argument.isPiped ? .init("the input\(kind) comes from here", at: argument.range) : nil
    }
  }

  private func described(_ type: ValueType) -> String {
    guard case .integer(let classes) = type.element else { return " of shape \(type.shape)" }
    return type.shape.rank == 0 ? ", a class," : ", \(type.shape) of class(\(classes)),"
  }
}

// MARK: - Bounds

extension Elaborator {
  /// Counts work; false once there has been too much of it.
  mutating func spend(_ count: Int = 1, at range: SourceRange) -> Bool {
    steps += count
    if steps > ElaborationLimit.steps {
      stop("the model is too long when its loops are unrolled: more than \(ElaborationLimit.steps) steps", at: range)
    } else if graph.graph.count > Limits.nodes {
      stop("the model is too large when its loops are unrolled: more than \(Limits.nodes) nodes", at: range)
    }
    return !isStopped
  }

  /// How many more steps there can be.
  var remainingSteps: Int { max(0, ElaborationLimit.steps - steps) }

  /// One level deeper; false where that is too deep.
  mutating func enter(at range: SourceRange) -> Bool {
    guard !isStopped else { return false }
    guard depth < ElaborationLimit.depth else {
      stop(
        "blocks and expressions are nested more than \(ElaborationLimit.depth) deep", at: range,
        help: "does a block use itself without an end?")
      return false
    }
    depth += 1
    return true
  }

  mutating func leave() { depth -= 1 }
}

// MARK: - Names

extension Elaborator {
  var isInBlock: Bool { scopes.count > 1 }

  /// What a name stands for here. Within a block, the model's values are not seen, but its numbers and declarations are.
  func find(_ name: String) -> Binding? {
    if let binding = scopes[scopes.count - 1].values[name] { return binding }
    guard isInBlock, let binding = scopes[0].values[name] else { return nil }
    return binding.isDeclared || binding.kind == .constant ? binding : nil
  }

  func findFunction(_ name: String) -> ModelFunction? {
    scopes[scopes.count - 1].functions[name] ?? scopes[0].functions[name]
  }

  /// Binds a name in the current scope, unless it stands for something that stays.
  mutating func bind(_ name: NameSyntax, _ item: Item, as kind: Binding.Kind) {
    let level = scopes.count - 1
    if let known = scopes[level].values[name.text], known.isDeclared || kind != .variable && kind != .counter && known.range != name.range {
      report(
        "'\(name.text)' is \(known.kind.rawValue) and cannot be bound again", at: name.range,
        notes: [.init("'\(name.text)' is declared here", at: known.range)])
      return
    }
    if kind == .variable, case .layer(let number)? = scopes[level].functions[name.text] {
      report(
        "'\(name.text)' is a layer and cannot be bound again", at: name.range,
        notes: [.init("'\(name.text)' is declared here", at: layers[number].range)])
      return
    }
    let item = named(item, name.text)
    if level == 0, kind == .variable, scopes[0].values[name.text]?.kind != .variable { bindingOrder.append(name.text) }
    scopes[level].values[name.text] = Binding(item: item, kind: kind, range: name.range)
  }

  /// A value under the model's name for it, and protected if a derivative by it is taken.
  private mutating func named(_ item: Item, _ name: String) -> Item {
    guard case .tensor(var value) = item else { return item }
    if differentiatedNames.contains(name), graph.type(value).element == .real { value = graph.tap(value) }
    if !isInBlock { graph.name(value, name) }
    return .tensor(value)
  }
}

// MARK: - Files

extension Elaborator {
  /// Carries out the text of the model itself.
  mutating func elaborate(_ file: Int) {
    differentiatedNames = DifferentiatedNames.collect(in: library.files.values.map(\.statements))
    declareBlocks(of: file, isMain: true)
    normalization = foreseenNormalization(in: library.files[file]?.statements ?? [])
    if let statements = library.files[file]?.statements { _ = execute(statements) }
  }

  /// Blocks may be used before their place in the text, and by the files that bring them in.
  private mutating func declareBlocks(of number: Int, isMain: Bool) {
    guard usedFiles.insert(number).inserted, let file = library.files[number] else { return }
    for statement in file.statements {
      switch statement.kind {
      case .block(let block): declare(block, range: statement.range)
      case .use(let name):
        if let used = file.uses[name.text] { declareBlocks(of: used, isMain: false) }
      case .constant, .model: break
      default:
        if !isMain { report("a file that is used can only have blocks and lets", at: statement.range) }
      }
    }
  }

  private mutating func declare(_ block: BlockSyntax, range: SourceRange) {
    if case .block(let other, _)? = scopes[0].functions[block.name.text] {
      report(
        "there is a block '\(block.name.text)' already", at: block.name.range,
        notes: [.init("'\(block.name.text)' is declared here", at: other.name.range)])
      return
    }
    var names: Set<String> = []
    for parameter in block.parameters where !names.insert(parameter.name.text).inserted {
      report("'\(parameter.name.text)' is a parameter of '\(block.name.text)' already", at: parameter.name.range)
    }
    scopes[0].functions[block.name.text] = .block(block, range: range)
  }

  /// `use`: the lets of another file, once.
  mutating func use(_ name: StringSyntax) {
    guard let number = library.files[name.range.file]?.uses[name.text], usedLets.insert(number).inserted else { return }
    for statement in library.files[number]?.statements ?? [] {
      switch statement.kind {
      case .use(let inner): use(inner)
      case .constant(let name, let value): declareConstant(name, value)
      default: break
      }
    }
  }
}
