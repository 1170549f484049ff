import NNGraph
package import NNSchedule
package import NNSource

/// A model's graph for programs that draw graphs.
package struct GraphDrawing {
  private let model: Model
  private let comment: SourceComment

  package init(_ compiled: CompiledModel, sources: SourceMap) {
    model = compiled.model
    comment = SourceComment(sources)
  }

  private var roots: [(label: String, value: Value)] {
    model.losses.map { ("loss \($0.name)", $0.value) } + model.metrics.map { ("metric \($0.name)", $0.value) }
      + model.outputs.map { ("output \($0.name)", $0.value) }
  }

  private var reached: [(id: Int, node: Node)] {
    let graph = model.graph.graph
    let isReached = graph.reachable(from: roots.map(\.value))
    return graph.nodes.indices.filter { isReached[$0] }.map { ($0, graph.nodes[$0]) }
  }

  // MARK: DOT

  /// In Graphviz's language.
  package var dot: String {
    var text = "digraph \(Self.quoted(model.name)) {\n  rankdir = TB;\n  node [shape = box, fontname = \"Helvetica\", fontsize = 10];\n"
    for (id, node) in reached { text += "  v\(id) [\(Self.style(node)), label = \(Self.quoted(label(node)))];\n" }
    for (id, node) in reached { for input in node.inputs { text += "  v\(input.id) -> v\(id);\n" } }
    for (index, root) in roots.enumerated() {
      text += "  r\(index) [shape = oval, label = \(Self.quoted(root.label))];\n  v\(root.value.id) -> r\(index);\n"
    }
    return text + "}\n"
  }

  private func label(_ node: Node) -> String {
    let operation = Swift.type(of: node.operation).mnemonic
    let name = node.name.map { "\($0) = " } ?? ""
    let place = node.range.flatMap(comment.place).map { "\n\($0)" } ?? ""
    return "\(name)\(operation)\n\(node.type)\(place)"
  }

  private static func style(_ node: Node) -> String {
    guard case .source(let argument) = node.operation.lowering else { return "style = solid" }
    return argument.role == .parameter ? "style = \"filled\", fillcolor = \"#dde8f5\"" : "style = \"filled\", fillcolor = \"#e6f2df\""
  }

  /// Between quotes, on one line.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case _ where scalar.value < 32 || scalar.value == 127: result += "\\u" + Self.hexadecimal(scalar.value)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private static func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 4 - digits.count) + digits
  }

  // MARK: JSON

  /// One JSON document: the nodes in an order in which inputs come first, and what is made of them.
  package var json: String {
    let nodes = reached.map { "    " + object($0.id, $0.node) }.joined(separator: ",\n")
    let ends = roots.map { "    {\"name\": \(Self.quoted($0.label)), \"node\": \($0.value.id)}" }.joined(separator: ",\n")
    return "{\n  \"model\": \(Self.quoted(model.name)),\n  \"nodes\": [\n\(nodes)\n  ],\n  \"results\": [\n\(ends)\n  ]\n}\n"
  }

  private func object(_ id: Int, _ node: Node) -> String {
    var fields = ["\"id\": \(id)", "\"operation\": \(Self.quoted(Swift.type(of: node.operation).mnemonic))"]
    if !node.operation.attributes.isEmpty { fields.append("\"attributes\": \(Self.quoted(node.operation.attributes))") }
    if let name = node.name { fields.append("\"name\": \(Self.quoted(name))") }
    fields.append("\"shape\": [\(node.type.shape.dimensions.map(String.init).joined(separator: ", "))]")
    fields.append("\"per_example\": \(node.type.isBatched)")
    if case .integer(let classes) = node.type.element { fields.append("\"classes\": \(classes)") }
    fields.append("\"inputs\": [\(node.inputs.map { String($0.id) }.joined(separator: ", "))]")
    if let place = node.range.flatMap(comment.place) { fields.append("\"line\": \(Self.quoted(place))") }
    return "{\(fields.joined(separator: ", "))}"
  }
}
