import CZlib

extension ByteBuffer {
  package var isGzip: Bool { starts(with: [0x1F, 0x8B]) }

  /// The bytes themselves, or what they hold if they are a gzip file.
  func unzipped() throws(ContentError) -> ByteBuffer {
    isGzip ? ByteBuffer(try inflated(.gzip, limit: Inflation.limit(forCompressed: count))) : self
  }

  /// Decompresses, and stops where more than `limit` bytes would come out.
  func inflated(_ format: Inflation.Format, limit: Int) throws(ContentError) -> [UInt8] {
    var inflation = try Inflation(format, limit: limit)
    return try withUnsafeBytes { (input) throws(ContentError) in try inflation.run(input) }
  }
}

/// One run of zlib.
struct Inflation: ~Copyable {
  enum Format: Int32 {
    case gzip = 31
    /// Without header and checksum, as in zip files.
    case raw = -15
  }

  /// How much may come out of a compressed file: a small file cannot fill the memory.
  static func limit(forCompressed count: Int) -> Int {
    16 << 20 + 128 * count
  }

  private static let chunk = 1 << 30
  private let format: Format
  private let limit: Int
  private var stream: UnsafeMutablePointer<z_stream>
  private var output: [UInt8] = []

  init(_ format: Format, limit: Int) throws(ContentError) {
    self.format = format
    self.limit = limit
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard nn_inflate_start(stream, format.rawValue) == Z_OK else {
      stream.deallocate()
      throw ContentError("cannot be decompressed: out of memory")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  mutating func run(_ input: UnsafeRawBufferPointer) throws(ContentError) -> [UInt8] {
    var rest = input
    output.reserveCapacity(min(limit, 4 * input.count))
    repeat {
      rest = try inflateMember(rest)
      inflateReset(stream)
    } while format == .gzip && !rest.isEmpty && !rest.allSatisfy { $0 == 0 }
    return output
  }

  /// Decompresses up to the end of one gzip member, of which a file may have several, and returns what follows it.
  private mutating func inflateMember(_ input: UnsafeRawBufferPointer) throws(ContentError) -> UnsafeRawBufferPointer {
    var rest = input
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let offered = min(rest.count, Self.chunk)
      stream.pointee.next_in = UnsafeMutablePointer(mutating: rest.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.pointee.avail_in = UInt32(offered)
      let (status, produced) = buffer.withUnsafeMutableBufferPointer { room in
        stream.pointee.next_out = room.baseAddress
        stream.pointee.avail_out = UInt32(room.count)
        let status = inflate(stream, Z_NO_FLUSH)
        return (status, room.count - Int(stream.pointee.avail_out))
      }
      guard output.count + produced <= limit else {
        throw ContentError(
          "it decompresses to more than \(limit >> 20) MB, which few honest files of its size do", help: "if it is one, decompress it first"
        )
      }
      output += buffer[..<produced]
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(offered - Int(stream.pointee.avail_in)))
      if status == Z_STREAM_END { return rest }
      if status == Z_BUF_ERROR || (status == Z_OK && rest.isEmpty && produced == 0) {
        throw ContentError("the compressed data is cut off")
      }
      guard status == Z_OK else { throw ContentError("the compressed data is damaged") }
    }
  }
}
