/// A small picture: one byte for each pixel, or three for red, green and blue.
package struct Picture: Sendable {
  /// Larger pictures are made smaller: a page shows many.
  private static let mostPixels = 96

  package let width: Int
  package let height: Int
  package let isColored: Bool
  /// Row by row, the channels of a pixel side by side.
  package let bytes: [UInt8]
  /// The numbers that black and white stand for.
  package let bounds: (low: Double, high: Double)
  /// Whether the middle of the bounds is 0, and what is above and below it differs in colour.
  package let isSigned: Bool

  /// How many channels, rows and columns an example of this shape has, if it can be seen as a picture: [h, w], [1, h, w], [3, h, w], or the numbers
  /// of a square picture in a row.
  package static func layout(of shape: [Int]) -> (channels: Int, height: Int, width: Int)? {
    switch shape.count {
    case 1:
      let side = Int(Double(shape[0]).squareRoot().rounded())
      return side >= 8 && side * side == shape[0] ? (1, side, side) : nil
    case 2: return shape[0] > 1 && shape[1] > 1 ? (1, shape[0], shape[1]) : nil
    case 3: return (shape[0] == 1 || shape[0] == 3) && shape[1] * shape[2] > 1 ? (shape[0], shape[1], shape[2]) : nil
    default: return nil
    }
  }

  /// - Parameters:
  ///   - numbers: channel by channel and row by row.
  ///   - isSigned: keep 0 in the middle.
  package init(_ numbers: [Double], channels: Int, height: Int, width: Int, isSigned: Bool = false) {
    let step = (max(height, width) + Self.mostPixels - 1) / Self.mostPixels
    self.width = (width + step - 1) / step
    self.height = (height + step - 1) / step
    isColored = channels == 3
    self.isSigned = isSigned && channels != 3
    let finite = numbers.filter(\.isFinite)
    let (least, most) = (finite.min() ?? 0, finite.max() ?? 1)
    let reach = max(abs(least), abs(most), .leastNormalMagnitude)
    let (low, high) = self.isSigned ? (-reach, reach) : (least, most > least ? most : least + 1)
    bounds = (low, high)
    var bytes: [UInt8] = []
    for row in stride(from: 0, to: height, by: step) {
      for column in stride(from: 0, to: width, by: step) {
        for channel in 0..<(channels == 3 ? 3 : 1) {
          let level = (numbers[(channel * height + row) * width + column] - low) / (high - low) * 255
          bytes.append(level.isFinite ? UInt8(min(max(level.rounded(), 0), 255)) : 0)
        }
      }
    }
    self.bytes = bytes
  }
}
