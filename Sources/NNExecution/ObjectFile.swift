/// What an ELF64 relocatable object of libtcc holds: the parts that are loaded, their symbols, and where addresses go in.
struct ObjectFile {
  enum Placement { case code, data, zeros }

  struct Section {
    let placement: Placement
    let contents: Range<Int>
    let size: Int
    let alignment: Int
  }

  struct Symbol {
    let name: String
    /// Index of the section that defines it; nil when another program has to.
    let section: Int?
    let value: Int
    let isGlobalFunction: Bool
  }

  struct Relocation {
    let section: Int
    let offset: Int
    let kind: UInt32
    let symbol: Int
    let addend: Int
  }

  let bytes: [UInt8]
  private(set) var sections: [Int: Section] = [:]
  private(set) var symbols: [Symbol] = []
  private(set) var relocations: [Relocation] = []

  init(bytes: [UInt8]) throws(ExecutionError) {
    self.bytes = bytes
    try readHeader()
  }
}

extension ObjectFile {
  /// The fields of a section header, as they stand in the file.
  private struct Header {
    let type: UInt32
    let flags: UInt64
    let offset: Int
    let size: Int
    let link: Int
    let info: Int
    let alignment: Int
  }

  private mutating func readHeader() throws(ExecutionError) {
    guard bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]) else { throw Self.malformed("no ELF64 header") }
    let table = try integer(UInt64.self, at: 40)
    let count = Int(try load(UInt16.self, at: 60))
    var headers: [Header] = []
    for index in 0..<count { headers.append(try header(at: table + index * 64)) }
    for (index, header) in headers.enumerated() { sections[index] = try section(header) }
    for header in headers where header.type == ELF.symbolTable {
      guard headers.indices.contains(header.link) else { throw Self.malformed("symbol names are missing") }
      try readSymbols(header, names: headers[header.link])
    }
    for header in headers where header.type == ELF.relocations && sections[header.info] != nil {
      try readRelocations(header)
    }
  }

  private func header(at offset: Int) throws(ExecutionError) -> Header {
    Header(
      type: try load(UInt32.self, at: offset + 4),
      flags: try load(UInt64.self, at: offset + 8),
      offset: try integer(UInt64.self, at: offset + 24),
      size: try integer(UInt64.self, at: offset + 32),
      link: Int(try load(UInt32.self, at: offset + 40)),
      info: Int(try load(UInt32.self, at: offset + 44)),
      alignment: try integer(UInt64.self, at: offset + 48))
  }

  /// The section as something to load, or nil when it only serves the linker.
  private func section(_ header: Header) throws(ExecutionError) -> Section? {
    guard header.flags & ELF.allocated != 0, header.type == ELF.contents || header.type == ELF.zeros else { return nil }
    let isZero = header.type == ELF.zeros
    let placement: Placement = header.flags & ELF.executable != 0 ? .code : isZero ? .zeros : .data
    let end = header.offset.addingReportingOverflow(header.size)
    guard isZero || (!end.overflow && end.partialValue <= bytes.count) else { throw Self.malformed("a section is cut off") }
    return Section(
      placement: placement,
      contents: isZero ? 0..<0 : header.offset..<end.partialValue,
      size: header.size,
      alignment: max(header.alignment, 1))
  }

  private mutating func readSymbols(_ table: Header, names: Header) throws(ExecutionError) {
    for offset in stride(from: table.offset, to: table.offset + table.size, by: 24) {
      let info = try load(UInt8.self, at: offset + 4)
      let home = Int(try load(UInt16.self, at: offset + 6))
      let name = try string(at: names.offset + Int(try load(UInt32.self, at: offset)))
      guard home != ELF.commonSection else { throw Self.malformed("'\(name)' has no initial value") }
      symbols.append(
        Symbol(
          name: name,
          section: sections[home] == nil ? nil : home,
          value: try integer(UInt64.self, at: offset + 8),
          isGlobalFunction: info == ELF.globalFunction))
    }
  }

  private mutating func readRelocations(_ table: Header) throws(ExecutionError) {
    for offset in stride(from: table.offset, to: table.offset + table.size, by: 24) {
      let info = try load(UInt64.self, at: offset + 8)
      relocations.append(
        Relocation(
          section: table.info,
          offset: try integer(UInt64.self, at: offset),
          kind: UInt32(truncatingIfNeeded: info),
          symbol: Int(info >> 32),
          addend: Int(try load(Int64.self, at: offset + 16))))
    }
  }
}

extension ObjectFile {
  static func malformed(_ what: String) -> ExecutionError {
    .rejected(compiler: "the loader", messages: ["libtcc wrote an object that cannot be loaded: \(what)"])
  }

  private func load<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type, at offset: Int) throws(ExecutionError) -> Number {
    guard offset >= 0, offset <= bytes.count - MemoryLayout<Number>.size else { throw Self.malformed("it is cut off") }
    return bytes.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Number.self)) }
  }

  /// A number that is used as a size or an offset; kept below 2^48, so that sums of a few cannot overflow.
  private func integer(_ type: UInt64.Type, at offset: Int) throws(ExecutionError) -> Int {
    let value = try load(type, at: offset)
    guard value < 1 << 48 else { throw Self.malformed("a size is out of range") }
    return Int(value)
  }

  private func string(at start: Int) throws(ExecutionError) -> String {
    guard bytes.indices.contains(start), let end = bytes[start...].firstIndex(of: 0) else {
      throw Self.malformed("a name is cut off")
    }
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }
}

/// The numbers of the ELF format that matter here.
private enum ELF {
  static let contents: UInt32 = 1
  static let symbolTable: UInt32 = 2
  static let relocations: UInt32 = 4
  static let zeros: UInt32 = 8
  static let allocated: UInt64 = 2
  static let executable: UInt64 = 4
  static let commonSection = 0xFFF2
  /// Global binding, function type.
  static let globalFunction: UInt8 = 0x12
}
