/// The binary form of CIFAR-10: records of a label and the red, green and blue planes of a 32 x 32 image.
enum CIFARRecords {
  static let imageShape = [3, 32, 32]
  private static let imageSize = 3072
  private static let recordSize = 1 + imageSize

  static func trainingFiles(in folder: String) -> [String] {
    (1...5).map { "\(folder)/data_batch_\($0).bin" }
  }

  static func testFiles(in folder: String) -> [String] {
    ["\(folder)/test_batch.bin"]
  }

  /// Appends the records of one file.
  static func read(_ bytes: ByteBuffer, images: inout [UInt8], labels: inout [UInt8]) throws(ContentError) {
    guard bytes.count > 0, bytes.count % recordSize == 0 else {
      throw ContentError("\(bytes.count) bytes are no whole number of records of \(recordSize) bytes")
    }
    for record in 0..<bytes.count / recordSize {
      let label = bytes[record * recordSize]
      guard label < 10 else { throw ContentError("the label \(label) is not in 0..<10", place: "record \(record)") }
      labels.append(label)
      let start = record * recordSize + 1
      bytes[start..<start + imageSize].withUnsafeBytes { images.append(contentsOf: $0) }
    }
  }
}
