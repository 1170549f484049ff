import NNData
package import NNGraph
import NNSource

/// Gives a source as it is written in a model its meaning.
struct SourceReading {
  private let description: DataDescription
  /// `cifar10` has a folder of both training and test data.
  private let part: DataSource.Part
  private let portNames: [String]

  init(_ description: DataDescription, part: DataSource.Part, portNames: [String]) {
    self.description = description
    self.part = part
    self.portNames = portNames
  }

  func source() throws(TrainingError) -> DataSource {
    let given = description.named.map(\.name)
    if let twice = given.indices.first(where: { given[..<$0].contains(given[$0]) }) { throw error("'\(given[twice])' is given twice") }
    switch description.kind {
    case .csv:
      let columns = try columns()
      return try each { .csv(path: $0, columns: columns) }
    case .idx: return try images()
    case .cifar10:
      try refuseNames()
      return try each { .cifar10(path: $0, part: part) }
    case .images:
      try refuseNames()
      return try each { .images(path: $0) }
    case .npz:
      let names = try names()
      return try each { .npz(path: $0, names: names) }
    case .safetensors:
      let names = try names()
      return try each { .safetensors(path: $0, names: names) }
    case .rows: return .rows(try rows())
    case .random: return .random(count: try randomCount())
    case .file: return try file()
    }
  }

  private var word: String { description.kind.rawValue }

  private func error(_ message: String, help: String? = nil) -> TrainingError {
    TrainingError(message, range: description.range, help: help)
  }

  // MARK: Files

  private func file() throws(TrainingError) -> DataSource {
    let path = try onlyPath()
    if let source = DataSource(fileName: path) { return source }
    throw TrainingError(
      "the name does not say what kind of data this is", path: path,
      help: "known are names that end in \(DataSource.knownFileEndings.joined(separator: ", ")), and sources such as 'npz(\"\(path)\")'")
  }

  /// The source that a file is; with several files, all of them in order.
  private func each(_ source: (String) -> DataSource) throws(TrainingError) -> DataSource {
    guard description.positional.count == 1, case .list = description.positional[0] else { return source(try path()) }
    guard let names = fileNames(description.positional[0]) else { throw error("'\(word)' takes file names in double quotes") }
    guard !names.isEmpty else { throw error("'\(word)' takes one file name at least") }
    return .several(names.map(source))
  }

  private func path() throws(TrainingError) -> String {
    guard description.positional.count == 1, case .string(let path) = description.positional[0] else {
      throw error("'\(word)' takes one file name, as in \(word)(\"data/file\")")
    }
    return path
  }

  private func onlyPath() throws(TrainingError) -> String {
    try refuseNames()
    return try path()
  }

  private func refuseNames() throws(TrainingError) {
    if let extra = description.named.first { throw error("'\(word)' takes no '\(extra.name)'") }
  }

  private func images() throws(TrainingError) -> DataSource {
    let order = ["images", "labels"]
    guard description.positional.count <= order.count else { throw error("'idx' takes a file of images and one of labels") }
    var paths = [String: DataDescription.Argument](uniqueKeysWithValues: zip(order, description.positional))
    for (name, value) in description.named {
      guard order.contains(name) else { throw error("'idx' takes no '\(name)'", help: didYouMean(name, among: order)) }
      guard paths.updateValue(value, forKey: name) == nil else { throw error("'\(name)' is given by place and by name") }
    }
    guard let images = paths["images"].flatMap(fileNames), !images.isEmpty else {
      throw error("'idx' takes a file of images, as in idx(\"images-idx3-ubyte.gz\", \"labels-idx1-ubyte.gz\")")
    }
    guard let given = paths["labels"] else { return joined(images.map { .idx(images: $0, labels: nil) }) }
    guard let labels = fileNames(given) else { throw error("the labels of 'idx' are a file name in double quotes, or a list of them") }
    guard labels.count == images.count else {
      throw error("each file of images has one of labels, but here \(images.count) come with \(labels.count)")
    }
    return joined(zip(images, labels).map { .idx(images: $0, labels: $1) })
  }

  /// One file name or a list of them.
  private func fileNames(_ value: DataDescription.Argument) -> [String]? {
    switch value {
    case .string(let name): return [name]
    case .list(let items):
      let names = items.compactMap { if case .string(let name) = $0 { name } else { nil } }
      return names.count == items.count ? names : nil
    default: return nil
    }
  }

  private func joined(_ sources: [DataSource]) -> DataSource { sources.count == 1 ? sources[0] : .several(sources) }

  // MARK: Columns and tensors by port

  private func checkPort(_ name: String) throws(TrainingError) {
    guard !portNames.contains(name) else { return }
    let known = portNames.isEmpty ? "the model has no inputs and targets" : "they are \(portNames.joined(separator: ", "))"
    throw error("the model has no input or target '\(name)'", help: didYouMean(name, among: portNames) ?? known)
  }

  private func columns() throws(TrainingError) -> CSVColumns {
    guard !description.named.isEmpty else { return .automatic }
    if description.named.count == 1, description.named[0].name == "label", !portNames.contains("label") {
      guard case .string(let label) = description.named[0].value else { throw error("'label' is the name of a column in double quotes") }
      return .label(label)
    }
    var assignments: [CSVColumns.Assignment] = []
    for (name, value) in description.named {
      try checkPort(name)
      assignments.append(CSVColumns.Assignment(port: name, columns: try selections(value)))
    }
    return .ports(assignments)
  }

  private func selections(_ value: DataDescription.Argument) throws(TrainingError) -> [CSVColumns.Selection] {
    switch value {
    case .string(let name): return [.column(name)]
    case .strings(let first, let last): return [.range(first, last)]
    case .list(let parts):
      var columns: [CSVColumns.Selection] = []
      for part in parts { columns += try selections(part) }
      return columns
    case .number, .name: throw error("columns are named in double quotes: \"a\", \"a\"..\"d\" or [\"a\", \"b\"]")
    }
  }

  private func names() throws(TrainingError) -> [String: String] {
    var names: [String: String] = [:]
    for (port, value) in description.named {
      try checkPort(port)
      guard case .string(let name) = value else { throw error("'\(port)' is the name of an array in double quotes") }
      names[port] = name
    }
    return names
  }

  // MARK: Without a file

  private func rows() throws(TrainingError) -> [Tensor] {
    guard description.positional.isEmpty else { throw error("'rows' takes each list by name, as in rows(x: [[0, 1], [1, 0]])") }
    var tensors: [Tensor] = []
    for (name, value) in description.named {
      try checkPort(name)
      var literal = NestedNumbers()
      guard literal.append(value, depth: 0), !literal.shape.isEmpty else {
        throw error("the rows of '\(name)' are no list of numbers with equally long lists on each level")
      }
      tensors.append(Tensor(name: name, shape: literal.shape, storage: .float64(literal.numbers)))
    }
    return tensors
  }

  private func randomCount() throws(TrainingError) -> Int {
    guard description.named.isEmpty, description.positional.count == 1, case .number(let number) = description.positional[0],
      let count = Int(exactly: number), (1...Limits.elements).contains(count)
    else { throw error("'random' takes a number of examples, as in random(1000)") }
    return count
  }
}

/// Lists of lists of numbers, and the shape they have.
private struct NestedNumbers {
  private(set) var shape: [Int] = []
  private(set) var numbers: [Double] = []
  /// Whether the first number has been met, so that the shape is known.
  private var isShapeKnown = false

  /// False for anything that is not a number in equally long lists.
  mutating func append(_ value: DataDescription.Argument, depth: Int) -> Bool {
    switch value {
    case .number(let number):
      guard depth == shape.count else { return false }
      isShapeKnown = true
      numbers.append(number)
      return true
    case .list(let parts):
      if depth == shape.count {
        guard !isShapeKnown, !parts.isEmpty else { return false }
        shape.append(parts.count)
      }
      guard depth < Limits.rank, shape[depth] == parts.count else { return false }
      for part in parts where !append(part, depth: depth + 1) { return false }
      return true
    case .string, .strings, .name: return false
    }
  }
}

extension DataDescription {
  /// A file whose name says what it is, as `--data` takes it. Unlike those in a model, its path is relative to the working directory.
  package static func file(_ path: String) -> DataDescription {
    DataDescription(kind: .file, positional: [.string(path)], named: [], range: nil)
  }

  /// Of a file that was named on a command line.
  package var path: String? {
    guard isFromCommandLine, case .string(let path)? = positional.first else { return nil }
    return path
  }

  /// Whether its path is relative to the working directory.
  var isFromCommandLine: Bool { kind == .file && range == nil }
}
