/// Tells whether data is still what it was. It guards against accidents, not against those who want two things to look alike.
package struct Fingerprint {
  private var state: UInt64 = 0x243F_6A88_85A3_08D3

  package init() {}

  package mutating func add(_ word: UInt64) {
    // An odd factor and a shift are one to one, so that no word is lost.
    state = (state ^ word) &* 0x9E37_79B9_7F4A_7C15
    state ^= state >> 29
  }

  package mutating func add(_ number: Int) { add(UInt64(bitPattern: Int64(number))) }

  package mutating func add(_ text: String) {
    let bytes = Array(text.utf8)
    bytes.withUnsafeBytes { add($0) }
  }

  /// Eight bytes at a time, after their number.
  package mutating func add(_ bytes: UnsafeRawBufferPointer) {
    add(bytes.count)
    let whole = bytes.count & ~7
    for start in stride(from: 0, to: whole, by: 8) {
      add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)))
    }
    if whole < bytes.count { add(bytes[whole...].reduce(0) { $0 << 8 | UInt64($1) }) }
  }

  /// 16 hexadecimal digits.
  package var text: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension Dataset.Column {
  /// Adds the name, the shape and every value.
  package func add(to fingerprint: inout Fingerprint) {
    fingerprint.add(port.name)
    for extent in port.shape { fingerprint.add(extent) }
    values.add(to: &fingerprint)
  }
}

extension Dataset.Values {
  fileprivate func add(to fingerprint: inout Fingerprint) {
    switch self {
    case .float32(let values): values.withUnsafeBytes { fingerprint.add($0) }
    case .float64(let values): values.withUnsafeBytes { fingerprint.add($0) }
    case .bytes(let values): values.withUnsafeBytes { fingerprint.add($0) }
    case .classes(let values): values.withUnsafeBytes { fingerprint.add($0) }
    case .stored(let values): values.add(to: &fingerprint)
    case .parts(let parts): for part in parts { part.values.add(to: &fingerprint) }
    }
  }
}
