import NNGraph
import Testing

@Suite struct BuilderTests {
  @Test func equalNodesAreMadeOnce() {
    var graph = GraphBuilder()
    let x = graph.source(Argument(.input), ValueType([3], isBatched: true))
    let first = graph.add(graph.multiply(x, x), x)
    let second = graph.add(graph.multiply(x, x), x)
    #expect(first == second)
    #expect(graph.graph.count == 3)
  }

  @Test(arguments: [[9], [1, 1, 1, 1, 1, 1, 1, 1, 1], [1 << 16, 1 << 16], [0, 1 << 40], [Int.max, Int.max], [-1]])
  func tensorsAreHeldToTheLimits(_ dimensions: [Int]) {
    var graph = GraphBuilder()
    let isFine = dimensions == [9]
    #expect((try? graph.checked(Fill(0, ValueType(Shape(dimensions), isBatched: false)), [])) != nil || !isFine)
    #expect((Shape.checkedCount(dimensions) != nil && dimensions.count <= Limits.rank) == isFine)
  }

  @Test func constantsAreFolded() {
    var graph = GraphBuilder()
    let sum = graph.add(graph.fill(2), graph.multiply(graph.fill(3), graph.fill(4)))
    #expect(graph.constant(sum) == 14)
  }
}
