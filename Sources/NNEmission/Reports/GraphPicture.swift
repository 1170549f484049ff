import NNGraph
import NNSource

/// A model's graph as boxes and arrows, whatever draws them.
struct GraphPicture {
  struct Box {
    enum Kind { case parameter, input, operation, result }

    var kind: Kind
    /// What it is, its type, its place in the text.
    var lines: [String]
    /// Whether it depends on no input, so that it belongs where it is read.
    var isLoose = false
  }

  struct Arrow: Hashable {
    var from: Int
    var to: Int
  }

  /// In an order in which arrows only go forward.
  private(set) var boxes: [Box] = []
  private(set) var arrows: [Arrow] = []
  private let model: Model
  private let comment: SourceComment
  /// The box of each node that has one.
  private var places: [Int: Int] = [:]

  init(_ model: Model, _ comment: SourceComment) {
    self.model = model
    self.comment = comment
    let roots = Self.roots(of: model)
    let graph = model.graph.graph
    let isReached = graph.reachable(from: roots.map(\.value))
    let isRoot = Set(roots.map(\.value.id))
    for id in graph.nodes.indices where isReached[id] && (isRoot.contains(id) || number(Value(id)) == nil) { addNode(id) }
    for root in roots { addResult(root.label, of: root.value) }
  }

  /// What is made of the graph, and called how.
  static func roots(of model: Model) -> [(label: String, value: Value)] {
    model.losses.map { ("loss \($0.name)", $0.value) } + model.metrics.map { ("metric \($0.name)", $0.value) }
      + model.outputs.map { ("output \($0.name)", $0.value) }
      + model.states.compactMap { state in state.next.map { ("next \(state.name)", $0) } }
  }

  private mutating func addNode(_ id: Int) {
    let node = model.graph.graph[Value(id)]
    let box = boxes.count
    var drawn: Set<Int> = []
    for input in node.inputs {
      guard let place = places[input.id], drawn.insert(place).inserted else { continue }
      arrows.append(Arrow(from: place, to: box))
    }
    places[id] = box
    let kind = kind(node)
    boxes.append(Box(kind: kind, lines: lines(node), isLoose: kind != .input && drawn.allSatisfy { boxes[$0].isLoose }))
  }

  private mutating func addResult(_ label: String, of value: Value) {
    guard let place = places[value.id] else { return }
    arrows.append(Arrow(from: place, to: boxes.count))
    boxes.append(Box(kind: .result, lines: [label]))
  }

  private func kind(_ node: Node) -> Box.Kind {
    guard case .source(let argument) = node.operation.lowering else { return .operation }
    return argument.role == .parameter ? .parameter : .input
  }

  // MARK: Text

  private func lines(_ node: Node) -> [String] {
    [title(node)] + details(node) + [node.type.description] + (node.range.flatMap(comment.place).map { [$0] } ?? [])
  }

  private func title(_ node: Node) -> String {
    if case .source(let argument) = node.operation.lowering { return "\(argument.role.rawValue) \(node.name ?? "")" }
    let name = node.name.map { "\($0) = " } ?? ""
    return name + (number(node).map(\.plain) ?? expression(node))
  }

  private func expression(_ node: Node) -> String {
    let mnemonic = Swift.type(of: node.operation).mnemonic
    let operands = node.inputs.map { number($0).map(\.plain) ?? "·" }
    guard operands.contains(where: { $0 != "·" }) else { return mnemonic }
    let isInfix = operands.count == 2 && !(mnemonic.first?.isLetter ?? true)
    return isInfix ? operands.joined(separator: " \(mnemonic) ") : "\(mnemonic)(\(operands.joined(separator: ", ")))"
  }

  /// What an operation's name leaves open; of products and sums, over which axes.
  private func details(_ node: Node) -> [String] {
    switch node.operation.lowering {
    case .contraction, .reduction, .draw: [node.operation.attributes]
    default: []
    }
  }

  /// A number that is the same everywhere stands in the boxes that read it.
  private func number(_ value: Value) -> Double? { number(model.graph.graph[value]) }

  private func number(_ node: Node) -> Double? {
    if case .constant(let number) = node.operation.lowering { number } else { nil }
  }
}
