import Glibc
import NNGraph
import NNSchedule
import Testing

@testable import NNData
@testable import NNTraining

@Suite struct ExampleReadingTests {
  private static let text = """
    input  x: [2, 2]
    target t: [1]
    loss   squared_error(x |> flatten |> dense(1), t)
    train { data random(10); batch 3 }
    """

  @Test func batchesAreTheRowsInOrder() throws {
    let setup = try ModelSetup(test: Self.text)
    let table = try TrainingData(setup).table
    let instance = try setup.instance([.loss], batch: 3)
    var batches: [[Int]] = []
    try instance.forEachBatch(of: [9, 0, 4, 4, 7], in: table) { batch in
      batches.append(Array(batch))
      let address = instance.memory.examples.address(ofPort: 0).assumingMemoryBound(to: Float.self)
      let found = UnsafeBufferPointer(start: address, count: batch.count * 4).map { Double($0) }
      #expect(found == batch.flatMap { table.columns[0]?.numbers($0) ?? [] })
    }
    #expect(batches == [[9, 0, 4], [4, 7]])
  }

  /// Numbers that cannot be read any more would be zeros.
  @Test func aFileThatIsCutShortIsAnError() throws {
    try withTemporaryFolder { folder in
      let setup = try ModelSetup(test: Self.text)
      let path = folder + "/images"
      let images = try Dataset.Column.images(path)
      let table = ExampleTable(count: 1000, columns: [images, nil])
      let instance = try setup.instance([.loss], batch: 1000)
      try instance.load(table)
      #expect(truncate(path, 2000) == 0)
      #expect(throws: DataError.self) { try instance.forEachBatch(of: [1, 999], in: table) { _ in } }
      #expect(throws: DataError.self) { try instance.load(table) }
    }
  }
}

extension Dataset.Column {
  /// A thousand images of 2 by 2, which stay in their file.
  static func images(_ path: String) throws -> Dataset.Column? {
    let header: [UInt8] = [0, 0, 8, 3, 0, 0, 3, 232, 0, 0, 0, 2, 0, 0, 0, 2]
    try FileWriter.write(header + [UInt8](repeating: 9, count: 4000), to: path)
    let port = DataPort(name: "x", shape: [2, 2], kind: .real, role: .input)
    return try DataSource.idx(images: path, labels: nil)
      .load(for: [port], relativeTo: "", precision: .float32, largestInMemory: 0)["x"]
  }
}
