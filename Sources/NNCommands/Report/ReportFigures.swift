import NNData
import NNGraph
import NNReport
import NNSource
import NNTraining

/// Gathers what a report shows: from the folder of a run and, where they can still be had, from its model and data.
struct ReportFigures {
  private static let mostExamples = 24

  private(set) var report: RunReport

  init(_ folder: RunFolder, telling console: Console) throws {
    let records = try folder.records()
    report = RunReport(title: Self.name(of: folder), facts: Self.facts(records))
    report.findings = records.flatMap { record in
      record.diagnoses.map { diagnosis in
        RunReport.Finding(epoch: record.epoch, message: diagnosis.message, help: diagnosis.help, place: Self.place(of: diagnosis))
      }
    }
    report.charts = ReportCharts.charts(records)
    let weights = attempt("weights") { try Safetensors(contentsOf: folder.weights) }
    report.histograms = (weights?.tensors ?? []).map { Histogram(name: $0.name, shape: $0.shape, numbers: $0.storage.doubles) }
    addModel(folder, weights, console)
    for remark in report.remarks { console.warn(remark) }
  }

  private static func name(of folder: RunFolder) -> String {
    folder.path.split(separator: "/").last.map(String.init) ?? folder.path
  }

  private static func place(of diagnosis: Diagnosis) -> String? {
    guard let file = diagnosis.file, let line = diagnosis.line else { return nil }
    return "\(file.split(separator: "/").last ?? ""):\(line)"
  }

  private static func facts(_ records: [EpochRecord]) -> [RunReport.Fact] {
    guard let last = records.last else { return [] }
    var facts = [RunReport.Fact("epochs", "\(last.epoch)"), RunReport.Fact("steps", NumberText.grouped(last.steps))]
    facts.append(RunReport.Fact("time", NumberText.duration(seconds: last.seconds)))
    facts.append(RunReport.Fact("loss while learning", NumberText.short(last.loss, digits: 4)))
    for quantity in last.evaluation?.quantities ?? [] where last.isValidation || quantity.name != "loss" {
      facts.append(
        RunReport.Fact((last.isValidation ? "validation " : "") + quantity.name, NumberText.short(quantity.value, digits: 4)))
    }
    return facts
  }

  // MARK: What needs the model

  private mutating func addModel(_ folder: RunFolder, _ weights: Safetensors?, _ console: Console) {
    guard let setup = attempt("model", { try Self.setup(folder, console) }) else { return }
    report.facts.insert(RunReport.Fact("parameters", NumberText.grouped(setup.model.parameters.reduce(0) { $0 + $1.shape.count })), at: 0)
    report.model = setup.sources.files.first.map { $0.text(0..<$0.bytes.count) }
    guard let weights else { return }
    report.filters = FirstFilters.pictures(setup.model, weights)
    guard !setup.model.losses.isEmpty else { return }
    let found = attempt("classes and examples") {
      try setup.explaining { try TrainedModel($0, weights: folder.weights).examine(most: Self.mostExamples) }
    }
    guard let found else { return }
    if let counts = found.confusion?.confusion { add(counts) }
    report.examined = "\(NumberText.count(found.examples, "example")) \(found.origin)"
    report.examples = found.worst.map(ExampleText.example)
  }

  /// All of them as a table or, where there are too many, the most frequent.
  private mutating func add(_ counts: [[Int]]) {
    if counts.count <= RunReport.mostClasses {
      report.confusion = counts
    } else {
      let all = counts.indices.flatMap { wanted in
        counts.indices.compactMap { answered in
          wanted == answered || counts[wanted][answered] == 0
            ? nil : RunReport.Confusion(wanted: wanted, answered: answered, count: counts[wanted][answered])
        }
      }
      report.confusions = Array(all.sorted { $0.count > $1.count }.prefix(RunReport.mostClasses))
    }
  }

  private static func setup(_ folder: RunFolder, _ console: Console) throws -> ModelSetup {
    guard let origin = try folder.origin() else {
      throw Failure(.bad, "the run does not say where its model is")
    }
    let arguments = try ArgumentParser.parse(origin.arguments, for: TrainCommand.description)
    let setup = try RunOptions(arguments).setup(RecipeOptions(arguments), telling: console.silenced)
    guard setup.model.fingerprint == origin.model else {
      throw Failure(.bad, "what it computes has changed since the run began", file: setup.sources.files.first?.name)
    }
    return setup
  }

  /// The result of some work or, as a remark, why it could not be done: a report shows what there is.
  private mutating func attempt<Result>(_ what: String, _ work: () throws -> Result) -> Result? {
    do {
      return try work()
    } catch {
      let reason = Failure(explaining: error, from: "nnrun").map { failure in
        (failure.file.map { "\($0): " } ?? "") + (failure.diagnostics.first?.message ?? "")
      }
      report.remarks.append("\(what) cannot be shown: \(reason ?? "")")
      return nil
    }
  }
}
