import Glibc
import Testing

@testable import NNData

private let image = DataPort(name: "image", shape: [4], kind: .real, role: .input)
private let digit = DataPort(name: "digit", shape: [], kind: .classes(10), role: .target)

private func load(
  _ source: DataSource, _ ports: [DataPort] = [image, digit], in folder: TestFolder? = nil, precision: RealPrecision = .float32
) throws(DataError) -> Dataset {
  try source.load(for: ports, relativeTo: folder?.path ?? "", precision: precision)
}

@Suite struct DataSourceTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  @Test func idxBytesBecomeZeroToOne() throws {
    _ = try folder.write(TestBytes.gzip(TestBytes.idx(8, [2, 2, 2], [0, 51, 255, 1, 2, 3, 4, 5])), to: "images.gz")
    _ = try folder.write(TestBytes.idx(8, [2], [7, 9]), to: "labels")
    let data = try load(.idx(images: "images.gz", labels: "labels"), in: folder)
    #expect(data.count == 2)
    #expect(data["digit"]?.values == .classes([7, 9]))
    var reals = [Float](repeating: -1, count: 8)
    reals.withUnsafeMutableBytes { memory in
      guard let base = memory.baseAddress else { return }
      #expect(data["image"]?.exampleSize(.float32) == 16)
      for (place, example) in [1, 0].enumerated() { data["image"]?.copy(example, as: .float32, to: base + 16 * place) }
    }
    let expected: [Float] = [2, 3, 4, 5, 0, 51, 255, 1].map { $0 / 255 }
    #expect(reals == expected)
    var wide = [Double](repeating: -1, count: 4)
    wide.withUnsafeMutableBytes { if let base = $0.baseAddress { data["image"]?.copy(0, as: .float64, to: base) } }
    #expect(wide == [0, 51, 255, 1].map { $0 / 255 })
  }

  @Test func safetensorsGoByName() throws {
    let path = folder.path + "/d.safetensors"
    try Safetensors(tensors: [
      Tensor(name: "image", shape: [2, 4], storage: .float64([1, 2, 3, 4, 5, 6, 7, 8])),
      Tensor(name: "y", shape: [2, 1], storage: .int64([1, 0])),
      Tensor(name: "unused", shape: [1], storage: .float32([0])),
    ]).write(to: path)
    let data = try load(.safetensors(path: "d.safetensors", names: ["digit": "y"]), in: folder)
    #expect(data["image"]?.values == .float32([1, 2, 3, 4, 5, 6, 7, 8]))
    #expect(data["digit"]?.values == .classes([1, 0]))
  }

  @Test func npzGoesByName() throws {
    let entries = [
      TestBytes.ZipEntry(name: "image.npy", contents: TestBytes.npy([1, 2, 3, 4], shape: "(1, 2, 2)"), isDeflated: true),
      TestBytes.ZipEntry(name: "digit.npy", contents: TestBytes.npy([3], shape: "(1,)")),
    ]
    let path = try folder.write(TestBytes.zip(entries), to: "d.npz")
    let data = try load(.npz(path: path, names: [:]), precision: .float64)
    #expect(data["image"]?.values == .float64([1, 2, 3, 4]))
    #expect(data["digit"]?.values == .classes([3]))
  }

  @Test func cifarFilesAreJoined() throws {
    for index in 1...5 { _ = try folder.write([UInt8(index)] + [UInt8](repeating: 255, count: 3072), to: "data_batch_\(index).bin") }
    let port = DataPort(name: "image", shape: [3, 32, 32], kind: .real, role: .input)
    let data = try load(.cifar10(path: folder.path, part: .training), [port, digit])
    #expect(data["digit"]?.values == .classes([1, 2, 3, 4, 5]))
    let error = fileFailure { () throws(DataError) in try load(.cifar10(path: folder.path, part: .test), [port, digit]) }
    #expect(error == .file(path: folder.path + "/test_batch.bin", message: "cannot open it: No such file or directory", help: nil))
  }

  @Test func rowsAreTakenAsTheyAre() throws {
    let target = DataPort(name: "t", shape: [], kind: .real, role: .target)
    let source = DataSource.rows([
      Tensor(name: "image", shape: [2, 4], storage: .float64([1, 2, 3, 4, 5, 6, 7, 8])),
      Tensor(name: "t", shape: [2, 1], storage: .float64([0, 1])),
    ])
    #expect(try load(source, [image, target])["t"]?.values == .float32([0, 1]))
    let missing = fileFailure { () throws(DataError) in try load(source, [image, digit]) }
    #expect(missing?.description.contains("rows(...): error: there is no value 'digit' for target 'digit'") == true)
  }

  @Test func randomDataDependsOnTheSeedOnly() throws {
    func random(_ seed: UInt64) throws -> Dataset {
      try DataSource.random(count: 500).load(for: [image, digit], relativeTo: "", precision: .float64, seed: seed)
    }
    #expect(try random(1) == random(1))
    #expect(try random(1) != random(2))
    guard case .float64(let reals)? = try random(1)["image"]?.values, case .classes(let classes)? = try random(1)["digit"]?.values else {
      Issue.record("columns are missing")
      return
    }
    #expect(Set(classes) == Set(0..<10))
    #expect(abs(reals.reduce(0, +) / 2000) < 0.1 && abs(reals.reduce(0) { $0 + $1 * $1 } / 2000 - 1) < 0.1)
    #expect(fileFailure { () throws(DataError) in try load(.random(count: Int.max)) } != nil)
    #expect(fileFailure { () throws(DataError) in try load(.random(count: 0)) } != nil)
  }

  @Test(
    arguments: [
      ([Tensor(name: "image", shape: [1, 4], storage: .float32([1, 2, 3, 4]))], "there is no tensor 'digit' for target 'digit'"),
      ([Tensor(name: "image", shape: [], storage: .float32([1]))], "tensor 'image': it is a single number"),
      (
        [Tensor(name: "image", shape: [1, 2, 2], storage: .float32([1, 2, 3, 4]))],
        "tensor 'image': its shape is [1, 2, 2], but input 'image' takes [4]"
      ),
      ([Tensor(name: "image", shape: [0, 4], storage: .float32([]))], "tensor 'image': it has no examples"),
      (
        [Tensor(name: "image", shape: [1, 4], storage: .float32([1, 2, .nan, 4]))], "tensor 'image', example 0: nan is not a finite number"
      ),
      (
        [Tensor(name: "image", shape: [1, 4], storage: .float64([1, 2, 1e300, 4]))],
        "tensor 'image', example 0: 1e+300 is out of the range of float32"
      ),
      (
        [
          Tensor(name: "image", shape: [2, 4], storage: .float32(Array(repeating: 0, count: 8))),
          Tensor(name: "digit", shape: [2], storage: .int32([3, 10])),
        ], "tensor 'digit', example 1: class 10 is not in 0..<10"
      ),
      (
        [
          Tensor(name: "image", shape: [2, 4], storage: .float32(Array(repeating: 0, count: 8))),
          Tensor(name: "digit", shape: [2], storage: .float32([3, 1.5])),
        ], "tensor 'digit', example 1: 1.5 is not a whole number"
      ),
      (
        [
          Tensor(name: "image", shape: [2, 4], storage: .float32(Array(repeating: 0, count: 8))),
          Tensor(name: "digit", shape: [2], storage: .float32([3, .nan])),
        ], "tensor 'digit', example 1: nan is not a whole number"
      ),
      (
        [
          Tensor(name: "image", shape: [2, 4], storage: .float32(Array(repeating: 0, count: 8))),
          Tensor(name: "digit", shape: [1], storage: .int64([3])),
        ], "input 'image' has 2 examples, but target 'digit' has 1"
      ),
    ] as [([Tensor], String)])
  func rejects(tensors: [Tensor], message: String) throws {
    let path = folder.path + "/bad.safetensors"
    try Safetensors(tensors: tensors).write(to: path)
    let error = try #require(fileFailure { () throws(DataError) in try load(.safetensors(path: path, names: [:])) })
    #expect(error.message.contains(message), "\(error.message)")
    #expect(error.path == path)
  }

  @Test func aSourceForOnePortNeedsExactlyOne() throws {
    let path = try folder.write(TestBytes.npy([1, 2], shape: "(1, 2)"), to: "x.npy")
    let two = ["a", "b"].map { DataPort(name: $0, shape: [2], kind: .real, role: .input) }
    let error = fileFailure { () throws(DataError) in try load(.npy(path: path), two) }
    #expect(error?.message == "it fills the only input of a model, but this one has 2")
    let missing = fileFailure { () throws(DataError) in
      try load(.npy(path: path), [DataPort(name: "a", shape: [2], kind: .real, role: .input), digit])
    }
    #expect(missing?.message == "it has nothing for target 'digit'")
  }

  @Test func aMissingDatasetSaysHowToGetIt() {
    let error = fileFailure { () throws(DataError) in
      try load(.idx(images: "/usr/share/datasets/no-such-set/images.gz", labels: nil), [image])
    }
    #expect(error?.help == "apt-get install dataset-no-such-set")
    guard case .file? = error else {
      Issue.record("it is the file that is missing")
      return
    }
  }

  @Test(arguments: [
    ("d.csv", true), ("a/d.csv.gz", true), ("train-images-idx3-ubyte.gz", true), ("d.npz", true), ("d.npy", true),
    ("d.safetensors", true), ("data_batch_1.bin", true), ("d.txt", false), ("d.npz.gz", false), ("d", false), ("", false),
  ])
  func theNameTellsTheKind(name: String, isKnown: Bool) {
    #expect((DataSource(fileName: name) != nil) == isKnown)
  }

  @Test(.enabled(if: access("/usr/share/datasets/fashion-mnist/t10k-labels-idx1-ubyte.gz", R_OK) == 0))
  func fashionMNISTIsRead() throws {
    let port = DataPort(name: "image", shape: [784], kind: .real, role: .input)
    let root = "/usr/share/datasets/fashion-mnist/t10k-"
    let data = try load(.idx(images: root + "images-idx3-ubyte.gz", labels: root + "labels-idx1-ubyte.gz"), [port, digit])
    #expect(data.count == 10_000)
    guard case .classes(let classes)? = data["digit"]?.values else {
      Issue.record("labels are missing")
      return
    }
    #expect((0..<10).allSatisfy { digit in classes.count { $0 == digit } == 1000 })
  }
}

@Suite struct FileTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  @Test func readsWhatWasWritten() throws {
    for count in [0, 1, 65535, 65536, 200_000] {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      let path = try folder.write(bytes, to: "f")
      #expect(try ByteBuffer(contentsOf: path).array == bytes)
    }
    #expect(folder.names == ["f"])
  }

  @Test func bigFilesOfDataAreNotRead() throws {
    let path = folder.path + "/big"
    let file = open(path, O_WRONLY | O_CREAT, 0o600)
    try #require(ftruncate(file, 65 << 20) == 0 && pwrite(file, [1, 2, 3] as [UInt8], 3, 64 << 20) == 3)
    close(file)
    let bytes = try ByteBuffer(contentsOf: path, largestInMemory: ByteBuffer.largestInMemory)
    #expect(bytes.isInFile)
    // Nobody asks other files whether they have been cut short meanwhile.
    #expect(!(try ByteBuffer(contentsOf: path)).isInFile)
    unlink(path)
    #expect(bytes.count == 65 << 20)
    #expect(bytes[64 << 20..<(64 << 20) + 4].array == [1, 2, 3, 0])
    #expect(bytes.slice(at: 65 << 20, count: 1) == nil)
    #expect(bytes.slice(at: 1, count: Int.max) == nil)
  }

  @Test func aFailedWriteLeavesTheOldFile() throws {
    let path = try folder.write("old", to: "f")
    struct Stop: Error {}
    let error = fileFailure { () throws(DataError) in
      try FileWriter.write(path) { (writer) throws(DataError) in
        try writer.append(Array("new".utf8))
        throw .file(path: "x", message: "stop", help: nil)
      }
    }
    #expect(error?.message == "stop")
    #expect(try ByteBuffer(contentsOf: path).text == "old")
    #expect(folder.names == ["f"])
  }

  @Test func linksAndModesAreKept() throws {
    let path = try folder.write("old", to: "f")
    chmod(path, 0o640)
    symlink("f", folder.path + "/link")
    try FileWriter.write("new", to: folder.path + "/link")
    #expect(try ByteBuffer(contentsOf: path).text == "new")
    var info = stat()
    #expect(lstat(folder.path + "/link", &info) == 0 && info.st_mode & S_IFMT == S_IFLNK)
    #expect(stat(path, &info) == 0 && info.st_mode & 0o777 == 0o640)
  }

  @Test func devicesAreWrittenTo() throws {
    try FileWriter.write("gone", to: "/dev/null")
    let error = fileFailure { () throws(DataError) in try FileWriter.write("x", to: "/dev/full") }
    #expect(error == .file(path: "/dev/full", message: "cannot write it: No space left on device", help: nil))
  }

  @Test(arguments: [
    ("/no/such/file", "cannot open it: No such file or directory"), ("/tmp", "cannot read it: Is a directory"),
    ("", "cannot open it: No such file or directory"), ("a\0b", "a path cannot hold a NUL character"),
  ])
  func readingTroubleIsNamed(path: String, message: String) {
    #expect(fileFailure { () throws(DataError) in try ByteBuffer(contentsOf: path) } == .file(path: path, message: message, help: nil))
  }

  @Test(arguments: [
    ("/no/such/folder/f", "cannot write it: No such file or directory"), ("/tmp", "cannot write it: Is a directory"),
    ("", "this is no path"), ("/proc/f", "cannot write it: No such file or directory"),
  ])
  func writingTroubleIsNamed(path: String, message: String) {
    #expect(fileFailure { () throws(DataError) in try FileWriter.write("x", to: path) } == .file(path: path, message: message, help: nil))
  }
}
