extension DataSource {
  /// Reads the examples that fill the ports of a model.
  ///
  /// - Parameters:
  ///   - ports: what the model takes; a port that is not required may be missing from the result.
  ///   - folder: where relative paths start; the working directory if it is empty.
  ///   - seed: decides about made-up examples.
  ///   - largestInMemory: the examples of files with more bytes stay there, where their format allows it.
  package func load(
    for ports: [DataPort], relativeTo folder: String, precision: RealPrecision, seed: UInt64 = 0,
    largestInMemory: Int = ByteBuffer.largestInMemory
  ) throws(DataError) -> Dataset {
    let loader = DataLoader(ports: ports, folder: folder, precision: precision, largestInMemory: largestInMemory)
    switch self {
    case .csv(let path, let columns): return try loader.csv(path, columns)
    case .idx(let images, let labels): return try loader.idx(images, labels)
    case .cifar10(let path, let part): return try loader.cifar10(path, part)
    case .npz(let path, let names): return try loader.npz(path, names)
    case .npy(let path): return try loader.npy(path)
    case .safetensors(let path, let names): return try loader.safetensors(path, names)
    case .rows(let tensors): return try loader.rows(tensors)
    case .random(let count): return try loader.random(count, seed)
    case .images(let path): return try loader.images(path)
    case .several(let sources):
      try loader.checkClasses(of: sources)
      let parts = try sources.map { (source) throws(DataError) in
        try source.load(for: ports, relativeTo: folder, precision: precision, seed: seed, largestInMemory: largestInMemory)
      }
      try loader.checkNames(of: zip(sources, parts).map { ($0, $1) })
      return Dataset(joining: parts)
    }
  }
}

/// Reads sources for the ports of one model.
private struct DataLoader {
  let ports: [DataPort]
  let folder: String
  let precision: RealPrecision
  let largestInMemory: Int

  func csv(_ path: String, _ columns: CSVColumns) throws(DataError) -> Dataset {
    try reading(path) { (bytes) throws(ContentError) in
      try CSVReader.read(bytes, columns: columns, ports: ports, precision: precision)
    }
  }

  func idx(_ images: String, _ labels: String?) throws(DataError) -> Dataset {
    var columns = [
      try onlyColumn(.input, images) { (bytes) throws(ContentError) in .encoded(try IDXArray.read(bytes.unzipped(), name: "")) }
    ]
    if let labels, ports.contains(where: { $0.role == .target }) {
      columns.append(
        try onlyColumn(.target, labels) { (bytes) throws(ContentError) in .encoded(try IDXArray.read(bytes.unzipped(), name: "")) })
    }
    return try dataset(columns, path: labels ?? images)
  }

  func npy(_ path: String) throws(DataError) -> Dataset {
    let column = try onlyColumn(.input, path) { (bytes) throws(ContentError) in .encoded(try NumPyArray.read(bytes, name: "")) }
    return try dataset([column], path: path)
  }

  func cifar10(_ path: String, _ part: DataSource.Part) throws(DataError) -> Dataset {
    let isFile = path.hasSuffix(".bin")
    let paths = isFile ? [path] : part == .training ? CIFARRecords.trainingFiles(in: path) : CIFARRecords.testFiles(in: path)
    return try Dataset(joining: paths.map(cifarFile))
  }

  private func cifarFile(_ path: String) throws(DataError) -> Dataset {
    let columns = try reading(path) { (bytes) throws(ContentError) in
      let (images, labels) = try CIFARRecords.read(bytes)
      var columns = [try column(onlyPort(.input), images, .flattening)]
      if ports.contains(where: { $0.role == .target }) { columns.append(try column(onlyPort(.target), labels, .flattening)) }
      return columns
    }
    return try dataset(columns, path: path)
  }

  func images(_ path: String) throws(DataError) -> Dataset {
    let folder = try ImageFolder(absolute(path))
    let port = try located(in: path) { () throws(ContentError) in try onlyPort(.input) }
    let pixels = try folder.pixels(for: port)
    var columns = [Dataset.Column(port: port, values: .bytes(pixels))]
    if let labels = folder.labels, ports.contains(where: { $0.role == .target }) {
      columns.append(
        try located(in: path) { () throws(ContentError) in
          let target = try onlyPort(.target)
          guard target.kind == .classes(folder.classes.count) else { throw folder.mismatch(with: target) }
          return Dataset.Column(port: target, values: .classes(labels))
        })
    }
    return try dataset(columns, path: path)
  }

  /// Folders of pictures that make one source have the same classes.
  func checkClasses(of sources: [DataSource]) throws(DataError) {
    var first: (path: String, classes: [String])?
    for case .images(let path) in sources {
      let classes = try ImageFolder(absolute(path)).classes
      guard let known = first else {
        first = (path, classes)
        continue
      }
      guard known.classes == classes else {
        throw ContentError("its classes are not those of '\(known.path)'", help: "folders of one name are one class").inFile(absolute(path))
      }
    }
  }

  /// Columns that are not named one by one are taken by their places, which have to be those of the same columns in all files.
  func checkNames(of parts: [(source: DataSource, examples: Dataset)]) throws(DataError) {
    var first: [String: (path: String, names: [String])] = [:]
    for case (.csv(let path, _), let examples) in parts {
      for column in examples.columns {
        guard let names = column.names else { continue }
        guard let known = first[column.port.name] else {
          first[column.port.name] = (path, names)
          continue
        }
        guard let place = zip(known.names, names).first(where: { $0 != $1 }) else { continue }
        throw ContentError(
          "column '\(place.1)' is where '\(known.path)' has '\(place.0)', for \(column.port.title)", place: "line 1",
          help: "columns that are listed are found by their names: x: [\"a\", \"b\"]"
        ).inFile(absolute(path))
      }
    }
  }

  func safetensors(_ path: String, _ names: [String: String]) throws(DataError) -> Dataset {
    let columns = try reading(path) { (bytes) throws(ContentError) in
      let tensors = try Safetensors.encoded(bytes).tensors
      return try named(names, kind: "tensor", rule: .equal, available: tensors.map(\.name)) { name in
        tensors.first { $0.name == name }.map { .encoded($0) }
      }
    }
    return try dataset(columns, path: path)
  }

  func npz(_ path: String, _ names: [String: String]) throws(DataError) -> Dataset {
    let columns = try reading(path) { (bytes) throws(ContentError) in
      let archive = try ZipArchive(bytes)
      let available = archive.entries.map(\.name).filter { $0.hasSuffix(".npy") }.map { String($0.dropLast(4)) }
      return try named(names, kind: "array", rule: .flattening, available: available) { (name) throws(ContentError) in
        guard let entry = archive.entries.first(where: { $0.name == name + ".npy" }) else { return nil }
        return .encoded(try NumPyArray.read(archive.contents(entry), name: name))
      }
    }
    return try dataset(columns, path: path)
  }

  func rows(_ tensors: [Tensor]) throws(DataError) -> Dataset {
    let columns = try located(in: "rows(...)", isFile: false) { () throws(ContentError) in
      try named([:], kind: "value", rule: .equal, available: tensors.map(\.name)) { name in
        tensors.first { $0.name == name }.map { .tensor($0) }
      }
    }
    return try dataset(columns, path: "rows(...)", isFile: false)
  }

  func random(_ count: Int, _ seed: UInt64) throws(DataError) -> Dataset {
    let elements = ElementCount.of([count, ports.map(\.elementCount).max() ?? 0])
    guard count > 0, let elements, elements <= 1 << 32 else {
      throw ContentError("\(count) made-up examples cannot be had").inFile("random(\(count))")
    }
    let columns = ports.enumerated().map { index, port in
      Dataset.Column.random(port, count: count, precision: precision, seed: seed &+ UInt64(index) &* 0x632B_E59B_D9B4_E019)
    }
    return Dataset(count: count, columns: columns)
  }
}

extension DataLoader {
  /// The columns of a source that names its arrays.
  private func named(
    _ names: [String: String], kind: String, rule: ShapeRule, available: [String], _ find: (String) throws(ContentError) -> ColumnContent?
  ) throws(ContentError) -> [Dataset.Column] {
    if let stranger = names.keys.sorted().first(where: { name in !ports.contains { $0.name == name } }) {
      throw ContentError("'\(stranger)' is no input or target of the model")
    }
    var columns: [Dataset.Column] = []
    for port in ports {
      let name = names[port.name] ?? port.name
      guard let content = try located(try find(name), kind, name) else {
        guard port.isRequired else { continue }
        let list = available.isEmpty ? "it has none" : "it has " + available.sorted().prefix(12).joined(separator: ", ")
        throw ContentError("there is no \(kind) '\(name)' for \(port.title)", help: list)
      }
      do throws(ContentError) {
        columns.append(try column(port, content, rule))
      } catch {
        throw error.inside("\(kind) '\(name)'")
      }
    }
    return columns
  }

  private func located(_ find: @autoclosure () throws(ContentError) -> ColumnContent?, _ kind: String, _ name: String) throws(ContentError)
    -> ColumnContent?
  {
    do throws(ContentError) {
      return try find()
    } catch {
      throw error.place == nil ? error.inside("\(kind) '\(name)'") : error
    }
  }

  private func column(_ port: DataPort, _ content: ColumnContent, _ rule: ShapeRule) throws(ContentError) -> Dataset.Column {
    try Dataset.Column(port, from: content, shapes: rule, precision: precision)
  }

  /// The column of a file that holds one array, for the only port of its role.
  private func onlyColumn(
    _ role: DataPort.Role, _ path: String, _ read: (ByteBuffer) throws(ContentError) -> ColumnContent
  ) throws(DataError) -> Dataset.Column {
    try reading(path) { (bytes) throws(ContentError) in try column(onlyPort(role), read(bytes), .flattening) }
  }

  private func onlyPort(_ role: DataPort.Role) throws(ContentError) -> DataPort {
    let matching = ports.filter { $0.role == role }
    guard let port = matching.first, matching.count == 1 else {
      let word = role == .input ? "input" : "target"
      throw ContentError("it fills the only \(word) of a model, but this one has \(matching.count)")
    }
    return port
  }

  private func dataset(_ columns: [Dataset.Column], path: String, isFile: Bool = true) throws(DataError) -> Dataset {
    try located(in: path, isFile: isFile) { () throws(ContentError) in
      let filled = Set(columns.map(\.port.name))
      if let port = ports.first(where: { $0.isRequired && !filled.contains($0.name) }) {
        throw ContentError("it has nothing for \(port.title)")
      }
      let counts = columns.map { $0.values.count / max($0.port.elementCount, 1) }
      guard let count = counts.first else { throw ContentError("it has nothing that the model takes") }
      if let other = counts.firstIndex(where: { $0 != count }) {
        throw ContentError("\(columns[0].port.title) has \(count) examples, but \(columns[other].port.title) has \(counts[other])")
      }
      return Dataset(count: count, columns: columns)
    }
  }

  private func reading<Result>(_ path: String, _ body: (ByteBuffer) throws(ContentError) -> Result) throws(DataError) -> Result {
    let bytes = try ByteBuffer(contentsOf: absolute(path), largestInMemory: largestInMemory)
    // What a file that is cut short meanwhile seems to hold is not worth telling.
    let result = Swift.Result { () throws(ContentError) in try body(bytes) }
    try bytes.checkFile()
    return try located(in: path) { () throws(ContentError) in try result.get() }
  }

  private func located<Result>(
    in path: String, isFile: Bool = true, _ body: () throws(ContentError) -> Result
  ) throws(DataError) -> Result {
    do throws(ContentError) {
      return try body()
    } catch {
      throw error.inFile(isFile ? absolute(path) : path)
    }
  }

  private func absolute(_ path: String) -> String {
    path.hasPrefix("/") || folder.isEmpty ? path : folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)"
  }
}
