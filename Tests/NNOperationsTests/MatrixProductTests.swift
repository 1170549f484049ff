import NNGraph
import NNOperations
import NNTestSupport
import Testing

@Suite struct MatrixProductTests {
  struct Case: Sendable, CustomStringConvertible {
    let left: Shape
    let right: Shape
    let result: Shape
    var description: String { "\(left) @ \(right)" }
  }

  static let cases = [
    Case(left: [2, 3], right: [3, 4], result: [2, 4]),
    Case(left: [2, 3], right: [3], result: [2]),
    Case(left: [3], right: [3, 4], result: [4]),
    Case(left: [3], right: [3], result: []),
    Case(left: [5, 2, 3], right: [5, 3, 4], result: [5, 2, 4]),
    Case(left: [5, 2, 3], right: [3, 4], result: [5, 2, 4]),
    Case(left: [2, 3], right: [5, 3, 4], result: [5, 2, 4]),
    Case(left: [5, 2, 3], right: [1, 3, 4], result: [5, 2, 4]),
    Case(left: [1, 6, 2, 3], right: [5, 1, 3, 4], result: [5, 6, 2, 4]),
    Case(left: [5, 2, 3], right: [3], result: [5, 2]),
    Case(left: [3], right: [5, 3, 4], result: [5, 4]),
    Case(left: [1, 1], right: [1, 1], result: [1, 1]),
  ]

  @Test(arguments: cases, [true, false])
  func productEqualsItsDefinition(_ product: Case, isBatched: Bool) throws {
    var builder = CallBuilder()
    let left = builder.input(product.left, isBatched: isBatched)
    let right = builder.input(product.right)
    let result = try BinaryOperator.product.apply(left, right, in: &builder.graph)
    #expect(builder.graph.type(result) == ValueType(product.result, isBatched: true))
    var numbers = SeededNumbers(seed: 3)
    let a = (0..<product.left.count * (isBatched ? 2 : 1)).map { _ in numbers.uniform(-1...1) }
    let b = (0..<product.right.count * 2).map { _ in numbers.uniform(-1...1) }
    let found = try builder.run([result], [a, b], batch: 2)[0]
    let expected = (0..<2).flatMap { example in
      let start = isBatched ? example * product.left.count : 0
      return reference(
        product, Array(a[start..<(start + product.left.count)]), Array(b[(example * product.right.count)...].prefix(product.right.count)))
    }
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 } && found.count == expected.count)
  }

  /// By NumPy's words: vectors become matrices, leading axes broadcast, the made axes go away.
  private func reference(_ product: Case, _ a: [Double], _ b: [Double]) -> [Double] {
    let left = product.left.rank == 1 ? [1] + product.left.dimensions : product.left.dimensions
    let right = product.right.rank == 1 ? product.right.dimensions + [1] : product.right.dimensions
    let (rows, inner, columns) = (left[left.count - 2], left[left.count - 1], right[right.count - 1])
    let lead = Shape(Array(left.dropLast(2))).broadcast(with: Shape(Array(right.dropLast(2)))) ?? []
    var result: [Double] = []
    for block in 0..<lead.count {
      let (first, second) = (self.block(block, lead, left), self.block(block, lead, right))
      for row in 0..<rows {
        for column in 0..<columns {
          result.append((0..<inner).reduce(0) { $0 + a[(first * rows + row) * inner + $1] * b[(second * inner + $1) * columns + column] })
        }
      }
    }
    return result
  }

  /// Which matrix of an operand belongs to a matrix of the result.
  private func block(_ block: Int, _ lead: Shape, _ operand: [Int]) -> Int {
    let own = Shape(Array(operand.dropLast(2)))
    var (rest, place, stride) = (block, 0, 1)
    for fromEnd in 0..<lead.rank {
      let coordinate = rest % lead[lead.rank - 1 - fromEnd]
      rest /= lead[lead.rank - 1 - fromEnd]
      guard fromEnd < own.rank else { continue }
      let extent = own[own.rank - 1 - fromEnd]
      if extent > 1 { place += coordinate * stride }
      stride *= extent
    }
    return place
  }

  @Test(arguments: [
    (Shape([2, 3]), Shape([4, 5]), "'@' cannot multiply [2, 3] by [4, 5]: inner extents 3 and 4 differ"),
    (Shape([2, 3]), Shape([2]), "'@' cannot multiply [2, 3] by [2]: inner extents 3 and 2 differ"),
    (Shape([]), Shape([2]), "'@' needs vectors or matrices, but has [] and [2]"),
    (Shape([4, 2, 3]), Shape([5, 3, 2]), "'@' cannot multiply [4, 2, 3] by [5, 3, 2]: leading axes [4] and [5] differ"),
    (Shape([1 << 20, 1]), Shape([1, 1 << 20]), "[1048576, 1048576] has more elements than one tensor can have, 2147483648"),
  ])
  func mismatchIsNamed(_ left: Shape, _ right: Shape, _ message: String) {
    var builder = CallBuilder()
    let (a, b) = (builder.input(left), builder.input(right))
    let error = #expect(throws: ShapeError.self) { try BinaryOperator.product.apply(a, b, in: &builder.graph) }
    #expect(error?.message == message)
  }
}
