import NNSource

/// Which columns of a CSV file fill which port.
struct CSVPlan {
  struct Filling {
    let port: DataPort
    let columns: [Int]
  }

  let header: [String]
  private(set) var fillings: [Filling] = []

  init(header: [String], columns: CSVColumns, ports: [DataPort]) throws(ContentError) {
    self.header = header
    switch columns {
    case .automatic: try fillByName(ports)
    case .label(let label): try fill(label: label, ports)
    case .ports(let assignments): try fill(assignments, ports)
    }
    for filling in fillings { try checkCount(filling) }
    let order = ports.map(\.name)
    fillings.sort { order.firstIndex(of: $0.port.name) ?? 0 < order.firstIndex(of: $1.port.name) ?? 0 }
  }

  private mutating func fillByName(_ ports: [DataPort]) throws(ContentError) {
    let single = ports.filter { $0.elementCount == 1 && header.contains($0.name) }
    for port in single { fillings.append(Filling(port: port, columns: [try index(of: port.name)])) }
    let open = ports.filter { !single.contains($0) && $0.isRequired }
    let taken = Set(fillings.flatMap(\.columns))
    let free = header.indices.filter { !taken.contains($0) }
    guard open.count <= 1 else {
      let names = open.map(\.title).joined(separator: ", ")
      throw ContentError(
        "the columns do not tell what fills \(names)", help: "name the columns of each: csv(\"file\", x: \"a\"..\"d\", t: \"y\")")
    }
    if let port = open.first {
      guard !free.isEmpty else { throw ContentError("no column is left for \(port.title)") }
      fillings.append(Filling(port: port, columns: free))
    }
  }

  private mutating func fill(label: String, _ ports: [DataPort]) throws(ContentError) {
    let inputs = ports.filter { $0.role == .input }
    let targets = ports.filter { $0.role == .target }
    guard inputs.count == 1, targets.count <= 1 else {
      throw ContentError(
        "'label:' is for a model with one input and one target; this one has \(inputs.count) and \(targets.count)",
        help: "name the columns of each: csv(\"file\", x: \"a\"..\"d\", t: \"y\")")
    }
    // Data for a prediction may come without its label.
    let labelColumn = targets.contains(where: \.isRequired) || header.contains(label) ? try index(of: label) : nil
    for port in ports {
      if port.role == .input {
        fillings.append(Filling(port: port, columns: header.indices.filter { $0 != labelColumn }))
      } else if let labelColumn {
        fillings.append(Filling(port: port, columns: [labelColumn]))
      }
    }
  }

  private mutating func fill(_ assignments: [CSVColumns.Assignment], _ ports: [DataPort]) throws(ContentError) {
    for assignment in assignments {
      guard let port = ports.first(where: { $0.name == assignment.port }) else {
        throw ContentError(
          "columns are given for '\(assignment.port)', which is no input or target of the model",
          help: didYouMean(assignment.port, among: ports.map(\.name)))
      }
      guard port.isRequired || assignment.columns.allSatisfy(exists) else { continue }
      var columns: [Int] = []
      for selection in assignment.columns { columns += try indexes(of: selection) }
      fillings.append(Filling(port: port, columns: columns))
    }
    let filled = Set(fillings.map(\.port.name))
    if let port = ports.first(where: { $0.isRequired && !filled.contains($0.name) }) {
      throw ContentError("no columns are given for \(port.title)")
    }
  }

  private func exists(_ selection: CSVColumns.Selection) -> Bool {
    switch selection {
    case .column(let name): header.contains(name)
    case .range(let first, let last): header.contains(first) && header.contains(last)
    }
  }

  private func indexes(of selection: CSVColumns.Selection) throws(ContentError) -> [Int] {
    switch selection {
    case .column(let name):
      return [try index(of: name)]
    case .range(let first, let last):
      let (lower, upper) = (try index(of: first), try index(of: last))
      guard lower <= upper else { throw ContentError("column '\(first)' comes after '\(last)'", place: "line 1") }
      return Array(lower...upper)
    }
  }

  private func index(of name: String) throws(ContentError) -> Int {
    let found = header.indices.filter { header[$0] == name }
    guard let index = found.first else {
      let names = header.count <= 12 ? header : Array(header.prefix(11)) + ["..."]
      let isOne = header.count == 1
      let listed = isOne ? "its only column is '\(header[0])'; commas separate columns" : "its columns are " + names.joined(separator: ", ")
      throw ContentError("there is no column '\(name)'", place: "line 1", help: didYouMean(name, among: header) ?? listed)
    }
    guard found.count == 1 else { throw ContentError("there are \(found.count) columns '\(name)'", place: "line 1") }
    return index
  }

  private func checkCount(_ filling: Filling) throws(ContentError) {
    let port = filling.port
    guard filling.columns.count != port.elementCount else { return }
    let found = filling.columns.count == 1 ? "1 column fills" : "\(filling.columns.count) columns fill"
    throw ContentError("\(found) \(port.title), which takes \(port.elementCount) numbers (\(port.shape))", place: "line 1")
  }
}
