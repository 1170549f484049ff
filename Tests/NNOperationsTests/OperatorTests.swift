import NNGraph
import NNOperations
import NNTestSupport
import Testing

@Suite struct OperatorTests {
  static let table: [(BinaryOperator, Double, Double, Double)] = [
    (.add, 2, 3, 5), (.subtract, 2, 3, -1), (.multiply, 2, 3, 6), (.divide, 7, 2, 3.5),
    (.remainder, 7, 3, 1), (.remainder, -7, 3, 2), (.remainder, 7, -3, -2), (.remainder, 5.5, 2, 1.5),
    (.power, 2, 10, 1024), (.power, -2, 3, -8), (.power, 2, -1, 0.5), (.power, 9, 0.5, 3), (.power, 0, 0, 1),
    (.less, 1, 2, 1), (.less, 2, 2, 0), (.lessEqual, 2, 2, 1), (.lessEqual, 3, 2, 0), (.equal, 2, 2, 1), (.equal, 2, 3, 0),
    (.notEqual, 2, 3, 1), (.notEqual, 2, 2, 0), (.greater, 2, 1, 1), (.greater, 2, 2, 0), (.greaterEqual, 2, 2, 1),
    (.greaterEqual, 1, 2, 0), (.notEqual, .nan, .nan, 1), (.equal, .nan, .nan, 0), (.greaterEqual, .nan, 1, 0),
  ]

  /// Folded when both are constants, computed when they come from outside.
  @Test(arguments: table)
  func valuesAreRight(_ operation: BinaryOperator, _ a: Double, _ b: Double, _ expected: Double) throws {
    var builder = CallBuilder()
    let folded = try operation.apply(builder.graph.fill(a), builder.graph.fill(b), in: &builder.graph)
    #expect(builder.graph.constant(folded) == expected)
    let (x, y) = (builder.input([]), builder.input([]))
    let result = try operation.apply(x, y, in: &builder.graph)
    #expect(try builder.run([result], [[a], [b]])[0] == [expected])
    let half = try operation.apply(x, builder.graph.fill(b), in: &builder.graph)
    #expect(try builder.run([half], [[a]])[0] == [expected])
  }

  @Test(arguments: BinaryOperator.allCases.filter { $0 != .product })
  func mismatchNamesTheOperatorAsWritten(_ operation: BinaryOperator) {
    var builder = CallBuilder()
    let (x, y) = (builder.input([2, 3]), builder.input([2, 4]))
    let error = #expect(throws: ShapeError.self) { try operation.apply(x, y, in: &builder.graph) }
    let expected = "'\(operation.rawValue)' needs shapes that broadcast, but has [2, 3] and [2, 4]: axis 1 from the end has 3 and 4"
    #expect(error?.message == expected)
  }

  @Test func classesCountAsTheirNumbers() throws {
    var builder = CallBuilder()
    let (x, y) = (builder.input([3]), builder.input([3], classes: 5))
    let result = try BinaryOperator.equal.apply(x, y, in: &builder.graph)
    #expect(try builder.run([result], [[0, 2, 4], [0, 1, 4]])[0] == [1, 0, 1])
  }

  @Test(arguments: [(-1.5, 3.0), (-2.0, 5.0), (2.0, -2.0), (0.0, 2.0), (0.0, 3.0), (-1.5, 1.0), (-3.0, 0.0), (-1.5, 4.0), (1.7, 2.5)])
  func powersDifferentiateAtNegativeBases(_ x: Double, _ exponent: Double) throws {
    var builder = CallBuilder()
    let base = builder.input([])
    let power = try BinaryOperator.power.apply(base, builder.graph.fill(exponent), in: &builder.graph)
    let seed = builder.graph.fill(1, builder.graph.type(power))
    let slope = builder.graph.gradient(of: power, seed: seed, by: [base])
    let found = try builder.run(slope, [[x]])[0][0]
    let expected = exponent == 0 ? 0 : exponent * signedPower(x, exponent - 1)
    #expect(abs(found - expected) < 1e-12 * max(1, abs(expected)))
  }

  private func signedPower(_ x: Double, _ exponent: Double) -> Double { BinaryPrimitive.pow.evaluate(x, exponent) }

  /// 0 ^ b has no logarithm to differentiate by; the gradient by the exponent is 0 there.
  @Test func powerOfZeroHasAGradientByItsExponent() throws {
    var builder = CallBuilder()
    let (base, exponent) = (builder.input([]), builder.input([]))
    let power = try BinaryOperator.power.apply(base, exponent, in: &builder.graph)
    let slope = builder.graph.gradient(of: power, seed: builder.graph.fill(1, builder.graph.type(power)), by: [exponent])
    #expect(try builder.run(slope, [[0], [2]])[0] == [0])
    #expect(abs(try builder.run(slope, [[2], [3]])[0][0] - 8 * 0.693_147_180_559_945_3) < 1e-12)
  }
}
