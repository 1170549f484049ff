import NNGraph
import Testing

@testable import NNQuantization

/// Where elements lie after any change of shape and order, against moving the elements themselves.
@Suite struct StridesTests {
  private static func moved(_ numbers: [Int], _ shape: [Int], order: [Int]) -> [Int] {
    let strides = Shape(shape).strides
    return Strides.offsets(order.map { Strides.Factor(extent: shape[$0], stride: strides[$0]) }).map { numbers[$0] }
  }

  private static let cases: [(shape: [Int], order: [Int], reshaped: [Int])] = [
    ([3, 4, 5], [1, 2, 0], [60]), ([3, 4, 5], [2, 0, 1], [5, 12]), ([2, 6, 4], [0, 2, 1], [2, 2, 2, 6]),
    ([4, 1, 6], [2, 1, 0], [2, 3, 4]), ([12], [0], [3, 1, 4]), ([2, 3], [1, 0], [3, 2, 1]), ([1, 1], [0, 1], [1]),
  ]

  @Test(arguments: cases.indices) func followsElements(index: Int) throws {
    let (shape, order, reshaped) = Self.cases[index]
    let turned = Shape(order.map { shape[$0] })
    let view = StridedView(sources: order, starts: [Int](repeating: 0, count: shape.count))
    let strides = try #require(Strides(Shape(shape)).viewed(view, from: Shape(shape), to: turned))
    let numbers = Self.moved(Array(0..<Shape(shape).count), shape, order: order)
    #expect(strides.offsets(of: strides.axes.indices) == numbers)
    let other = try #require(strides.reshaped(to: Shape(reshaped)))
    #expect(other.offsets(of: other.axes.indices) == numbers)
    #expect(other.axes.map { $0.reduce(1) { $0 * $1.extent } } == reshaped)
  }

  @Test func slicesAndRepeats() throws {
    let from = Shape([4, 6])
    let slice = StridedView(sources: [0, 1], steps: [1, 2], starts: [1, 1])
    let strides = try #require(Strides(from).viewed(slice, from: from, to: [2, 3]))
    #expect(strides.offsets(of: [0, 1]).map { $0 + strides.offset } == [7, 9, 11, 13, 15, 17])
    let repeated = StridedView(sources: [0, nil, 1], starts: [0, 0])
    let twice = try #require(Strides([2, 3]).viewed(repeated, from: [2, 3], to: [2, 2, 3]))
    #expect(twice.offsets(of: [0, 1, 2]) == [0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5])
  }

  /// Six in two runs of three cannot be three in each of two pairs.
  @Test func saysWhatNeedsOtherBytes() {
    let strides = Strides(axes: [[.init(extent: 3, stride: 1)], [.init(extent: 4, stride: 3)]])
    #expect(strides.reshaped(to: [2, 6]) == nil)
  }
}
