/// The candidate a mistyped `name` most probably means, or nil if none is near.
///
/// Near is an edit distance (insertions, deletions, replacements and swaps of neighbours) of at most a third of the name, at least one
/// and at most three. Upper and lower case are taken as equal. Ties go to the first in alphabetical order.
package func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
  let wanted = Array(name.lowercased().utf8)
  guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
  let limit = min(3, max(1, wanted.count / 3))
  var best: (distance: Int, name: String)?
  for candidate in candidates where candidate != name {
    let letters = Array(candidate.lowercased().utf8)
    guard abs(letters.count - wanted.count) <= limit else { continue }
    let distance = editDistance(wanted, letters)
    guard distance <= limit, distance < max(wanted.count, letters.count) else { continue }
    if let known = best, (known.distance, known.name) <= (distance, candidate) { continue }
    best = (distance, candidate)
  }
  return best?.name
}

/// The help line for a mistyped name, ready for a diagnostic.
package func didYouMean(_ name: String, among candidates: some Sequence<String>) -> String? {
  nearestName(to: name, among: candidates).map { "did you mean '\($0)'?" }
}

/// Optimal string alignment: edits that turn one into the other, a swap of neighbours counting as one.
private func editDistance(_ source: [UInt8], _ target: [UInt8]) -> Int {
  var beforePrevious = [Int](repeating: 0, count: target.count + 1)
  var previous = Array(0...target.count)
  for row in 0..<source.count {
    var current = [row + 1]
    for column in 0..<target.count {
      let replaced = previous[column] + (source[row] == target[column] ? 0 : 1)
      var cost = min(replaced, previous[column + 1] + 1, current[column] + 1)
      if row > 0, column > 0, source[row] == target[column - 1], source[row - 1] == target[column] {
        cost = min(cost, beforePrevious[column - 1] + 1)
      }
      current.append(cost)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[target.count]
}
