import Glibc
import Testing

@testable import NNData

/// Examples that stay in their file are those that would be in memory.
@Suite struct StoredNumbersTests {
  private static let image = DataPort(name: "image", shape: [2, 2], kind: .real, role: .input)
  private static let digit = DataPort(name: "digit", shape: [], kind: .classes(10), role: .target)
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  private func load(_ source: DataSource, _ ports: [DataPort] = [image, digit], precision: RealPrecision = .float32, isStored: Bool = true)
    throws(DataError) -> Dataset
  {
    try source.load(for: ports, relativeTo: folder.path, precision: precision, largestInMemory: isStored ? 0 : 1 << 30)
  }

  private func isStored(_ column: Dataset.Column?) -> Bool {
    switch column?.values {
    case .stored: true
    case .parts(let parts): parts.contains { if case .stored = $0.values { true } else { false } }
    default: false
    }
  }

  private func expectEqual(_ source: DataSource, _ ports: [DataPort] = [image, digit], _ comment: Comment? = nil) throws {
    for precision in [RealPrecision.float32, .float64] {
      let stored = try load(source, ports, precision: precision)
      let memory = try load(source, ports, precision: precision, isStored: false)
      #expect(stored.count == memory.count, comment)
      for port in ports {
        #expect(isStored(stored[port.name]) == (port.kind == .real), comment)
        for example in 0..<memory.count {
          #expect(stored[port.name]?.numbers(example) == memory[port.name]?.numbers(example), comment)
        }
      }
      #expect(throws: Never.self) { for column in stored.columns { try column.checkFile() } }
    }
  }

  @Test(arguments: [(UInt8(0x08), 1), (0x09, 1), (0x0B, 2), (0x0C, 4)])
  func idx(_ type: UInt8, _ size: Int) throws {
    let data = (0..<12 * size).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) }
    _ = try folder.write(TestBytes.idx(type, [3, 2, 2], data), to: "images")
    _ = try folder.write(TestBytes.idx(8, [3], [7, 0, 9]), to: "labels")
    try expectEqual(.idx(images: "images", labels: "labels"))
  }

  @Test func npyAndNpz() throws {
    let numbers: [Float] = [1, -2, 3.5, 4, 5, 6e30, -7, 8]
    _ = try folder.write(TestBytes.npy(numbers, shape: "(2, 2, 2)"), to: "x.npy")
    try expectEqual(.npy(path: "x.npy"), [Self.image])
    let wide = numbers.flatMap { TestBytes.big(Int(bitPattern: UInt(Double($0).bitPattern)), 8) }
    _ = try folder.write(TestBytes.npy("{'descr': '>f8', 'fortran_order': False, 'shape': (2, 4), }", wide), to: "wide.npy")
    try expectEqual(.npy(path: "wide.npy"), [Self.image])
    let entries = [
      TestBytes.ZipEntry(name: "image.npy", contents: TestBytes.npy(numbers, shape: "(2, 4)")),
      TestBytes.ZipEntry(name: "digit.npy", contents: TestBytes.npy([3, 4], shape: "(2,)"), isDeflated: true),
    ]
    _ = try folder.write(TestBytes.zip(entries), to: "d.npz")
    try expectEqual(.npz(path: "d.npz", names: [:]))
  }

  /// What runs along its first axis has to be turned, so that it is in memory.
  @Test func fortranOrderIsTurned() throws {
    let data = (0..<8).flatMap { TestBytes.little(Int(Float($0).bitPattern), 4) }
    _ = try folder.write(TestBytes.npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 4), }", data), to: "x.npy")
    #expect(try load(.npy(path: "x.npy"), [Self.image])["image"]?.values == .float32([0, 2, 4, 6, 1, 3, 5, 7]))
  }

  @Test func safetensors() throws {
    try Safetensors(tensors: [
      Tensor(name: "digit", shape: [3], storage: .int64([1, 0, 9])),
      Tensor(name: "image", shape: [3, 2, 2], storage: .float64((0..<12).map { Double($0) / 7 })),
    ]).write(to: folder.path + "/d.safetensors")
    try expectEqual(.safetensors(path: "d.safetensors", names: [:]))
  }

  @Test func cifarAndSeveralFiles() throws {
    for index in 1...5 {
      let records = (0..<2).flatMap { record in [UInt8(index)] + (0..<3072).map { UInt8(truncatingIfNeeded: $0 * index + record) } }
      _ = try folder.write(records, to: "data_batch_\(index).bin")
    }
    let image = DataPort(name: "image", shape: [3, 32, 32], kind: .real, role: .input)
    try expectEqual(.cifar10(path: ".", part: .training), [image, Self.digit])
    try expectEqual(
      .several([.cifar10(path: "data_batch_3.bin", part: .training), .cifar10(path: "data_batch_1.bin", part: .training)]),
      [image, Self.digit])
  }

  /// Bytes of one file and numbers of another.
  @Test func filesOfDifferentTypes() throws {
    _ = try folder.write(TestBytes.idx(8, [1, 2, 2], [0, 51, 255, 1]), to: "bytes")
    _ = try folder.write(TestBytes.npy([1, 2, 3, 4, 5, 6, 7, 8], shape: "(2, 2, 2)"), to: "x.npy")
    let source = DataSource.several([.npy(path: "x.npy"), .idx(images: "bytes", labels: nil), .npy(path: "x.npy")])
    try expectEqual(source, [Self.image])
    let numbers = try (0..<5).map { try load(source, [Self.image], isStored: false)["image"]?.numbers($0).last }
    #expect(numbers == [4, 8, 1.0 / 255, 4, 8])
  }

  @Test func everyNumberIsCheckedAtOnce() throws {
    var numbers = [Float](repeating: 1, count: 400_000)
    numbers[300_002] = .nan
    _ = try folder.write(TestBytes.npy(numbers, shape: "(100000, 2, 2)"), to: "x.npy")
    let error = fileFailure { () throws(DataError) in try load(.npy(path: "x.npy"), [Self.image]) }
    #expect(error?.message == "example 75000: nan is not a finite number")
    #expect(error == fileFailure { () throws(DataError) in try load(.npy(path: "x.npy"), [Self.image], isStored: false) })
  }

  /// The system would end the process if the file were mapped.
  @Test func aFileThatIsCutShortIsAnError() throws {
    let path = try folder.write(TestBytes.idx(8, [1000, 2, 2], .init(repeating: 9, count: 4000)), to: "images")
    let data = try load(.idx(images: "images", labels: nil), [Self.image])
    let column = try #require(data["image"])
    #expect(truncate(path, 2000) == 0)
    #expect(column.numbers(10) == [Double](repeating: 9.0 / 255, count: 4))
    #expect(throws: Never.self) { try column.checkFile() }
    #expect(column.numbers(900) == [0, 0, 0, 0])
    let error = fileFailure { () throws(DataError) in try column.checkFile() }
    #expect(error?.path == path)
    #expect(error?.message.contains("it was changed while it was in use") == true)
  }

  @Test func fingerprintsTellDataApart() throws {
    _ = try folder.write(TestBytes.idx(8, [2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]), to: "one")
    _ = try folder.write(TestBytes.idx(8, [2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 9]), to: "other")
    let texts = try ["one", "one", "other"].map { file in
      var fingerprint = Fingerprint()
      try load(.idx(images: file, labels: nil), [Self.image])["image"]?.add(to: &fingerprint)
      return fingerprint.text
    }
    #expect(texts[0] == texts[1])
    #expect(texts[0] != texts[2])
  }
}
