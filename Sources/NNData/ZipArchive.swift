import CZlib

/// Reads zip files, as far as `.npz` files need it: stored and deflated entries.
struct ZipArchive {
  struct Entry {
    let name: String
    fileprivate let method: UInt16
    fileprivate let checksum: UInt32
    fileprivate let compressed: ByteBuffer
    fileprivate let size: Int
  }

  private(set) var entries: [Entry] = []
  private let bytes: ByteBuffer
  private static let entryLimit = 10_000

  /// Reads the directory at the end of the file, which alone says what is valid.
  init(_ bytes: ByteBuffer) throws(ContentError) {
    self.bytes = bytes
    guard let end = Self.directoryEnd(bytes) else {
      throw ContentError("it is no .npz file, or is cut off: the directory of the zip is missing")
    }
    guard let count = bytes.integer(UInt16.self, at: end + 10), let size = bytes.integer(UInt32.self, at: end + 12),
      let start = bytes.integer(UInt32.self, at: end + 16), count != 0xFFFF, size != 0xFFFF_FFFF, start != 0xFFFF_FFFF
    else { throw Self.isTooBig }
    guard count <= Self.entryLimit else { throw ContentError("the zip has \(count) entries") }
    guard let directory = bytes.slice(at: Int(start), count: Int(size)).map({ ByteBuffer($0.array) }) else { throw Self.isDamaged }
    var position = 0
    for _ in 0..<count { entries.append(try entry(of: directory, at: &position)) }
    guard Set(entries.map(\.name)).count == entries.count else { throw ContentError("the zip names an entry twice") }
  }

  /// The uncompressed content of an entry.
  func contents(_ entry: Entry) throws(ContentError) -> ByteBuffer {
    do throws(ContentError) {
      let contents = try decompressed(entry)
      guard contents.count == entry.size else { throw ContentError("it has \(contents.count) bytes instead of \(entry.size)") }
      guard Self.checksum(contents) == entry.checksum else { throw ContentError("its checksum is wrong") }
      return contents
    } catch {
      throw ContentError(error.message, place: "entry '\(entry.name)'")
    }
  }

  private func decompressed(_ entry: Entry) throws(ContentError) -> ByteBuffer {
    switch entry.method {
    case 0: return entry.compressed
    case 8:
      return ByteBuffer(try entry.compressed.inflated(.raw, limit: min(entry.size, Inflation.limit(forCompressed: entry.compressed.count))))
    default: throw ContentError("compression method \(entry.method) is not supported")
    }
  }

  private static func checksum(_ bytes: ByteBuffer) -> UInt32 {
    var checksum: UInt = 0
    bytes.forEachBlock { checksum = crc32_z(checksum, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count) }
    return UInt32(truncatingIfNeeded: checksum)
  }

  /// The end record is the last thing in the file but for a comment of at most 65,535 bytes.
  private static func directoryEnd(_ bytes: ByteBuffer) -> Int? {
    let first = max(0, bytes.count - 22 - 0xFFFF)
    let tail = ByteBuffer(bytes[first..<bytes.count].array)
    let place = stride(from: tail.count - 22, through: 0, by: -1).first { tail.integer(UInt32.self, at: $0) == 0x0605_4B50 }
    return place.map { first + $0 }
  }

  private func entry(of directory: ByteBuffer, at position: inout Int) throws(ContentError) -> Entry {
    guard directory.integer(UInt32.self, at: position) == 0x0201_4B50, let flags = directory.integer(UInt16.self, at: position + 8),
      let method = directory.integer(UInt16.self, at: position + 10), let checksum = directory.integer(UInt32.self, at: position + 16),
      let compressedSize = directory.integer(UInt32.self, at: position + 20), let size = directory.integer(UInt32.self, at: position + 24),
      let nameLength = directory.integer(UInt16.self, at: position + 28),
      let extraLength = directory.integer(UInt16.self, at: position + 30),
      let commentLength = directory.integer(UInt16.self, at: position + 32), let start = directory.integer(UInt32.self, at: position + 42),
      let name = directory.slice(at: position + 46, count: Int(nameLength))?.text
    else { throw Self.isDamaged }
    guard flags & 1 == 0 else { throw ContentError("it is encrypted", place: "entry '\(name)'") }
    guard compressedSize != 0xFFFF_FFFF, size != 0xFFFF_FFFF, start != 0xFFFF_FFFF else { throw Self.isTooBig }
    position += 46 + Int(nameLength) + Int(extraLength) + Int(commentLength)
    let compressed = try data(at: Int(start), count: Int(compressedSize), name: name)
    return Entry(name: name, method: method, checksum: checksum, compressed: compressed, size: Int(size))
  }

  /// The bytes of an entry follow a header of their own, whose name and extra field may differ in length from the directory's.
  private func data(at start: Int, count: Int, name: String) throws(ContentError) -> ByteBuffer {
    guard bytes.integer(UInt32.self, at: start) == 0x0403_4B50, let nameLength = bytes.integer(UInt16.self, at: start + 26),
      let extraLength = bytes.integer(UInt16.self, at: start + 28),
      let data = bytes.slice(at: start + 30 + Int(nameLength) + Int(extraLength), count: count)
    else { throw ContentError("it is cut off", place: "entry '\(name)'") }
    return data
  }

  private static let isDamaged = ContentError("the directory of the zip is damaged")

  private static let isTooBig = ContentError("it is a zip64 file, with entries over 4 GB, which is not supported")
}
