/// Checks what every pass must keep: inputs come first, types follow from the operation, nothing unresolved is left for the schedule.
package struct GraphVerifier {
  package var allowsModes: Bool

  package init(allowsModes: Bool) { self.allowsModes = allowsModes }

  /// What is wrong with the graph; empty where it is sound.
  package func problems(in graph: Graph) -> [String] {
    var problems: [String] = []
    for (id, node) in graph.nodes.enumerated() {
      let title = "v\(id) \(type(of: node.operation).mnemonic)"
      if node.inputs.contains(where: { $0.id >= id || $0.id < 0 }) {
        problems.append("\(title) uses a later value")
        continue
      }
      do {
        let type = try node.operation.resultType(node.inputs.map { graph.type($0) })
        if type != node.type { problems.append("\(title) is \(node.type), but its operation makes \(type)") }
      } catch {
        problems.append("\(title): \(error.message)")
      }
      if !allowsModes, isUnresolved(node) { problems.append("\(title) is not resolved") }
    }
    return problems
  }

  private func isUnresolved(_ node: Node) -> Bool {
    switch node.operation.lowering {
    case .modal, .stop: true
    default: false
    }
  }
}
