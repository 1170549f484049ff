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

  private var roots: [(label: String, value: Value)] { GraphPicture.roots(of: model) }

  private var reached: [(id: Int, node: Node)] {
    let graph = model.graph.graph
    let isReached = graph.reachable(from: roots.map(\.value))
    return graph.nodes.indices.filter { isReached[$0] }.map { ($0, graph.nodes[$0]) }
  }

  var name: String { model.name }

  var picture: GraphPicture { GraphPicture(model, comment) }

  // MARK: DOT

  /// In Graphviz's language.
  package var dot: String {
    let picture = picture
    var text = "digraph \(Self.quoted(model.name)) {\n  rankdir = TB;\n"
    text += "  node [shape = box, style = filled, fontname = \"Helvetica\", fontsize = 10];\n"
    for (index, box) in picture.boxes.enumerated() {
      let shape = box.kind == .result ? "shape = oval, " : ""
      text += "  v\(index) [\(shape)fillcolor = \"\(box.kind.fill)\", label = \(Self.quoted(box.lines.joined(separator: "\n")))];\n"
    }
    for arrow in picture.arrows { text += "  v\(arrow.from) -> v\(arrow.to);\n" }
    return text + "}\n"
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
