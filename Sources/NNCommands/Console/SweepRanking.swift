import NNData
import NNEmission
import NNTraining

/// A model with one choice of what is varied.
struct SweepCandidate {
  let settings: [Setting]
  let rate: Double?

  /// Every value of a list with every value of the others, the last list first to change; each choice once.
  static func all(_ lists: [Setting], _ rates: [Double]) -> [SweepCandidate] {
    var choices: [[Setting]] = [[]]
    for list in lists {
      let values = values(of: list).map { Setting(name: list.name, value: $0) }
      choices = choices.flatMap { choice in values.map { choice + [$0] } }
    }
    var names: Set<String> = []
    let candidates = choices.flatMap { choice in
      rates.isEmpty ? [SweepCandidate(settings: choice, rate: nil)] : rates.map { SweepCandidate(settings: choice, rate: $0) }
    }
    return candidates.filter { names.insert($0.name).inserted }
  }

  /// The values of a list, one of which may be empty by mistake.
  static func values(of list: Setting) -> [String] {
    list.value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  /// What is varied, by name.
  var values: [(name: String, value: String)] {
    settings.map { ($0.name, $0.value) } + (rate.map { [("rate", "\($0)")] } ?? [])
  }

  /// The name of its folder.
  var name: String { values.map { "\($0.name)=\($0.value)" }.joined(separator: ",").replacing("/", with: "_") }
}

/// Candidates and what became of them, the best first.
struct SweepRanking {
  private struct Entry {
    let candidate: SweepCandidate
    let record: EpochRecord?
    let failure: String?

    var loss: Double { record?.evaluation?.loss ?? .nan }
  }

  private var entries: [Entry] = []

  mutating func add(_ candidate: SweepCandidate, _ outcome: Result<TrainingResult, TrainingError>) {
    switch outcome {
    case .success(let result): entries.append(Entry(candidate: candidate, record: result.judged, failure: nil))
    case .failure(let error): entries.append(Entry(candidate: candidate, record: nil, failure: error.message))
    }
  }

  /// What became of one candidate.
  static func line(_ candidate: SweepCandidate, _ outcome: Result<TrainingResult, TrainingError>) -> String {
    switch outcome {
    case .success(let result): "\(candidate.name): \(result.judged?.evaluation.map { EvaluationText.line($0, digits: 4) } ?? "not trained")"
    case .failure(let error): "\(candidate.name): \(error.message)"
    }
  }

  /// Whether no candidate was trained to a loss.
  var hasOnlyFailures: Bool { entries.allSatisfy(\.loss.isNaN) }

  private var ranked: [Entry] {
    let known = entries.filter { !$0.loss.isNaN }.sorted { $0.loss < $1.loss }
    return known + entries.filter(\.loss.isNaN)
  }

  private var rows: [[String]] {
    guard let first = ranked.first else { return [] }
    let quantities = first.record?.evaluation?.quantities.map(\.name) ?? ["loss"]
    let head = ["rank"] + first.candidate.values.map(\.name) + quantities + ["epoch", "seconds"]
    return [head]
      + ranked.enumerated().map { index, entry in
        let found = quantities.map { name in entry.record?.evaluation?[name].map { NumberText.short($0) } ?? "-" }
        let epoch = entry.record.map { "\($0.epoch)" } ?? "-"
        return ["\(index + 1)"] + entry.candidate.values.map(\.value) + found + [
          epoch, entry.record.map { NumberText.short($0.seconds, digits: 3) } ?? "-",
        ]
      }
  }

  var table: String {
    guard let head = rows.first else { return "" }
    var table = TextTable(head, rightAligned: Set(head.indices))
    for row in rows.dropFirst() { table.add(row) }
    return table.text
  }

  var csv: String { rows.map { $0.joined(separator: ",") + "\n" }.joined() }

  /// `{"ranking": [{"run": "hidden=50", "validation": {..}, "epoch": 20}]}`: what failed has an `"error"` in their place.
  var json: JSON {
    let items = ranked.map { entry in
      var members = [JSON.Member("run", .string(entry.candidate.name))]
      if let record = entry.record, let evaluation = record.evaluation {
        members += [JSON.Member("validation", evaluation.json), JSON.Member("epoch", .integer(record.epoch))]
      }
      if let failure = entry.failure { members.append(JSON.Member("error", .string(failure))) }
      return JSON.object(members)
    }
    return .object([JSON.Member("ranking", .array(items))])
  }
}
