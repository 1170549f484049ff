import NNData

/// The forms that predictions are written in.
package enum PredictionFormat: String, CaseIterable, Sendable {
  case safetensors
  case csv
  /// A JSON object for each example, a line each.
  case jsonl

  /// What the name of a file asks for; nil where it does not tell.
  package init?(fileName: String) {
    guard let format = Self.allCases.first(where: { fileName.lowercased().hasSuffix("." + $0.rawValue) }) else { return nil }
    self = format
  }
}

extension Prediction {
  /// - Parameter format: other than safetensors, which is no text.
  package func text(_ format: PredictionFormat) -> String {
    format == .csv ? csv : jsonLines
  }

  package func write(to path: String, as format: PredictionFormat) throws {
    switch format {
    case .safetensors: try Safetensors(tensors: tensors).write(to: path)
    case .csv, .jsonl: try FileWriter.write(text(format), to: path)
    }
  }

  /// A column for each number of an output: `y` for a single one, else `y.0`, `y.1`, ...
  private var csv: String {
    var names: [String] = []
    for tensor in tensors {
      let width = Self.width(tensor)
      names += width == 1 ? [tensor.name] : (0..<width).map { "\(tensor.name).\($0)" }
    }
    var text = names.joined(separator: ",") + "\n"
    for example in 0..<examples {
      text += tensors.flatMap { Self.texts($0, example) }.joined(separator: ",") + "\n"
    }
    return text
  }

  private var jsonLines: String {
    var text = ""
    for example in 0..<examples {
      let members = tensors.map { tensor in
        let row = Tensor(name: "", shape: Array(tensor.shape.dropFirst()), storage: tensor.storage.slice(Self.range(tensor, example)))
        return JSON.Member(tensor.name, row.json)
      }
      text += JSON.object(members).text + "\n"
    }
    return text
  }

  private static func width(_ tensor: Tensor) -> Int { tensor.shape.dropFirst().reduce(1, *) }

  private static func range(_ tensor: Tensor, _ example: Int) -> Range<Int> {
    example * width(tensor)..<(example + 1) * width(tensor)
  }

  /// With all digits, and whole numbers without a point.
  private static func texts(_ tensor: Tensor, _ example: Int) -> [String] {
    func text(_ digits: String) -> String { digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits }
    return switch tensor.storage.slice(range(tensor, example)) {
    case .float32(let numbers): numbers.map { text($0.description) }
    case let storage: storage.doubles.map { text($0.description) }
    }
  }
}

extension Tensor.Storage {
  /// Some of the elements of a prediction, which are reals.
  fileprivate func slice(_ range: Range<Int>) -> Self {
    switch self {
    case .float32(let numbers): .float32(Array(numbers[range]))
    default: .float64(Array(doubles[range]))
    }
  }
}
