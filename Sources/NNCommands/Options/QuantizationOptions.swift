import NNEmission
import NNGraph
import NNSchedule

/// What `--quantize` makes of a network's numbers.
package enum QuantizationKind: String, CaseIterable, Sendable {
  case int8
}

/// `--quantize int8 --calibrate DATA`, and what does not go along with it.
struct QuantizationOptions {
  static let quantize = ValueOption<QuantizationKind>(
    "quantize", .choice(QuantizationKind.allCases),
    help: "with --weights: predict functions that compute in integers, a quarter of the size; dense and convolutional networks")
  static let calibrate = ValueOption<String>(
    "calibrate", .text("DATA"),
    help: "what --quantize takes the ranges of activations from: a file, or a source such as 'csv(\"d.csv\", label: \"y\")'; "
      + "by default the data of the recipe")

  /// A file, or a line for the recipe; nil is the recipe's own data.
  let data: DataArgument?

  /// Nil without the option.
  init?(
    _ arguments: ParsedArguments, weights: String?, weightsFile: ConstantsFile.Kind?, entries: [EntryKind]?, artifacts: [Artifact],
    model: ModelOptions
  ) throws(UsageError) {
    let calibrate = try arguments.value(of: Self.calibrate)
    guard try arguments.value(of: Self.quantize) != nil else {
      if calibrate != nil { throw UsageError("--calibrate is for --quantize", help: "--quantize int8 --calibrate DATA") }
      return nil
    }
    data = calibrate.map(DataArgument.init)
    if ONNXInput.reads(model.path) {
      throw UsageError("--quantize needs a model, not an ONNX file", help: "nncc \(model.path) writes one")
    }
    if weights == nil { throw UsageError("--quantize needs trained weights", help: "--weights names the file that training wrote") }
    if weightsFile != nil {
      throw UsageError("--weights-file is for weights that are floats", help: "with --quantize all constants stand in the C")
    }
    if model.precision != .f32 {
      throw UsageError("a network in integers takes and gives floats, not doubles", help: "leave --dtype out")
    }
    if let entries, !entries.contains(where: \.isPrediction) {
      throw UsageError("--quantize is about inference with constant weights", help: "--entry predict,predict_batch")
    }
    if let other = artifacts.first(where: { !Self.artifacts.contains($0) }) {
      throw UsageError(
        "--emit \(other.rawValue) tells about the float network only", help: "leave --quantize out, or emit one of \(Self.list)")
    }
  }

  /// Those made of the C.
  private static let artifacts: [Artifact] = [.c, .header, .object, .shared, .example, .python, .cpp, .swift, .wasm]

  private static var list: String { artifacts.map(\.rawValue).joined(separator: ", ") }
}
