import Glibc

/// Bytes in memory, or of a mapped file. Slices share the memory; every access is checked.
package struct ByteBuffer: Sendable {
  private enum Memory {
    case array([UInt8])
    case mapped(MappedPages)
  }

  private let memory: Memory
  private let offset: Int
  package let count: Int

  package init(_ array: [UInt8]) {
    memory = .array(array)
    offset = 0
    count = array.count
  }

  /// Takes over the pages of a mapped file.
  init(mapped base: UnsafeRawPointer, length: Int) {
    memory = .mapped(MappedPages(base: base, length: length))
    offset = 0
    count = length
  }

  private init(memory: Memory, offset: Int, count: Int) {
    self.memory = memory
    self.offset = offset
    self.count = count
  }

  package subscript(index: Int) -> UInt8 {
    precondition(index >= 0 && index < count, "byte \(index) of \(count)")
    return withUnsafeBytes { $0[index] }
  }

  package subscript(range: Range<Int>) -> ByteBuffer {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "bytes \(range) of \(count)")
    return ByteBuffer(memory: memory, offset: offset + range.lowerBound, count: range.count)
  }

  /// The slice of a given length, or nil when the bytes end before it does.
  package func slice(at start: Int, count length: Int) -> ByteBuffer? {
    guard start >= 0, length >= 0, start <= count, length <= count - start else { return nil }
    return self[start..<start + length]
  }

  /// The number at an offset, or nil when the bytes end before it does.
  package func integer<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type, at start: Int, bigEndian: Bool = false) -> Number?
  {
    guard let slice = slice(at: start, count: MemoryLayout<Number>.size) else { return nil }
    let raw = slice.withUnsafeBytes { $0.loadUnaligned(as: Number.self) }
    return bigEndian ? Number(bigEndian: raw) : Number(littleEndian: raw)
  }

  package func starts(with prefix: [UInt8]) -> Bool {
    slice(at: 0, count: prefix.count)?.array == prefix
  }

  package var array: [UInt8] { withUnsafeBytes { Array($0) } }

  /// The bytes as text, or nil where they are not UTF-8.
  package var text: String? { withUnsafeBytes { String(validating: $0, as: UTF8.self) } }

  package func withUnsafeBytes<Result, Failure: Error>(_ body: (UnsafeRawBufferPointer) throws(Failure) -> Result) throws(Failure) -> Result
  {
    switch memory {
    case .array(let array):
      return try array.span.withUnsafeBytes { (bytes) throws(Failure) in
        try body(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count]))
      }
    case .mapped(let pages):
      defer { withExtendedLifetime(pages) {} }
      return try body(UnsafeRawBufferPointer(start: pages.base + offset, count: count))
    }
  }

  package func withSpan<Result, Failure: Error>(_ body: (Span<UInt8>) throws(Failure) -> Result) throws(Failure) -> Result {
    try withUnsafeBytes { (bytes) throws(Failure) in try body(Span(_unsafeElements: bytes.bindMemory(to: UInt8.self))) }
  }
}

/// The owner of a mapped file's pages, which nobody writes to.
private final class MappedPages: @unchecked Sendable {
  let base: UnsafeRawPointer
  private let length: Int

  init(base: UnsafeRawPointer, length: Int) {
    self.base = base
    self.length = length
  }

  deinit {
    munmap(UnsafeMutableRawPointer(mutating: base), length)
  }
}
