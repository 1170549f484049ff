/// How the numbers of a tensor are spread.
package struct Histogram: Sendable {
  private static let bins = 41

  package let name: String
  package let shape: [Int]
  /// The lower end of the first bin and the upper end of the last.
  package let bounds: (low: Double, high: Double)
  package let counts: [Int]
  package let mean: Double
  package let deviation: Double
  /// How many numbers are not finite, which are in no bin.
  package let strange: Int

  package init(name: String, shape: [Int], numbers: [Double]) {
    self.name = name
    self.shape = shape
    let finite = numbers.filter(\.isFinite)
    strange = numbers.count - finite.count
    let (low, high) = (finite.min() ?? 0, finite.max() ?? 0)
    let total = Double(max(finite.count, 1))
    let center = finite.reduce(0) { $0 + $1 / total }
    mean = center
    deviation = finite.reduce(0) { $0 + ($1 - center) * ($1 - center) / total }.squareRoot()
    bounds = low < high ? (low, high) : (low - 0.5, high + 0.5)
    var counts = [Int](repeating: 0, count: Self.bins)
    let width = bounds.high - bounds.low
    for number in finite {
      let place = (number - bounds.low) / width * Double(Self.bins)
      counts[place.isFinite ? min(max(Int(place), 0), Self.bins - 1) : 0] += 1
    }
    self.counts = counts
  }
}
