/// An array of numbers as it is in a file.
struct EncodedTensor {
  var name: String
  let shape: [Int]
  let type: ElementType
  let bytes: ByteBuffer
  var isBigEndian = false
  /// Whether the first axis runs fastest.
  var isFortranOrder = false

  /// All numbers, in memory.
  func decoded() throws(ContentError) -> Tensor {
    let storage = try type.decode(bytes, bigEndian: isBigEndian)
    return Tensor(name: name, shape: shape, storage: isFortranOrder ? storage.transposedFromFortran(shape) : storage)
  }

  /// The numbers of real examples, the first axis, where they may stay in a file.
  func stored() -> StoredNumbers? {
    guard bytes.isInFile, !isFortranOrder || shape.count < 2, let count = shape.first, count > 0 else { return nil }
    let size = bytes.count / count
    return StoredNumbers(bytes, type, isBigEndian: isBigEndian, exampleSize: size, stride: size, count: count)
  }
}

/// An array for a column, in memory or in its file.
enum ColumnContent {
  case tensor(Tensor)
  case encoded(EncodedTensor)
  case stored(StoredNumbers, shape: [Int])

  var shape: [Int] {
    switch self {
    case .tensor(let tensor): tensor.shape
    case .encoded(let tensor): tensor.shape
    case .stored(_, let shape): shape
    }
  }

  /// All numbers, in memory.
  func storage() throws(ContentError) -> Tensor.Storage {
    switch self {
    case .tensor(let tensor): tensor.storage
    case .encoded(let tensor): try tensor.decoded().storage
    case .stored(let numbers, _): try numbers.all()
    }
  }

  /// The numbers where they may stay in a file.
  func stored() -> StoredNumbers? {
    switch self {
    case .tensor: nil
    case .encoded(let tensor): tensor.stored()
    case .stored(let numbers, _): numbers
    }
  }
}
