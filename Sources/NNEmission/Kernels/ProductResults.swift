/// Scratch memory for what a product computes for several turns of the innermost outer loop at a time.
struct ProductResults {
  static let name = "results"

  /// Elements.
  let size: Int
  /// Where a turn's part is: so many elements on for each turn counted.
  let stride: Int
  let counter: String

  /// The pointer to it.
  var place: String { IndexText.pointer(Self.name, IndexText.sum(0, [(stride, counter)])) }
}
