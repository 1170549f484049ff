/// Collects nodes and constants, and gives every value a name of its own.
struct ONNXGraphWriter {
  private(set) var graph = ONNXGraph()
  private var taken: Set<String> = []
  private var counts: [String: Int] = [:]
  /// Names of constants by what they hold.
  private var known: [String: String] = [:]

  /// Keeps a name for what has to be called so.
  mutating func reserve(_ name: String) { taken.insert(name) }

  mutating func unique(_ wanted: String) -> String {
    var name = wanted
    while !taken.insert(name).inserted {
      counts[wanted, default: 1] += 1
      name = "\(wanted)_\(counts[wanted, default: 2])"
    }
    return name
  }

  /// Adds a node with one result and returns that one's name.
  mutating func add(_ type: String, _ inputs: [String], _ attributes: ONNXAttribute...) -> String {
    add(type, inputs, attributes, results: 1)[0]
  }

  /// Adds a node and returns the names of its results, some of which nobody may ask for.
  mutating func add(_ type: String, _ inputs: [String], _ attributes: [ONNXAttribute], results: Int) -> [String] {
    let name = unique(type.lowercased())
    let outputs = [name] + (1..<max(results, 1)).map { unique("\(name)_\($0)") }
    var node = ONNXNode(type, inputs, outputs, attributes)
    node.name = name
    graph.nodes.append(node)
    return outputs
  }

  /// Calls the result of the last node, which is `name`, differently. False where the last node made another value.
  mutating func rename(_ name: String, to wanted: String) -> Bool {
    guard let last = graph.nodes.indices.last, graph.nodes[last].outputs == [name] else { return false }
    graph.nodes[last].outputs = [wanted]
    return true
  }

  mutating func addInput(_ port: ONNXPort) { graph.inputs.append(port) }
  mutating func addOutput(_ port: ONNXPort) { graph.outputs.append(port) }
  mutating func nameGraph(_ name: String) { graph.name = name }

  /// A named tensor of weights, made once.
  mutating func weight(_ name: String, _ shape: [Int], _ numbers: () -> [Double]) -> String {
    if let known = known["weight \(name)"] { return known }
    let unique = unique(name)
    known["weight \(name)"] = unique
    graph.initializers.append(.reals(unique, shape, numbers()))
    return unique
  }

  mutating func real(_ number: Double) -> String { reals([number], []) }

  mutating func reals(_ numbers: [Double], _ shape: [Int]) -> String {
    constant("reals \(shape) \(numbers.map { Float($0).bitPattern })", "constant") { .reals($0, shape, numbers) }
  }

  /// A list of whole numbers.
  mutating func integers(_ numbers: [Int], _ shape: [Int]? = nil) -> String {
    let shape = shape ?? [numbers.count]
    return constant("integers \(shape) \(numbers)", "integers") { .integers($0, shape, numbers) }
  }

  private mutating func constant(_ key: String, _ wanted: String, _ make: (String) -> ONNXTensor) -> String {
    if let name = known[key] { return name }
    let name = unique(wanted)
    known[key] = name
    graph.nodes.append(ONNXNode("Constant", [], [name], [ONNXAttribute("value", .tensor(make(name)))]))
    return name
  }
}
