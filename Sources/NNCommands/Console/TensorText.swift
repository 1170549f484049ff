package import NNData

/// Tensors as people read them: small ones in full, of large ones what matters.
package enum TensorText {
  /// More elements than this are summed up.
  package static let mostElements = 64

  /// `-12`, `[0.1, 0.2]`, or for a matrix one row a line, each row after the first indented by `indent` spaces and one for the bracket.
  package static func text(_ elements: [Double], shape: [Int], indent: Int = 0) -> String {
    guard elements.count <= mostElements else { return summary(elements, shape: shape) }
    var rest = elements.map { NumberText.short($0) }[...]
    let width = shape.count > 1 ? rest.map(\.count).max() ?? 0 : 0
    return nested(&rest, shape[...], width: width, indent: indent)
  }

  /// A tensor a line, the names in a column; matrices take a line for each row.
  package static func table(_ tensors: [Tensor]) -> String {
    let width = tensors.map(\.name.count).max() ?? 0
    return
      tensors
      .map { tensor in
        let label = "  " + tensor.name + String(repeating: " ", count: width - tensor.name.count) + "  "
        return label + text(tensor.storage.doubles, shape: tensor.shape, indent: label.count)
      }
      .joined(separator: "\n")
  }

  private static func nested(_ rest: inout ArraySlice<String>, _ shape: ArraySlice<Int>, width: Int, indent: Int) -> String {
    guard let extent = shape.first else {
      let number = rest.popFirst() ?? ""
      return String(repeating: " ", count: max(0, width - number.count)) + number
    }
    let parts = (0..<extent).map { _ in nested(&rest, shape.dropFirst(), width: width, indent: indent + 1) }
    let separator = shape.count == 1 ? ", " : ",\n" + String(repeating: " ", count: indent + 1)
    return "[" + parts.joined(separator: separator) + "]"
  }

  /// `[100, 64], norm 0.31, from -0.02 to 0.04`; numbers that are none are counted, since they are what to look for.
  private static func summary(_ elements: [Double], shape: [Int]) -> String {
    let finite = elements.filter(\.isFinite)
    let largest = finite.map(\.magnitude).max() ?? 0
    // Scaled, so that squares neither overflow nor vanish.
    let squares = finite.reduce(0) { $0 + ($1 / max(largest, .leastNormalMagnitude)) * ($1 / max(largest, .leastNormalMagnitude)) }
    var text = "\(shape), norm \(NumberText.short(largest * squares.squareRoot()))"
    text += ", from \(NumberText.short(finite.min() ?? 0)) to \(NumberText.short(finite.max() ?? 0))"
    let strange = elements.count - finite.count
    return strange == 0 ? text : text + ", \(strange) not finite"
  }
}
