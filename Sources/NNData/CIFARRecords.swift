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

  /// Images and labels of one file.
  static func read(_ bytes: ByteBuffer) throws(ContentError) -> (images: ColumnContent, labels: ColumnContent) {
    guard bytes.count > 0, bytes.count % recordSize == 0 else {
      throw ContentError("\(bytes.count) bytes are no whole number of records of \(recordSize) bytes")
    }
    let count = bytes.count / recordSize
    var labels: [UInt8] = []
    for record in 0..<count {
      let label = bytes[record * recordSize]
      guard label < 10 else { throw ContentError("the label \(label) is not in 0..<10", place: "record \(record)") }
      labels.append(label)
    }
    let images = StoredNumbers(
      bytes[1..<bytes.count], .uint8, isBigEndian: false, exampleSize: imageSize, stride: recordSize, count: count)
    let shape = [count] + imageShape
    return (
      bytes.isInFile ? .stored(images, shape: shape) : .tensor(Tensor(name: "", shape: shape, storage: try images.all())),
      .tensor(Tensor(name: "", shape: [count], storage: .uint8(labels)))
    )
  }
}
