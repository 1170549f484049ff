/// Examples that stay in their file and are read one by one.
package struct StoredNumbers: Sendable {
  let count: Int
  /// Numbers in an example.
  let width: Int
  /// In which the program that they are for computes: they are rounded to it.
  var precision = RealPrecision.float32
  private let bytes: ByteBuffer
  private let type: ElementType
  private let isBigEndian: Bool
  private let exampleSize: Int
  private let stride: Int

  /// - Parameters:
  ///   - bytes: begin with the first example.
  ///   - exampleSize: how many bytes one takes.
  ///   - stride: how many bytes the next one begins behind it.
  init(_ bytes: ByteBuffer, _ type: ElementType, isBigEndian: Bool, exampleSize: Int, stride: Int, count: Int) {
    self.count = count
    self.bytes = bytes
    self.type = type
    self.isBigEndian = isBigEndian
    self.exampleSize = exampleSize
    self.stride = stride
    width = exampleSize / type.size
  }

  /// One example. Its numbers were checked when the file was opened; those that have become wrong since are not numbers.
  func values(_ example: Int) -> Dataset.Values {
    let start = example * stride
    let values = try? Dataset.Column.reals(type.decode(bytes[start..<start + exampleSize], bigEndian: isBigEndian), precision)
    return values ?? .float32([Float](repeating: .nan, count: width))
  }

  /// All examples, in memory.
  func all() throws(ContentError) -> Tensor.Storage {
    var all: [UInt8] = []
    all.reserveCapacity(count * exampleSize)
    for index in 0..<count { all += bytes[index * stride..<index * stride + exampleSize].array }
    return try type.decode(ByteBuffer(all), bigEndian: isBigEndian)
  }

  /// Looks at every number once: what is no finite number of the precision is an error.
  func check() throws(ContentError) {
    guard type != .uint8 else { return }
    let step = max(1, (1 << 20) / max(exampleSize, 1))
    for start in Swift.stride(from: 0, to: count, by: stride == exampleSize ? step : 1) {
      let examples = stride == exampleSize ? min(step, count - start) : 1
      let block = bytes[start * stride..<start * stride + examples * exampleSize]
      do throws(ContentError) {
        _ = try Dataset.Column.reals(try type.decode(block, bigEndian: isBigEndian), precision)
      } catch {
        throw error.moved(by: start * width)
      }
    }
  }

  func checkFile() throws(DataError) { try bytes.checkFile() }

  func add(to fingerprint: inout Fingerprint) {
    fingerprint.add("\(type) \(isBigEndian) \(stride)")
    bytes.forEachBlock { fingerprint.add($0) }
  }
}

extension StoredNumbers: Equatable {
  /// Where all numbers are.
  package static func == (one: Self, other: Self) -> Bool {
    guard one.count == other.count, one.width == other.width else { return false }
    return (0..<one.count).allSatisfy { one.values($0) == other.values($0) }
  }
}
