import CZlib
import Glibc
import Testing

@testable import NNData

/// A folder that is removed, with its files, when the test ends.
final class TestFolder {
  let path: String

  init() throws {
    var template = Array("/tmp/nncc-data-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for name in names { unlink("\(path)/\(name)") }
    rmdir(path)
  }

  var names: [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  func write(_ bytes: [UInt8], to name: String) throws -> String {
    try FileWriter.write("\(path)/\(name)") { (writer) throws(DataError) in try writer.append(bytes) }
    return "\(path)/\(name)"
  }

  func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }
}

/// Files of the formats that are read, built byte by byte.
enum TestBytes {
  static func little(_ value: Int, _ size: Int) -> [UInt8] { (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
  static func big(_ value: Int, _ size: Int) -> [UInt8] { little(value, size).reversed() }

  static func idx(_ type: UInt8, _ shape: [Int], _ data: [UInt8]) -> [UInt8] {
    [0, 0, type, UInt8(shape.count)] + shape.flatMap { big($0, 4) } + data
  }

  static func npy(_ header: String, _ data: [UInt8], version: UInt8 = 1) -> [UInt8] {
    let text = Array(header.utf8) + [UInt8(ascii: "\n")]
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + little(text.count, version == 1 ? 2 : 4) + text + data
  }

  static func npy(_ values: [Float], shape: String) -> [UInt8] {
    npy("{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }", values.flatMap { little(Int($0.bitPattern), 4) })
  }

  static func safetensors(_ header: String, _ data: [UInt8]) -> [UInt8] {
    little(header.utf8.count, 8) + Array(header.utf8) + data
  }

  static func compress(_ bytes: [UInt8], windowBits: Int32) -> [UInt8] {
    var stream = z_stream()
    var input = bytes
    var output = [UInt8](repeating: 0, count: bytes.count + bytes.count / 100 + 1000)
    guard nn_deflate_start(&stream, 9, windowBits) == Z_OK else { return [] }
    defer { deflateEnd(&stream) }
    return input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(source.count)
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(target.count)
        deflate(&stream, Z_FINISH)
        return Array(target.prefix(target.count - Int(stream.avail_out)))
      }
    }
  }

  static func gzip(_ bytes: [UInt8]) -> [UInt8] { compress(bytes, windowBits: 31) }

  struct ZipEntry {
    let name: String
    let contents: [UInt8]
    var isDeflated = false
    var flags = 0
    var claimedSize: Int?
  }

  static func zip(_ entries: [ZipEntry]) -> [UInt8] {
    var body: [UInt8] = []
    var directory: [UInt8] = []
    for entry in entries {
      let data = entry.isDeflated ? compress(entry.contents, windowBits: -15) : entry.contents
      let checksum = Int(crc32(0, entry.contents, UInt32(entry.contents.count)))
      let name = Array(entry.name.utf8)
      let common =
        little(entry.flags, 2) + little(entry.isDeflated ? 8 : 0, 2) + little(0, 4) + little(checksum, 4) + little(data.count, 4)
        + little(entry.claimedSize ?? entry.contents.count, 4) + little(name.count, 2)
      directory += little(0x0201_4B50, 4) + little(20, 2) + little(20, 2) + common + little(0, 12) + little(body.count, 4) + name
      body += little(0x0403_4B50, 4) + little(20, 2) + common + little(4, 2) + name + [1, 2, 3, 4] + data
    }
    let end =
      little(0x0605_4B50, 4) + little(0, 4) + little(entries.count, 2) + little(entries.count, 2) + little(directory.count, 4)
      + little(body.count, 4) + little(0, 2)
    return body + directory + end
  }
}

/// A deterministic source of choices; a failing test prints the seed.
struct TestGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state ^ state >> 33) &* 0xFF51_AFD7_ED55_8CCD
  }
}

/// Changes, cuts, doubles and swaps bytes here and there.
func mutated(_ bytes: [UInt8], _ generator: inout TestGenerator) -> [UInt8] {
  var bytes = bytes
  for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
    let index = Int.random(in: 0..<bytes.count, using: &generator)
    let length = Int.random(in: 0...min(8, bytes.count - index), using: &generator)
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
    case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 2: bytes.removeSubrange(index..<index + length)
    case 3: bytes.insert(contentsOf: bytes[index..<index + length], at: index)
    case 4: bytes.replaceSubrange(index..<index + length, with: repeatElement(0xFF, count: length))
    default: bytes.removeSubrange(index...)
    }
  }
  return bytes
}

/// The message and place of the error that `body` throws.
func failure(_ body: () throws(ContentError) -> some Any) -> String {
  do {
    _ = try body()
    return "no error"
  } catch {
    return [error.place, error.message].compactMap { $0 }.joined(separator: ": ")
  }
}

func fileFailure(_ body: () throws(DataError) -> some Any) -> DataError? {
  do {
    _ = try body()
    return nil
  } catch {
    return error
  }
}

/// Changed files that each reader is given; FUZZ=100000 gives it more.
let maximumRounds = getenv("FUZZ").flatMap { Int(String(cString: $0)) } ?? 3000
