/// Examples in memory, in the order of their file: one column for every port that the source has.
package struct Dataset: Equatable, Sendable {
  package enum Values: Equatable, Sendable {
    case float32([Float])
    case float64([Double])
    /// Image bytes: 0...255 stand for 0...1. They take a quarter of the memory that the reals would.
    case bytes([UInt8])
    case classes([Int32])
    /// Reals that stay in their file.
    case stored(StoredNumbers)
    /// One after the other, where some of them stay in their files.
    case parts([Part])

    /// The numbers in all examples.
    package var count: Int {
      switch self {
      case .float32(let values): values.count
      case .float64(let values): values.count
      case .bytes(let values): values.count
      case .classes(let values): values.count
      case .stored(let values): values.count * values.width
      case .parts(let parts): parts.reduce(0) { $0 + $1.values.count }
      }
    }
  }

  package struct Part: Equatable, Sendable {
    /// The number of its first example.
    let first: Int
    let values: Values
  }

  package struct Column: Equatable, Sendable {
    package let port: DataPort
    package let values: Values
    /// Numbers in an example.
    package let width: Int
    /// What its file calls them, if it does.
    let names: [String]?

    init(port: DataPort, values: Values, names: [String]? = nil) {
      self.port = port
      self.values = values
      self.names = names
      width = port.elementCount
    }
  }

  /// Number of examples.
  package let count: Int
  package let columns: [Column]
  /// The first example of each file but the first.
  package let starts: [Int]

  init(count: Int, columns: [Column], starts: [Int] = []) {
    precondition(columns.allSatisfy { $0.values.count == count * $0.port.elementCount }, "columns differ in length")
    self.count = count
    self.columns = columns
    self.starts = starts
  }

  /// The examples of all parts in order: what not every part has is left out.
  init(joining parts: [Dataset]) {
    precondition(!parts.isEmpty, "nothing to join")
    let columns = parts[0].columns.compactMap { first -> Column? in
      let columns = parts.compactMap { $0[first.port.name] }
      guard columns.count == parts.count else { return nil }
      guard columns.count > 1 else { return first }
      return Column(port: first.port, values: Values(joining: columns))
    }
    var (count, starts) = (0, [Int]())
    for part in parts {
      starts += [count] + part.starts.map { count + $0 }
      count += part.count
    }
    self.init(count: count, columns: columns, starts: Array(starts.dropFirst()))
  }

  package subscript(name: String) -> Column? {
    columns.first { $0.port.name == name }
  }
}

extension Dataset.Column {
  /// The bytes that an example takes in memory that a program reads.
  package func exampleSize(_ precision: RealPrecision) -> Int {
    if case .classes = port.kind { return width * MemoryLayout<Int32>.size }
    return width * (precision == .float32 ? MemoryLayout<Float>.size : MemoryLayout<Double>.size)
  }

  /// Fails if a file that the examples stay in has become shorter, so that some that were copied are not its own.
  package func checkFile() throws(DataError) { try values.checkFile() }
}

extension Dataset.Values {
  /// One after the other: in one array if they are of one type and in memory, else as they are.
  fileprivate init(joining columns: [Dataset.Column]) {
    let parts = columns.map(\.values)
    let bytes = parts.compactMap { if case .bytes(let values) = $0 { values } else { nil } }
    let classes = parts.compactMap { if case .classes(let values) = $0 { values } else { nil } }
    let singles = parts.compactMap { if case .float32(let values) = $0 { values } else { nil } }
    let doubles = parts.compactMap { if case .float64(let values) = $0 { values } else { nil } }
    switch parts.count {
    case bytes.count: self = .bytes(Array(bytes.joined()))
    case classes.count: self = .classes(Array(classes.joined()))
    case singles.count: self = .float32(Array(singles.joined()))
    case doubles.count: self = .float64(Array(doubles.joined()))
    default:
      var first = 0
      self = .parts(
        columns.map { column in
          defer { first += column.values.count / max(column.width, 1) }
          return Dataset.Part(first: first, values: column.values)
        })
    }
  }

  fileprivate func checkFile() throws(DataError) {
    switch self {
    case .stored(let numbers): try numbers.checkFile()
    case .parts(let parts): for part in parts { try part.values.checkFile() }
    case .float32, .float64, .bytes, .classes: break
    }
  }
}
