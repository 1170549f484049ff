import Glibc

/// Zeroed memory on a 64-byte boundary, for the arguments of compiled programs. Its address does not change.
package final class AlignedBuffer: @unchecked Sendable {
  package static let alignment = 64
  /// Memory of at least this size is given pages of this size, if the system has them: where rows of weights are far apart, finding the small ones that
  /// they lie in takes as long as reading them.
  private static let largePage = 2 << 20
  /// More than any machine has; keeps absurd requests away from the allocator.
  private static let byteLimit = 1 << 39

  package let byteCount: Int
  /// The memory. Whoever lets two threads use it has to keep them apart.
  package let address: UnsafeMutableRawPointer

  package init(byteCount: Int) throws(ExecutionError) {
    precondition(byteCount >= 0, "a buffer cannot have \(byteCount) bytes")
    guard byteCount <= Self.byteLimit else { throw .system("cannot allocate \(byteCount) bytes") }
    self.byteCount = byteCount
    var memory: UnsafeMutableRawPointer?
    let isLarge = byteCount >= Self.largePage
    let error = posix_memalign(&memory, isLarge ? Self.largePage : Self.alignment, max(byteCount, Self.alignment))
    guard error == 0, let memory else {
      throw .system("cannot allocate \(byteCount) bytes: " + systemErrorText(error))
    }
    // The system may refuse, and then everything is as without.
    if isLarge { madvise(memory, byteCount / Self.largePage * Self.largePage, MADV_HUGEPAGE) }
    memset(memory, 0, max(byteCount, Self.alignment))
    address = memory
  }

  /// Room for `count` elements of a type.
  package convenience init<Element: BitwiseCopyable>(count: Int, of type: Element.Type) throws(ExecutionError) {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    guard count >= 0, !overflow else { throw .system("cannot allocate \(count) elements") }
    try self.init(byteCount: bytes)
  }

  package convenience init<Element: BitwiseCopyable>(copying elements: [Element]) throws(ExecutionError) {
    try self.init(count: elements.count, of: Element.self)
    elements.withUnsafeBytes { source in
      UnsafeMutableRawBufferPointer(start: address, count: byteCount).copyMemory(from: source)
    }
  }

  deinit {
    free(address)
  }

  package func withSpan<Element: BitwiseCopyable, Result>(of type: Element.Type, _ body: (Span<Element>) throws -> Result) rethrows
    -> Result
  {
    try body(Span(_unsafeElements: elements(of: type)))
  }

  package func withMutableSpan<Element: BitwiseCopyable, Result>(
    of type: Element.Type, _ body: (inout MutableSpan<Element>) throws -> Result
  ) rethrows -> Result {
    var span = MutableSpan(_unsafeElements: elements(of: type))
    return try body(&span)
  }

  /// The whole buffer as elements of a type, copied.
  package func array<Element: BitwiseCopyable>(of type: Element.Type) -> [Element] {
    Array(elements(of: type))
  }

  /// Makes all bytes 0.
  package func clear() {
    memset(address, 0, byteCount)
  }

  package func fill<Element: BitwiseCopyable>(with value: Element) {
    elements(of: Element.self).update(repeating: value)
  }

  private func elements<Element: BitwiseCopyable>(of type: Element.Type) -> UnsafeMutableBufferPointer<Element> {
    let count = byteCount / MemoryLayout<Element>.stride
    return UnsafeMutableBufferPointer(start: address.bindMemory(to: Element.self, capacity: count), count: count)
  }
}
