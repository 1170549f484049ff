import NNReport
import NNTraining

/// Curves by epoch.
enum ReportCharts {
  static func charts(_ records: [EpochRecord]) -> [RunReport.Chart] {
    guard !records.isEmpty else { return [] }
    return losses(records) + metrics(records) + [RunReport.Chart("Rate", [curve("rate", records) { $0.rate }])] + norms(records)
  }

  private static func curve(_ name: String, _ records: [EpochRecord], _ value: (EpochRecord) -> Double?) -> RunReport.Curve {
    RunReport.Curve(name, records.compactMap { record in value(record).map { (record.epoch, $0) } })
  }

  private static func losses(_ records: [EpochRecord]) -> [RunReport.Chart] {
    var curves = [curve("while learning", records) { $0.loss }]
    if records.contains(where: \.isValidation) {
      curves.append(curve("validation", records) { $0.isValidation ? $0.evaluation?.loss : nil })
    }
    return [RunReport.Chart("Loss", curves)]
  }

  /// Each metric, and each of several losses.
  private static func metrics(_ records: [EpochRecord]) -> [RunReport.Chart] {
    let names = records.last?.evaluation?.quantities.map(\.name).filter { $0 != "loss" } ?? []
    let what = records.last?.isValidation == true ? "validation" : "training data"
    return names.map { name in RunReport.Chart(name, [curve(what, records) { $0.evaluation?[name] }]) }
  }

  private static func norms(_ records: [EpochRecord]) -> [RunReport.Chart] {
    let measured = records.filter { !$0.norms.isEmpty }
    guard let names = measured.last?.norms.map(\.name) else { return [] }
    func chart(_ title: String, _ number: (ParameterNorms) -> Float) -> RunReport.Chart {
      let curves = names.indices.map { index in
        curve(names[index], measured) { $0.norms.indices.contains(index) ? Double(number($0.norms[index])) : nil }
      }
      return RunReport.Chart(title, curves, isByLayer: true)
    }
    return [chart("Gradient norms") { $0.gradient }, chart("Weight norms") { $0.weight }]
  }
}
