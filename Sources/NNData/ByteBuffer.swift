/// Bytes in memory, or of a file that is read where they are asked for. Slices share both; every access is checked.
package struct ByteBuffer: Sendable {
  private enum Memory {
    case array([UInt8])
    case file(OpenFile)
  }

  private let memory: Memory
  private let offset: Int
  package let count: Int

  package init(_ array: [UInt8]) {
    memory = .array(array)
    offset = 0
    count = array.count
  }

  /// The bytes of a file, which stay there.
  init(of file: OpenFile, count: Int) {
    memory = .file(file)
    offset = 0
    self.count = count
  }

  private init(memory: Memory, offset: Int, count: Int) {
    self.memory = memory
    self.offset = offset
    self.count = count
  }

  package subscript(index: Int) -> UInt8 {
    precondition(index >= 0 && index < count, "byte \(index) of \(count)")
    return switch memory {
    case .array(let array): array[offset + index]
    case .file(let file): file.bytes(at: offset + index, count: 1)[0]
    }
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
    case .file(let file):
      return try file.bytes(at: offset, count: count).span.withUnsafeBytes { (bytes) throws(Failure) in try body(bytes) }
    }
  }

  /// The same in parts, in order: so much of a file is in memory at once.
  func forEachBlock(_ body: (UnsafeRawBufferPointer) -> Void) {
    guard isInFile else { return withUnsafeBytes(body) }
    let size = 1 << 20
    for start in stride(from: 0, to: count, by: size) { self[start..<min(start + size, count)].withUnsafeBytes(body) }
  }

  /// Whether the bytes are not in memory.
  var isInFile: Bool { openFile != nil }

  /// Fails if the file has become shorter since it was opened, so that some bytes that were given out are not its own.
  func checkFile() throws(DataError) { try openFile?.check() }

  private var openFile: OpenFile? { if case .file(let file) = memory { file } else { nil } }

  package func withSpan<Result, Failure: Error>(_ body: (Span<UInt8>) throws(Failure) -> Result) throws(Failure) -> Result {
    try withUnsafeBytes { (bytes) throws(Failure) in try body(Span(_unsafeElements: bytes.bindMemory(to: UInt8.self))) }
  }
}
