/// What a compiler made of a program.
package struct CompiledSizes: Sendable {
  package let compiler: String
  package let object: ObjectSizes
  /// Bytes of stack that each function takes for itself.
  package let stack: [String: Int]

  /// Reads what compilers write about stacks: `program.c:12:5:name<tab>48<tab>static`.
  static func stack(_ text: String) -> [String: Int] {
    let lines = text.split(whereSeparator: \.isNewline).map { $0.split(separator: "\t") }
    return Dictionary(
      lines.compactMap { parts in
        guard parts.count >= 2, let name = parts[0].split(separator: ":").last, let bytes = Int(parts[1]) else { return nil }
        return (String(name), bytes)
      }
    ) { max($0, $1) }
  }
}

/// How much there is of what in an ELF object file, by the machine's memory and by symbol.
package struct ObjectSizes: Sendable {
  package enum Kind: Sendable {
    /// Flash: instructions, and numbers that never change.
    case code, constants
    /// RAM: what has a value to begin with, which is in flash too, and what begins with zeros.
    case data, zeros
  }

  package struct Symbol: Sendable {
    package let name: String
    package let kind: Kind
    package let bytes: Int
  }

  /// All bytes of a kind, padding included.
  package private(set) var totals: [Kind: Int] = [:]
  package private(set) var symbols: [Symbol] = []
  /// What has to come from elsewhere.
  package private(set) var undefined: [String] = []

  private struct Section {
    let type: Int
    let kind: Kind?
    let offset: Int
    let size: Int
    let link: Int
  }

  package init(_ bytes: [UInt8]) throws(ExecutionError) {
    guard bytes.count >= 64, bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]), bytes[5] == 1, bytes[4] == 1 || bytes[4] == 2 else {
      throw Self.unreadable
    }
    let reader = ELFReader(bytes: bytes, isWide: bytes[4] == 2)
    let table = try reader.word(at: 24 + 2 * reader.wordSize)
    let sizes = reader.isWide ? (header: 58, section: 64) : (header: 46, section: 40)
    let count = try reader.number(at: sizes.header + 2, bytes: 2)
    var sections: [Section] = []
    for index in 0..<count { sections.append(try Self.section(reader, at: table + index * sizes.section)) }
    for section in sections {
      if let kind = section.kind { totals[kind, default: 0] += section.size }
    }
    for section in sections where section.type == 2 {
      guard sections.indices.contains(section.link) else { throw Self.unreadable }
      try readSymbols(reader, section, names: sections[section.link], sections)
    }
  }

  private static func section(_ reader: ELFReader, at start: Int) throws(ExecutionError) -> Section {
    let word = reader.wordSize
    let type = try reader.number(at: start + 4, bytes: 4)
    let flags = try reader.word(at: start + 8)
    var kind: Kind?
    // Allocated: executable, writable, with or without bytes in the file.
    if flags & 2 != 0 { kind = flags & 4 != 0 ? .code : flags & 1 == 0 ? .constants : type == 8 ? .zeros : .data }
    return Section(
      type: type, kind: kind, offset: try reader.word(at: start + 8 + 2 * word), size: try reader.word(at: start + 8 + 3 * word),
      link: try reader.number(at: start + 8 + 4 * word, bytes: 4))
  }

  private mutating func readSymbols(
    _ reader: ELFReader, _ table: Section, names: Section, _ sections: [Section]
  ) throws(ExecutionError) {
    let size = reader.isWide ? 24 : 16
    for start in stride(from: table.offset + size, to: table.offset + table.size - size + 1, by: size) {
      let info = try reader.number(at: start + (reader.isWide ? 4 : 12), bytes: 1)
      let home = try reader.number(at: start + (reader.isWide ? 6 : 14), bytes: 2)
      let bytes = try reader.word(at: start + (reader.isWide ? 16 : 8))
      let name = try reader.text(at: names.offset + (try reader.number(at: start, bytes: 4)))
      if home == 0, info >> 4 != 0 { undefined.append(name) }
      // Variables and functions.
      guard [1, 2].contains(info & 15), sections.indices.contains(home), let kind = sections[home].kind else { continue }
      symbols.append(Symbol(name: name, kind: kind, bytes: bytes))
    }
  }

  fileprivate static let unreadable = ExecutionError.rejected(
    compiler: "the compiler", messages: ["its object file is not of the kind whose sizes can be read (ELF)"])
}

/// Numbers of a file that may hold anything.
private struct ELFReader {
  let bytes: [UInt8]
  /// Whether addresses have 64 bits.
  let isWide: Bool

  var wordSize: Int { isWide ? 8 : 4 }

  func word(at offset: Int) throws(ExecutionError) -> Int { try number(at: offset, bytes: wordSize) }

  /// Below 2^40, so that no sum of them can overflow.
  func number(at offset: Int, bytes count: Int) throws(ExecutionError) -> Int {
    guard offset >= 0, offset <= bytes.count - count else { throw ObjectSizes.unreadable }
    let value = (0..<count).reduce(UInt64(0)) { $0 | UInt64(bytes[offset + $1]) << (8 * UInt64($1)) }
    guard value < 1 << 40 else { throw ObjectSizes.unreadable }
    return Int(value)
  }

  func text(at start: Int) throws(ExecutionError) -> String {
    guard bytes.indices.contains(start), let end = bytes[start...].firstIndex(of: 0) else { throw ObjectSizes.unreadable }
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }
}
