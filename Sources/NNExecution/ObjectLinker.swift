/// Places an object in memory and writes the addresses in: a linker for what libtcc emits on x86-64.
///
/// libtcc could load its own output, but would make the pages writable and executable at once, and would end the process
/// when the system refuses that.
struct ObjectLinker {
  private let object: ObjectFile
  private let externals: [String: UInt]
  /// Offset of every loaded section: in the code pages for code, in the data pages for the rest.
  private var offsets: [Int: Int] = [:]
  private var codeLength = 0
  private var dataLength = 0
  /// Offset in the data pages of the slot that holds the address of a symbol.
  private var slots: [Int: Int] = [:]
  /// Offset in the code pages of the jump to a symbol that is too far away for a direct call.
  private var jumps: [Int: Int] = [:]

  /// Functions that are made as the program asks for them, by name, and their offsets in the code pages.
  private var made: [String: (code: [UInt8], offset: Int)] = [:]

  /// - Parameter make: the code of a function by name, of those that are not externals.
  init(object: ObjectFile, externals: [String: UInt], make: (String) -> [UInt8]?) {
    self.object = object
    self.externals = externals
    for symbol in object.symbols where symbol.section == nil && externals[symbol.name] == nil && made[symbol.name] == nil {
      if let code = make(symbol.name) { made[symbol.name] = (code, 0) }
    }
  }

  /// The loaded code. Throws when the object uses a name that nobody defines.
  mutating func link() throws(ExecutionError) -> LinkedCode {
    try checkSymbols()
    placeSections()
    placeSlotsAndJumps()
    let pages = try ExecutablePages(codeLength: codeLength, dataLength: dataLength)
    pages.withBytes { copySections(to: $0, data: Int(pages.dataAddress - pages.address)) }
    writeSlotsAndJumps(pages)
    for relocation in object.relocations { try apply(relocation, in: pages) }
    try pages.seal()
    return LinkedCode(pages: pages, functions: functions(in: pages))
  }

  private func checkSymbols() throws(ExecutionError) {
    guard object.relocations.allSatisfy({ object.symbols.indices.contains($0.symbol) }) else {
      throw ObjectFile.malformed("an address refers to no symbol")
    }
    let missing = Set(object.relocations.map { object.symbols[$0.symbol] }.filter { $0.section == nil }.map(\.name))
      .filter { externals[$0] == nil && made[$0] == nil }
    guard missing.isEmpty else { throw .undefined(symbols: missing.sorted()) }
  }

  private mutating func placeSections() {
    for (index, section) in object.sections.sorted(by: { $0.key < $1.key }) {
      if section.placement == .code {
        codeLength = Self.align(codeLength, to: section.alignment)
        offsets[index] = codeLength
        codeLength += section.size
      } else {
        dataLength = Self.align(dataLength, to: section.alignment)
        offsets[index] = dataLength
        dataLength += section.size
      }
    }
    for name in made.keys.sorted() {
      codeLength = Self.align(codeLength, to: 64)
      made[name]?.offset = codeLength
      codeLength += made[name]?.code.count ?? 0
    }
    codeLength = Self.align(codeLength, to: 16)
    dataLength = Self.align(dataLength, to: 16)
  }

  private mutating func placeSlotsAndJumps() {
    for relocation in object.relocations {
      let symbol = object.symbols[relocation.symbol]
      let isCall = relocation.kind == Relocation.call && symbol.section == nil && made[symbol.name] == nil
      let needsSlot = isCall || Relocation.throughSlot.contains(relocation.kind)
      if needsSlot && slots[relocation.symbol] == nil {
        slots[relocation.symbol] = dataLength
        dataLength += 8
      }
      if isCall && jumps[relocation.symbol] == nil {
        jumps[relocation.symbol] = codeLength
        codeLength += 8
      }
    }
  }

  private static func align(_ offset: Int, to alignment: Int) -> Int {
    (offset + alignment - 1) / alignment * alignment
  }
}

extension ObjectLinker {
  private func copySections(to bytes: UnsafeMutableRawBufferPointer, data: Int) {
    for (index, section) in object.sections {
      guard let offset = offsets[index] else { continue }
      let start = section.placement == .code ? offset : data + offset
      UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + section.contents.count])
        .copyBytes(from: object.bytes[section.contents])
    }
    for (code, offset) in made.values {
      UnsafeMutableRawBufferPointer(rebasing: bytes[offset..<offset + code.count]).copyBytes(from: code)
    }
  }

  private func writeSlotsAndJumps(_ pages: ExecutablePages) {
    let data = Int(pages.dataAddress - pages.address)
    pages.withBytes { bytes in
      for (symbol, slot) in slots {
        bytes.storeBytes(of: address(of: symbol, in: pages).littleEndian, toByteOffset: data + slot, as: UInt.self)
      }
      for (symbol, jump) in jumps {
        guard let slot = slots[symbol] else { continue }
        // jmp *displacement(%rip), to the address in the slot
        bytes[jump] = 0xFF
        bytes[jump + 1] = 0x25
        let displacement = Int32(truncatingIfNeeded: data + slot - (jump + 6))
        bytes.storeBytes(of: displacement.littleEndian, toByteOffset: jump + 2, as: Int32.self)
      }
    }
  }

  private func apply(_ relocation: ObjectFile.Relocation, in pages: ExecutablePages) throws(ExecutionError) {
    guard let section = object.sections[relocation.section], let offset = offsets[relocation.section],
      relocation.offset <= section.size - (relocation.kind == Relocation.absolute ? 8 : 4)
    else { throw ObjectFile.malformed("an address lies outside its section") }
    let data = Int(pages.dataAddress - pages.address)
    let place = (section.placement == .code ? offset : data + offset) + relocation.offset
    let target = Int(bitPattern: targetAddress(of: relocation, in: pages))
    if relocation.kind == Relocation.absolute {
      pages.withBytes { $0.storeBytes(of: (target &+ relocation.addend).littleEndian, toByteOffset: place, as: Int.self) }
      return
    }
    guard Relocation.relative.contains(relocation.kind) else {
      throw ObjectFile.malformed("address form \(relocation.kind) is unknown")
    }
    guard let displacement = Int32(exactly: target &+ relocation.addend &- (Int(pages.address) + place)) else {
      throw ObjectFile.malformed("'\(object.symbols[relocation.symbol].name)' is out of reach")
    }
    pages.withBytes { $0.storeBytes(of: displacement.littleEndian, toByteOffset: place, as: Int32.self) }
  }

  private func targetAddress(of relocation: ObjectFile.Relocation, in pages: ExecutablePages) -> UInt {
    if Relocation.throughSlot.contains(relocation.kind), let slot = slots[relocation.symbol] {
      return pages.dataAddress + UInt(slot)
    }
    if relocation.kind == Relocation.call, let jump = jumps[relocation.symbol] {
      return pages.address + UInt(jump)
    }
    return address(of: relocation.symbol, in: pages)
  }

  private func address(of symbol: Int, in pages: ExecutablePages) -> UInt {
    let symbol = object.symbols[symbol]
    if symbol.section == nil, let function = made[symbol.name] { return pages.address + UInt(function.offset) }
    guard let index = symbol.section, let section = object.sections[index], let offset = offsets[index] else {
      return externals[symbol.name] ?? 0
    }
    return (section.placement == .code ? pages.address : pages.dataAddress) + UInt(offset + symbol.value)
  }

  private func functions(in pages: ExecutablePages) -> [String: UInt] {
    var result: [String: UInt] = [:]
    for (index, symbol) in object.symbols.enumerated() where symbol.isGlobalFunction && symbol.section != nil {
      result[symbol.name] = address(of: index, in: pages)
    }
    return result
  }

  /// The forms of x86-64 relocations that libtcc emits.
  private enum Relocation {
    static let absolute: UInt32 = 1
    static let call: UInt32 = 4
    static let throughSlot: Set<UInt32> = [9, 41, 42]
    static let relative: Set<UInt32> = [2, 4, 9, 41, 42]
  }
}

/// Linked code with the addresses of its functions.
final class LinkedCode: MachineCode {
  private let pages: ExecutablePages
  private let functions: [String: UInt]

  init(pages: ExecutablePages, functions: [String: UInt]) {
    self.pages = pages
    self.functions = functions
  }

  func address(of name: String) -> UnsafeRawPointer? {
    functions[name].flatMap { UnsafeRawPointer(bitPattern: $0) }
  }
}
