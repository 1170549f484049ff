/// The inputs, and which of their axes is that of the examples.
extension Importer {
  mutating func declareInputs(_ extents: [String: Int]) {
    let ports = file.graph.inputs.filter { values[$0.name] == nil }.map { port in
      var port = port
      port.extents = port.extents?.map { extent in
        if case .symbol(let name) = extent, let number = extents[name] { return .number(number) }
        return extent
      }
      return port
    }
    let symbol = examplesSymbol(ports)
    let symbols = Set(file.graph.inputs.flatMap { $0.extents ?? [] }.compactMap(\.symbol))
    for name in extents.keys.sorted() where !symbols.contains(name) {
      let known = symbols.filter { !$0.isEmpty }.sorted().joined(separator: ", ")
      report("there is no axis '\(name)' to set", help: known.isEmpty ? nil : "the open axes are \(known)")
    }
    for port in ports { declare(port, examples: symbol) }
    let open = Set(ports.flatMap { $0.extents ?? [] }.compactMap(\.symbol).filter { $0 != symbol && !$0.isEmpty })
    for name in open.sorted() { report("the extent of axis '\(name)' is open", help: "--set \(name)=16 gives it") }
  }

  /// The name of the axis of the examples; nil where it is the first axis of each input, whatever its extent.
  private func examplesSymbol(_ ports: [ONNXPort]) -> String? {
    let first = ports.first { !($0.extents ?? []).isEmpty }?.extents ?? []
    if let name = first.first?.symbol, !name.isEmpty { return name }
    if case .number? = first.first {
      let open = Set(ports.flatMap { $0.extents ?? [] }.compactMap(\.symbol).filter { !$0.isEmpty })
      return open.count == 1 ? open.first : nil
    }
    return nil
  }

  private mutating func declare(_ port: ONNXPort, examples symbol: String?) {
    guard let extents = port.extents else { return report("the shape of input '\(port.name)' is not known") }
    let place = symbol.flatMap { name in extents.firstIndex { $0 == .symbol(name) } } ?? 0
    guard !extents.isEmpty else { return report("input '\(port.name)' is one number, which has no axis of examples") }
    if case .number(let number) = extents[place] {
      if script.inputs.isEmpty { examples = number }
      guard examples == number else {
        return report(
          "input '\(port.name)' is of \(number) examples, others of \(examples == Self.openExamples ? "any number" : "\(examples)")")
      }
    } else if !script.inputs.isEmpty, examples != Self.openExamples {
      return report("input '\(port.name)' is of any number of examples, others of \(examples)")
    }
    var shape: [Int] = []
    for (axis, extent) in extents.enumerated() {
      if axis == place {
        shape.append(examples)
      } else if case .number(let number) = extent {
        shape.append(number)
      } else {
        shape.append(1)
      }
      if axis != place, extent == .symbol("") { report("the extent of axis \(axis) of input '\(port.name)' is open") }
    }
    guard shape.count <= 9, (try? Extents.check(shape)) != nil else { return report("input '\(port.name)' is too large: \(shape)") }
    let kind: Traced.Kind
    switch port.type {
    case .float32?, .float64?, .float16?, .bfloat16?: kind = .real
    case .bool?: kind = .truth
    case .text?, nil: return report("input '\(port.name)' holds no numbers")
    default: kind = .classes(input: script.inputs.count)
    }
    let name = script.unique(port.name, else: "x", isPort: true)
    if name != port.name { note("input '\(port.name)' is called '\(name)'") }
    let traced = Traced(phrase: .text(name), shape: shape, batch: BatchAxis(axis: place), kind: kind, examples: examples)
    script.inputs.append(Script.Input(name: name, shape: traced.local))
    values[port.name] = .traced(traced)
  }
}

extension ONNXPort.Extent {
  var symbol: String? { if case .symbol(let name) = self { name } else { nil } }
}
