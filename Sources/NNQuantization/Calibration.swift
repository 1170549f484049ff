package import NNGraph

/// What the float network was seen to do on some examples.
package struct Calibration: Sendable {
  /// From the least to the largest number of values that depend on the example.
  package var ranges: [Value: ClosedRange<Double>]
  /// The numbers of values that do not.
  package var numbers: [Value: [Double]]

  package init(ranges: [Value: ClosedRange<Double>], numbers: [Value: [Double]]) {
    self.ranges = ranges
    self.numbers = numbers
  }
}
