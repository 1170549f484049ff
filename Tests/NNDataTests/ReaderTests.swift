import Testing

@testable import NNData

@Suite struct SafetensorsTests {
  static let whole = TestBytes.safetensors(
    #"{"__metadata__":{"format":"nncc"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"I64","shape":[],"data_offsets":[8,16]}}"#,
    [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0] + TestBytes.little(-5, 8))

  @Test func reads() throws {
    let file = try Safetensors(parsing: ByteBuffer(Self.whole))
    #expect(file.metadata == ["format": "nncc"])
    #expect(file["a"] == Tensor(name: "a", shape: [2], storage: .float32([1, -2])))
    #expect(file["b"] == Tensor(name: "b", shape: [], storage: .int64([-5])))
  }

  @Test(
    arguments: [
      ("F16", [0x00, 0x3C, 0x00, 0xC0], Tensor.Storage.float32([1, -2])),
      ("BF16", [0x80, 0x3F, 0x00, 0xC0], .float32([1, -2])),
      ("U8", [1, 255], .uint8([1, 255])),
      ("I8", [1, 255], .int32([1, -1])),
      ("BOOL", [0, 1], .int32([0, 1])),
      ("U16", [1, 0, 255, 255], .int32([1, 65535])),
    ] as [(String, [UInt8], Tensor.Storage)])
  func widens(type: String, data: [UInt8], storage: Tensor.Storage) throws {
    let header = "{\"a\":{\"dtype\":\"\(type)\",\"shape\":[2],\"data_offsets\":[0,\(data.count)]}}"
    #expect(try Safetensors(parsing: ByteBuffer(TestBytes.safetensors(header, data)))["a"]?.storage == storage)
  }

  @Test(
    arguments: [
      ([], "it is cut off: a safetensors file begins with 8 bytes, but it has 0"),
      ([1, 2, 3], "begins with 8 bytes, but it has 3"),
      ([UInt8](repeating: 0xFF, count: 8), "its header would have 18446744073709551615 bytes"),
      (TestBytes.little(100_000_001, 8), "its header would have 100000001 bytes"),
      (TestBytes.little(100, 8) + [123], "it is cut off: its header has 100 bytes, but only 1 follow"),
      (TestBytes.safetensors("[]", []), "the header is not a JSON object"),
      (TestBytes.safetensors("{", []), "byte 1: the JSON text ends"),
      (Array(whole.dropLast()), "tensor 'b': it ends at byte 16 of the data, which is only 15 bytes long: the file is cut off"),
      (whole + [0], "1 bytes at its end belong to no tensor"),
      (header("F32", "[2]", "[0,4]", 4), "tensor 'a': shape [2] of F32 does not take 4 bytes"),
      (header("F32", "[-1]", "[0,4]", 4), "tensor 'a': its 'shape' is no list of sizes"),
      (header("F32", "[1.0]", "[0,4]", 4), "tensor 'a': its 'shape' is no list of sizes"),
      (header("F32", "[4611686018427387904,4]", "[0,4]", 4), "tensor 'a': its 'shape' is no list of sizes"),
      (header("F32", "[4611686018427387904]", "[0,0]", 0), "tensor 'a': shape [4611686018427387904] of F32 does not take 0 bytes"),
      (header("F32", "[1]", "[4,0]", 4), "tensor 'a': its 'data_offsets' are no range"),
      (header("F32", "[1]", "[-4,0]", 4), "tensor 'a': its 'data_offsets' are no range"),
      (header("F32", "[1]", "[0]", 4), "tensor 'a': its 'data_offsets' are no range"),
      (header("F32", "[1]", "[4,8]", 8), "tensor 'a': it starts at byte 4 of the data, but byte 0 is next"),
      (header("C64", "[1]", "[0,8]", 8), "tensor 'a': the type C64 is not supported"),
      (header("BOOL", "[4]", "[0,4]", 4), "tensor 'a', element 3: 9 is neither true nor false"),
      (TestBytes.safetensors("{\"a\":1}", []), "tensor 'a': it has no 'dtype'"),
      (TestBytes.safetensors("{\"__metadata__\":{\"a\":1}}", []), "the metadata 'a' is not a string"),
      (
        TestBytes.safetensors(
          #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}"#, [0, 0, 0]),
        "tensor 'b': it starts at byte 1 of the data, but byte 2 is next"
      ),
      (
        TestBytes.safetensors(
          #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#, []),
        "the member 'a' occurs twice"
      ),
    ] as [([UInt8], String)])
  func rejects(bytes: [UInt8], message: String) {
    let found = failure { () throws(ContentError) in try Safetensors(parsing: ByteBuffer(bytes)) }
    #expect(found.contains(message), "\(found)")
  }

  private static func header(_ type: String, _ shape: String, _ offsets: String, _ length: Int) -> [UInt8] {
    let data = [UInt8](repeating: 0, count: max(length - 1, 0)) + [UInt8](repeating: 9, count: min(length, 1))
    return TestBytes.safetensors("{\"a\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}}", data)
  }

  @Test func writesWhatItReads() throws {
    let folder = try TestFolder()
    let tensors = [
      Tensor(name: "bytes", shape: [3], storage: .uint8([1, 2, 3])),
      Tensor(name: "dense1.weight", shape: [2, 2], storage: .float32([1, -0.0, .infinity, .leastNonzeroMagnitude])),
      Tensor(name: "empty", shape: [0, 4], storage: .float32([])),
      Tensor(name: "näme \"q\"", shape: [], storage: .float64([0.1])),
      Tensor(name: "class", shape: [2], storage: .int32([-1, 7])),
      Tensor(name: "step", shape: [1], storage: .int64([Int64.min])),
    ]
    let path = folder.path + "/w.safetensors"
    try Safetensors(tensors: tensors, metadata: ["a": "b\n"]).write(to: path)
    let read = try Safetensors(contentsOf: path)
    #expect(read.metadata == ["a": "b\n"])
    for tensor in tensors { #expect(read[tensor.name] == tensor) }
    #expect(folder.names == ["w.safetensors"])
    let bytes = try ByteBuffer(contentsOf: path)
    #expect(try #require(bytes.integer(UInt64.self, at: 0)) % 8 == 0)
  }

  @Test func mutatedFilesNeverCrash() {
    for seed in 0..<UInt64(maximumRounds) {
      var generator = TestGenerator(state: seed)
      _ = try? Safetensors(parsing: ByteBuffer(mutated(Self.whole, &generator)))
    }
  }
}

@Suite struct NumPyTests {
  static let whole = TestBytes.npy([1, 2, 3, 4, 5, 6], shape: "(2, 3)")

  @Test func reads() throws {
    let tensor = try NumPyArray.read(ByteBuffer(Self.whole), name: "x").decoded()
    #expect(tensor == Tensor(name: "x", shape: [2, 3], storage: .float32([1, 2, 3, 4, 5, 6])))
  }

  @Test(
    arguments: [
      ("'<i2', 'fortran_order': False, 'shape': (2,)", [1, 0, 255, 255], [2], [1.0, -1.0]),
      ("'>i2', 'fortran_order': False, 'shape': (2,)", [0, 1, 255, 255], [2], [1, -1]),
      ("'|u1', 'fortran_order': False, 'shape': ()", [200], [], [200]),
      ("'<f8', 'fortran_order': False, 'shape': (1,)", TestBytes.little(0x3FF8_0000_0000_0000, 8), [1], [1.5]),
      ("'|u1', 'fortran_order': True, 'shape': (2, 3)", [1, 4, 2, 5, 3, 6], [2, 3], [1, 2, 3, 4, 5, 6]),
      ("'|u1', 'fortran_order': True, 'shape': (2, 1, 2)", [1, 3, 2, 4], [2, 1, 2], [1, 2, 3, 4]),
      ("'<u8', 'fortran_order': False, 'shape': (1,)", TestBytes.little(9, 8), [1], [9]),
    ] as [(String, [UInt8], [Int], [Double])])
  func readsTypes(header: String, data: [UInt8], shape: [Int], values: [Double]) throws {
    for version: UInt8 in 1...3 {
      let tensor = try NumPyArray.read(ByteBuffer(TestBytes.npy("{'descr': \(header), }", data, version: version)), name: "x").decoded()
      #expect(tensor.shape == shape)
      #expect(tensor.storage.doubles == values)
    }
  }

  @Test(
    arguments: [
      ([], "it is no .npy file"),
      (Array("PK\u{3}\u{4}".utf8), "it is no .npy file"),
      (Array(whole.prefix(8)), "it is cut off in its header"),
      (Array(whole.prefix(40)), "it is cut off in its header"),
      (Array(whole.dropLast()), "it is cut off: shape [2, 3] of '<f4' does not take 23 bytes"),
      (whole + [0], "shape [2, 3] of '<f4' does not take 25 bytes"),
      (Array(whole.prefix(6)) + [9, 0, 1, 0, 0], "version 9 of the .npy format is not known"),
      (TestBytes.npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", [0]), "it holds Python objects, which are never read"),
      (TestBytes.npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", [0]), "arrays of records are not supported"),
      (TestBytes.npy("{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}", [0]), "the type '<c8' is not supported"),
      (TestBytes.npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", []), "the header is malformed"),
      (TestBytes.npy("{'descr': '<f4', 'fortran_order': False}", []), "the header is malformed"),
      (TestBytes.npy("{'descr': '<f4', 'descr': '<f4', 'shape': ()}", []), "the header is malformed"),
      (TestBytes.npy("__import__('os').system('true')", []), "the header is malformed"),
      (TestBytes.npy("{'descr': '<f4', 'fortran_order': 1, 'shape': ()}", []), "the header is malformed"),
      (
        TestBytes.npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4)}", []),
        "the shape [4611686018427387904, 4] is out of range"
      ),
      (
        TestBytes.npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,)}", []),
        "shape [4611686018427387904] of '<f4' does not take 0 bytes"
      ),
      (TestBytes.npy("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", []), "the header is malformed"),
      ([0x93] + Array("NUMPY".utf8) + [2, 0, 255, 255, 255, 255], "it is cut off in its header"),
    ] as [([UInt8], String)])
  func rejects(bytes: [UInt8], message: String) {
    let found = failure { () throws(ContentError) in try NumPyArray.read(ByteBuffer(bytes), name: "x").decoded() }
    #expect(found.contains(message), "\(found)")
  }

  @Test func mutatedFilesNeverCrash() {
    for seed in 0..<UInt64(maximumRounds) {
      var generator = TestGenerator(state: seed)
      _ = try? NumPyArray.read(ByteBuffer(mutated(Self.whole, &generator)), name: "x").decoded()
    }
  }
}

@Suite struct ZipTests {
  static let contents = [UInt8](repeating: 7, count: 1000)
  static let whole = TestBytes.zip([
    TestBytes.ZipEntry(name: "a.npy", contents: contents), TestBytes.ZipEntry(name: "b.npy", contents: contents, isDeflated: true),
  ])

  @Test func readsStoredAndDeflatedEntries() throws {
    let archive = try ZipArchive(ByteBuffer(Self.whole))
    #expect(archive.entries.map(\.name) == ["a.npy", "b.npy"])
    for entry in archive.entries { #expect(try archive.contents(entry).array == Self.contents) }
  }

  @Test func readsAnArchiveWithAComment() throws {
    let archive = try ZipArchive(ByteBuffer(Self.whole.dropLast(2) + [5, 0] + Array("hello".utf8)))
    #expect(archive.entries.count == 2)
  }

  @Test(
    arguments: [
      ([], "it is no .npz file"),
      (Array(whole.dropLast(30)), "it is no .npz file, or is cut off"),
      (Array(whole.dropFirst(10)), "the directory of the zip is damaged"),
      (Array(whole.dropLast(6)) + [0xFF, 0xFF, 0xFF, 0xFF, 0, 0], "it is a zip64 file"),
      (Array(whole.dropLast(6)) + [0xF0, 0xFF, 0xFF, 0x7F, 0, 0], "the directory of the zip is damaged"),
      (TestBytes.zip([TestBytes.ZipEntry(name: "a", contents: [1], flags: 1)]), "entry 'a': it is encrypted"),
      (
        TestBytes.zip([TestBytes.ZipEntry(name: "a", contents: [1]), TestBytes.ZipEntry(name: "a", contents: [1])]),
        "the zip names an entry twice"
      ),
      (TestBytes.zip([TestBytes.ZipEntry(name: "a", contents: contents, isDeflated: true, claimedSize: 999)]), "entry 'a'"),
      (
        TestBytes.zip([TestBytes.ZipEntry(name: "a", contents: contents, isDeflated: true, claimedSize: 1001)]),
        "entry 'a': it has 1000 bytes instead of 1001"
      ),
      (
        TestBytes.zip([TestBytes.ZipEntry(name: "a", contents: [UInt8](repeating: 0, count: 20_000_000), isDeflated: true)]),
        "which few honest files of its size do"
      ),
      (whole.indices.map { $0 == 45 ? 8 : whole[$0] }, "entry 'a.npy': its checksum is wrong"),
    ] as [([UInt8], String)])
  func rejects(bytes: [UInt8], message: String) {
    let found = failure { () throws(ContentError) in
      let archive = try ZipArchive(ByteBuffer(bytes))
      for entry in archive.entries { _ = try archive.contents(entry) }
    }
    #expect(found.contains(message), "\(found)")
  }

  @Test func mutatedArchivesNeverCrash() {
    for seed in 0..<UInt64(maximumRounds) {
      var generator = TestGenerator(state: seed)
      guard let archive = try? ZipArchive(ByteBuffer(mutated(Self.whole, &generator))) else { continue }
      for entry in archive.entries { _ = try? archive.contents(entry) }
    }
  }
}

@Suite struct IDXTests {
  static let whole = TestBytes.idx(8, [2, 1, 3], [1, 2, 3, 4, 5, 255])

  @Test func reads() throws {
    let tensor = try IDXArray.read(ByteBuffer(Self.whole), name: "x").decoded()
    #expect(tensor == Tensor(name: "x", shape: [2, 1, 3], storage: .uint8([1, 2, 3, 4, 5, 255])))
    let wide = try IDXArray.read(ByteBuffer(TestBytes.idx(0x0C, [1], TestBytes.big(-2, 4))), name: "x").decoded()
    #expect(wide.storage == .int32([-2]))
  }

  @Test(
    arguments: [
      ([], "it is no IDX file"),
      ([0, 0, 8], "it is no IDX file"),
      ([1, 0, 8, 1], "it is no IDX file"),
      ([0, 0, 7, 1], "it is no IDX file"),
      ([0, 0, 8, 3, 0, 0, 0, 1], "it is cut off in its header"),
      ([0, 0, 8, 0], "the shape [] is out of range"),
      (Array(whole.dropLast()), "it is cut off: shape [2, 1, 3] with 1 bytes a number does not take 5 bytes"),
      (whole + [0], "shape [2, 1, 3] with 1 bytes a number does not take 7 bytes"),
      ([0, 0, 8, 4] + [UInt8](repeating: 0xFF, count: 16), "the shape [4294967295, 4294967295, 4294967295, 4294967295] is out of range"),
    ] as [([UInt8], String)])
  func rejects(bytes: [UInt8], message: String) {
    let found = failure { () throws(ContentError) in try IDXArray.read(ByteBuffer(bytes), name: "x").decoded() }
    #expect(found.contains(message), "\(found)")
  }

  @Test func mutatedFilesNeverCrash() {
    let packed = TestBytes.gzip(Self.whole)
    for seed in 0..<UInt64(maximumRounds) {
      var generator = TestGenerator(state: seed)
      _ = try? IDXArray.read(ByteBuffer(mutated(Self.whole, &generator)), name: "x").decoded()
      _ = try? IDXArray.read(ByteBuffer(mutated(packed, &generator)).unzipped(), name: "x").decoded()
    }
  }
}

@Suite struct GzipTests {
  private let text = Array("hello, hello, hello".utf8)

  @Test func plainBytesPassThrough() throws {
    #expect(try ByteBuffer(text).unzipped().array == text)
    #expect(try ByteBuffer([]).unzipped().array == [])
  }

  @Test func membersAreJoined() throws {
    let packed = TestBytes.gzip(text) + TestBytes.gzip(text) + [0, 0, 0]
    #expect(try ByteBuffer(packed).unzipped().array == text + text)
  }

  @Test func damageIsNamed() {
    let packed = TestBytes.gzip(text)
    let cases = [
      (Array(packed.dropLast(9)), "cut off"), (Array(packed.prefix(2)), "cut off"), (packed + [1, 2], "damaged"),
      (packed.indices.map { $0 == packed.count - 6 ? packed[$0] ^ 1 : packed[$0] }, "damaged"),
    ]
    for (bytes, message) in cases {
      let found = failure { () throws(ContentError) in try ByteBuffer(bytes).unzipped() }
      #expect(found.contains(message), "\(found)")
    }
  }

  @Test func aBombIsStopped() {
    let zeros = [UInt8](repeating: 0, count: 40_000_000)
    let found = failure { () throws(ContentError) in try ByteBuffer(TestBytes.gzip(zeros)).unzipped() }
    #expect(found.contains("few honest files"), "\(found)")
  }
}

@Suite struct CIFARTests {
  @Test func readsRecords() throws {
    let record = [UInt8(3)] + [UInt8](repeating: 9, count: 3072)
    let (images, labels) = try CIFARRecords.read(ByteBuffer(record + record))
    #expect(try labels.storage() == .uint8([3, 3]))
    #expect(try images.storage() == .uint8([UInt8](repeating: 9, count: 6144)))
  }

  @Test(
    arguments: [
      (0, UInt8(0), "0 bytes are no whole number of records"), (3074, 0, "3074 bytes are no whole number"),
      (3073, 10, "record 0: the label 10"),
    ] as [(Int, UInt8, String)])
  func rejects(count: Int, label: UInt8, message: String) {
    let bytes = ByteBuffer(count == 0 ? [] : [label] + [UInt8](repeating: 0, count: count - 1))
    let found = failure { () throws(ContentError) in try CIFARRecords.read(bytes) }
    #expect(found.contains(message), "\(found)")
  }
}
