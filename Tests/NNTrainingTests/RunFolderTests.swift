import Glibc
import NNData
import Testing

@testable import NNTraining

@Suite struct RunFolderTests {
  private func record(_ epoch: Int) -> EpochRecord {
    EpochRecord(
      epoch: epoch, steps: 10 * epoch, loss: 1 / Double(epoch), rate: 0.1,
      evaluation: Evaluation(quantities: [.init(name: "loss", value: .nan), .init(name: "accuracy", value: 0.5)]),
      isValidation: epoch.isMultiple(of: 2), seconds: 0.25)
  }

  @Test func aNewFolderIsMadeWithItsParents() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder + "/a/b/run")
      try run.refuseToReplaceRun()
      _ = try run.take()
      _ = try run.take()
      try run.refuseToReplaceRun()
      #expect(access(run.path, F_OK) == 0)
      #expect(!run.holdsCheckpoint)
    }
  }

  @Test func aFolderIsOfOneTrainingAtATime() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder)
      let lock = try run.take()
      defer { withExtendedLifetime(lock) {} }
      let error = #expect(throws: TrainingError.self) { try run.take() }
      #expect(error?.kind == .file)
      #expect(error?.message == "another process is training into this folder")
    }
  }

  @Test func whatAKilledProcessLeftIsRemoved() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder)
      let others = ["checkpoint", "checkpoint.old", "notes.12.tmp", "weights.safetensors"]
      for name in others + ["checkpoint.17.4.tmp", "weights.safetensors.9.1.tmp"] { try FileWriter.write("x", to: "\(folder)/\(name)") }
      _ = try run.take()
      #expect(try Folder.names(in: folder) == others)
    }
  }

  @Test(arguments: ["weights.safetensors", "checkpoint", "metrics.jsonl"])
  func aRunIsNotReplaced(file: String) throws {
    try withTemporaryFolder { folder in
      try FileWriter.write("something", to: folder + "/" + file)
      let error = #expect(throws: TrainingError.self) { try RunFolder(folder).refuseToReplaceRun() }
      #expect(error?.kind == .file)
      #expect(error?.path == folder)
    }
  }

  @Test func aFileInTheWayIsNamed() throws {
    try withTemporaryFolder { folder in
      try FileWriter.write("something", to: folder + "/file")
      let error = #expect(throws: DataError.self) { try RunFolder(folder + "/file/run").take() }
      #expect(error?.path == folder + "/file")
      #expect(error?.message == "cannot make the folder: a file is in the way")
    }
  }

  @Test func recordsAreKeptUpToAnEpoch() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder)
      try run.keepRecords(epochs: 0)
      for epoch in 1...4 { try run.append(record(epoch)) }
      let file = open(run.metrics, O_WRONLY | O_APPEND)
      #expect(write(file, "{\"epoch\": 5, \"ste", 17) == 17)
      close(file)
      try run.keepRecords(epochs: 2)
      let lines = try ByteBuffer(contentsOf: run.metrics).text?.split(separator: "\n").map(String.init)
      #expect(lines == [record(1).json.text, record(2).json.text])
    }
  }

  @Test(arguments: [1, 2])
  func recordsReadBackAsWritten(epoch: Int) throws {
    let text = record(epoch).json.text
    let back = try #require(EpochRecord(JSON(parsing: text)))
    #expect(back.json.text == text)
    #expect(back.isValidation == (epoch == 2))
  }

  @Test func progressReadsBackAsWritten() {
    var progress = TrainingProgress(seed: .max)
    progress.epochs = 3
    progress.position = 96
    progress.steps = 171
    progress.examples = 5_391
    progress.lossSum = 0.1 + 0.2
    progress.seconds = 1.0 / 3
    #expect(TrainingProgress(metadata: progress.metadata) == progress)
    for key in progress.metadata.keys {
      var metadata = progress.metadata
      metadata[key] = "-1x"
      #expect(TrainingProgress(metadata: metadata) == nil)
    }
  }

  @Test func streamsHaveTheSeedOnTop() {
    var progress = TrainingProgress(seed: 7)
    progress.examples = 1000
    #expect(progress.stream == 7 << 32 + 1000)
  }
}
