extension Graph {
  /// One line per node that the roots depend on: name or number, type, operation and inputs.
  package func dump(roots: [(name: String, value: Value)], line: (Node) -> String?) -> String {
    let isReached = reachable(from: roots.map(\.value))
    var names: [Int: String] = [:]
    var uses: [String: Int] = [:]
    var text = ""
    for id in nodes.indices where isReached[id] {
      let node = nodes[id]
      let name = unique(node.name ?? "v\(id)", &uses)
      names[id] = name
      let inputs = node.inputs.map { names[$0.id] ?? "v\($0.id)" }.joined(separator: ", ")
      let attributes = node.operation.attributes.isEmpty ? "" : " {\(node.operation.attributes)}"
      let place = line(node).map { "  # \($0)" } ?? ""
      text += "\(name): \(node.type) = \(Swift.type(of: node.operation).mnemonic)(\(inputs))\(attributes)\(place)\n"
    }
    for root in roots { text += "\(root.name) <- \(names[root.value.id] ?? "v\(root.value.id)")\n" }
    return text
  }

  private func unique(_ name: String, _ uses: inout [String: Int]) -> String {
    let count = (uses[name] ?? 0) + 1
    uses[name] = count
    return count == 1 ? name : "\(name)'\(count)"
  }
}
