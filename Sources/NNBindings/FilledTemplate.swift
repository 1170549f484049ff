/// A text with holes, `@{name}`, and what fills them.
enum FilledTemplate {
  static func text(_ template: [UInt8], _ values: [String: String]) -> String {
    let pieces = String(decoding: template, as: UTF8.self).split(separator: "@{", omittingEmptySubsequences: false)
    var result = String(pieces[0])
    for piece in pieces.dropFirst() {
      guard let end = piece.firstIndex(of: "}"), let value = values[String(piece[..<end])] else {
        preconditionFailure("internal: a template has a hole that nothing fills: \(piece.prefix(20))")
      }
      result += value + piece[piece.index(after: end)...]
    }
    return result
  }
}
