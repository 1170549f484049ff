import NNData
import NNEmission
import NNGraph
import NNQuantization
import NNSource
import NNTraining

/// `--quantize int8`: a trained model in integers, and how far it is from what it was.
struct QuantizedOutput {
  let program: IntegerProgram
  let report: QuantizationReport
  private let comment: SourceComment

  /// - Parameters:
  ///   - trained: the model with its weights.
  ///   - data: the examples that the ranges of activations are taken from; nil is what the model's recipe learns from.
  init(_ loaded: LoadedModel, _ trained: ModelSetup, data: DataArgument?) throws {
    let plan: QuantizationPlan
    switch QuantizationPlan.read(trained.model, calls: loaded.calls) {
    case .success(let found): plan = found
    case .failure(let failure): throw Failure(failure.diagnostics, in: loaded.sources)
    }
    guard let source = data?.description ?? trained.model.recipe.data else {
      throw Failure(
        .bad, "there is no data to calibrate on: neither --calibrate nor a line of the recipe names any",
        help: "--calibrate DATA names a file, or a source such as 'csv(\"d.csv\", label: \"y\")'")
    }
    (program, report) = try trained.explaining { try Quantization($0, plan, data: source).run() }
    comment = SourceComment(loaded.sources)
  }

  // MARK: What is said about it

  func tell(_ console: Console) {
    console.say(lines.joined(separator: "\n"))
  }

  private var lines: [String] {
    let compared = report.compared == report.calibrated ? "" : ", compared on \(report.compared)"
    var lines = ["int8: calibrated on \(NumberText.count(report.calibrated, "example"))\(compared); each layer against the float network"]
    let rows = (report.layers + report.outputs).map { layer in
      (place(layer), layer.kind, Self.decibels(layer.decibels), layer.deviation)
    }
    let widths = (rows.map { $0.0.utf8.count }.max() ?? 0, rows.map { $0.1.utf8.count }.max() ?? 0)
    for row in rows {
      let name = row.0 + String(repeating: " ", count: widths.0 - row.0.utf8.count)
      let kind = row.1 + String(repeating: " ", count: widths.1 - row.1.utf8.count)
      lines.append("  \(name)  \(kind)  \(Self.padded(row.2, 9))  off by \(NumberText.short(row.3, digits: 3)) at most")
    }
    if let agreement = report.agreement { lines.append("  both answer the same for \(Self.percent(agreement)) of the examples") }
    if let accuracy = report.accuracy {
      lines.append("  right: \(Self.percent(accuracy.integer)), in floats \(Self.percent(accuracy.float))")
    }
    let (bytes, floats) = (NumberText.grouped(report.weightBytes), NumberText.grouped(report.parameterBytes))
    lines.append("  weights and scales: \(bytes) bytes before packing, in floats \(floats)")
    return lines
  }

  private func place(_ layer: QuantizationReport.Layer) -> String {
    let place = layer.range.flatMap(comment.place)
    return [place, layer.name.isEmpty ? nil : layer.name].compactMap { $0 }.joined(separator: " ")
  }

  /// Without noise, without a signal, or of numbers that are not finite.
  private static func decibels(_ number: Double) -> String {
    if number.isFinite { return "\(fixed(number, 1)) dB" }
    return number.isNaN ? "nan" : number > 0 ? "exact" : "none"
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.utf8.count)) + text
  }

  private static func percent(_ part: Double) -> String { fixed(100 * part, 2) + " %" }

  private static func fixed(_ number: Double, _ digits: Int) -> String { NumberText.fixed(number, decimals: digits) }

  var json: JSON {
    var members: [JSON.Member] = [
      JSON.Member("calibrated", .integer(report.calibrated)), JSON.Member("compared", .integer(report.compared)),
      JSON.Member("weight_bytes", .integer(report.weightBytes)), JSON.Member("float_bytes", .integer(report.parameterBytes)),
      JSON.Member("layers", .array(report.layers.map(json))), JSON.Member("outputs", .array(report.outputs.map(json))),
    ]
    if let agreement = report.agreement { members.append(JSON.Member("agreement", .number(agreement))) }
    if let accuracy = report.accuracy {
      members.append(JSON.Member("accuracy", .number(accuracy.integer)))
      members.append(JSON.Member("float_accuracy", .number(accuracy.float)))
    }
    return .object(members)
  }

  private func json(_ layer: QuantizationReport.Layer) -> JSON {
    .object([
      JSON.Member("name", .string(layer.name)), JSON.Member("kind", .string(layer.kind)), JSON.Member("decibels", .number(layer.decibels)),
      JSON.Member("deviation", .number(layer.deviation)),
    ])
  }
}
