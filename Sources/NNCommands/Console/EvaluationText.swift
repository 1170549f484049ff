import NNEmission
import NNTraining

/// Losses and metrics as people read them.
enum EvaluationText {
  /// `loss 0.153, accuracy 0.9582`
  static func line(_ evaluation: Evaluation, digits: Int = 6) -> String {
    evaluation.quantities.map { "\($0.name) \(NumberText.short($0.value, digits: digits))" }.joined(separator: ", ")
  }

  /// The loss met while learning, and how the epoch was judged: by data of its own, or by the metrics on the same data.
  static func line(_ record: EpochRecord, digits: Int = 6) -> (training: String, validation: String?) {
    var met = Evaluation(quantities: [.init(name: "loss", value: record.loss)])
    guard let judged = record.evaluation else { return (line(met, digits: digits), nil) }
    if record.isValidation { return (line(met, digits: digits), line(judged, digits: digits)) }
    met.quantities += judged.quantities.filter { $0.name != "loss" }
    return (line(met, digits: digits), nil)
  }

  /// The loss of every epoch: `*` while learning, `o` by validation; nil where there was none.
  static func chart(_ records: [EpochRecord]) -> String? {
    let learning = records.map { (Double($0.epoch), $0.loss) }
    let judging = records.filter(\.isValidation).compactMap { record in record.evaluation?.loss.map { (Double(record.epoch), $0) } }
    let series = [TextChart.Series(mark: "*", points: learning), TextChart.Series(mark: "o", points: judging)]
    let legend = judging.isEmpty ? "loss by epoch" : "loss by epoch: * while learning, o on the validation data"
    guard let chart = TextChart(series), let first = records.first, let last = records.last else { return nil }
    return "\(legend)\n\n\(chart.text(first: "\(first.epoch)", last: "\(last.epoch)"))"
  }

  /// A class a line: how many examples it has, how many of them are recognised, how many of those taken for it are of it.
  static func table(_ figures: ClassFigures) -> String {
    var table = TextTable(["class", "examples", "recall", "precision", "mostly taken for"], rightAligned: [0, 1, 2, 3, 4])
    for kind in figures.classes {
      let other = figures.mostlyTakenFor(kind).map { "\($0.kind) (\($0.count))" } ?? ""
      table.add(["\(kind)", "\(figures.examples(kind))", percent(figures.recall(kind)), percent(figures.precision(kind)), other])
    }
    return table.text
  }

  private static func percent(_ part: Double?) -> String {
    part.map { NumberText.fixed($0 * 100, decimals: 1) + " %" } ?? "-"
  }

  /// One a line, the numbers in a column.
  static func lines(_ evaluation: Evaluation) -> String {
    let width = evaluation.quantities.map(\.name.count).max() ?? 0
    return evaluation.quantities
      .map { $0.name + String(repeating: " ", count: width - $0.name.count) + "  " + NumberText.short($0.value) }
      .joined(separator: "\n")
  }
}
