/// Reads the columns of a CSV file into a data set.
struct CSVReader {
  /// What files put where they have no value.
  fileprivate static let missing: Set<String> = ["", "na", "n/a", "nan", "null", "none", "?", "-"]

  private let plan: CSVPlan
  private var builders: [ColumnBuilder]
  private var count = 0

  static func read(
    _ bytes: ByteBuffer, columns: CSVColumns, ports: [DataPort], precision: RealPrecision
  ) throws(ContentError) -> Dataset {
    try bytes.unzipped().withSpan { (bytes) throws(ContentError) in
      var scanner = CSVScanner(bytes)
      var fields: [CSVScanner.Field] = []
      guard try scanner.next(bytes, into: &fields) else { throw ContentError("it is empty") }
      let (header, hasHeader) = try names(fields, in: bytes)
      let plan = try CSVPlan(header: header, columns: columns, ports: ports)
      var reader = CSVReader(plan: plan, hasHeader: hasHeader, precision: precision)
      if !hasHeader { try reader.append(fields, line: scanner.line, in: bytes) }
      while try scanner.next(bytes, into: &fields) { try reader.append(fields, line: scanner.line, in: bytes) }
      return try reader.dataset()
    }
  }

  /// The names of the columns. A first line of nothing but numbers, and places for them, is data, and the columns are numbered; but not the one that
  /// numbers columns after a nameless one for the lines.
  private static func names(_ fields: [CSVScanner.Field], in bytes: Span<UInt8>) throws(ContentError) -> (names: [String], hasHeader: Bool)
  {
    var names: [String] = []
    var hasHeader = false
    for (index, field) in fields.enumerated() {
      guard let name = CSVScanner.text(field, in: bytes) else {
        throw ContentError("the name of column \(index) is not UTF-8", place: "line 1")
      }
      names.append(name)
      // A number may be one that no program can hold.
      let isName = Double(name.trimmingSpaces) == nil && !missing.contains(name.trimmingSpaces.lowercased())
      if isName && DecimalNumber.parse(bytes, from: field.start, to: field.end) == nil { hasHeader = true }
    }
    if names.first == "", names.count > 1, names.dropFirst().enumerated().allSatisfy({ $1 == String($0) }) { hasHeader = true }
    return hasHeader ? (names, true) : (fields.indices.map(String.init), false)
  }

  private init(plan: CSVPlan, hasHeader: Bool, precision: RealPrecision) {
    self.plan = plan
    builders = plan.fillings.map { filling in
      ColumnBuilder(filling, names: hasHeader ? filling.columns.map { plan.header[$0] } : nil, precision: precision)
    }
  }

  private mutating func append(_ fields: [CSVScanner.Field], line: Int, in bytes: Span<UInt8>) throws(ContentError) {
    guard fields.count == plan.header.count else {
      let found = fields.count == 1 ? "1 field" : "\(fields.count) fields"
      throw ContentError("it has \(found), but the first line has \(plan.header.count)", place: "line \(line)")
    }
    for index in builders.indices {
      if let column = builders[index].append(fields, in: bytes) {
        throw builders[index].error(fields[column], column: column, named: plan.header[column], line: line, in: bytes)
      }
    }
    count += 1
  }

  private func dataset() throws(ContentError) -> Dataset {
    guard count > 0 else { throw ContentError("it has no examples") }
    return Dataset(count: count, columns: builders.map(\.column))
  }
}

/// The values of one port while they are read.
private struct ColumnBuilder {
  private let filling: CSVPlan.Filling
  private let names: [String]?
  private var values: Dataset.Values

  init(_ filling: CSVPlan.Filling, names: [String]?, precision: RealPrecision) {
    self.filling = filling
    self.names = names
    switch (filling.port.kind, precision) {
    case (.classes, _): values = .classes([])
    case (.real, .float32): values = .float32([])
    case (.real, .float64): values = .float64([])
    }
  }

  var column: Dataset.Column { Dataset.Column(port: filling.port, values: values, names: names) }

  /// Appends one example, or returns the index of the column with a value that cannot be used.
  mutating func append(_ fields: [CSVScanner.Field], in bytes: Span<UInt8>) -> Int? {
    switch values {
    case .float32(var array):
      values = .bytes([])  // the array has to have one owner to grow in place
      defer { values = .float32(array) }
      return Self.append(fields, filling.columns, bytes, to: &array) { number in
        let value = Float(number)
        return value.isFinite ? value : nil
      }
    case .float64(var array):
      values = .bytes([])
      defer { values = .float64(array) }
      return Self.append(fields, filling.columns, bytes, to: &array) { $0 }
    case .classes(var array):
      values = .bytes([])
      defer { values = .classes(array) }
      return Self.append(fields, filling.columns, bytes, to: &array) { [limit = classLimit] number in
        Int32(exactly: number).flatMap { $0 >= 0 && Int($0) < limit ? $0 : nil }
      }
    case .bytes, .stored, .parts:
      return nil
    }
  }

  private var classLimit: Int {
    guard case .classes(let limit) = filling.port.kind else { return 0 }
    return limit
  }

  private static func append<Value>(
    _ fields: [CSVScanner.Field], _ columns: [Int], _ bytes: Span<UInt8>, to array: inout [Value], _ convert: (Double) -> Value?
  ) -> Int? {
    for column in columns {
      let field = fields[column]
      guard let number = DecimalNumber.parse(bytes, from: field.start, to: field.end), let value = convert(number) else { return column }
      array.append(value)
    }
    return nil
  }

  func error(_ field: CSVScanner.Field, column: Int, named name: String, line: Int, in bytes: Span<UInt8>) -> ContentError {
    let place = "line \(line), column '\(name)'"
    let text = (CSVScanner.text(field, in: bytes) ?? "bytes that are not UTF-8").trimmingSpaces
    if CSVReader.missing.contains(text.lowercased()) {
      return ContentError("the value is missing (\(text.isEmpty ? "empty" : text))", place: place)
    }
    guard DecimalNumber.parse(bytes, from: field.start, to: field.end) != nil else {
      let help = classLimit > 0 ? "classes are numbers in 0..<\(classLimit)" : nil
      return ContentError("'\(text.prefix(40))' is not a number", place: place, help: help)
    }
    if classLimit > 0 { return ContentError("\(text) is no class in 0..<\(classLimit)", place: place) }
    return ContentError("\(text.prefix(40)) is out of the range of float32", place: place)
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    return String(drop(while: isSpace).reversed().drop(while: isSpace).reversed())
  }
}
