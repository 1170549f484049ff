import NNGraph
import NNOperations
import NNTestSupport
import Testing

/// What is drawn while training and what stands in for it in use.
@Suite struct RandomnessTests {
  @Test func dropoutScalesWhatItKeeps() throws {
    var builder = CallBuilder()
    let x = builder.input([200])
    let dropped = try builder.call("dropout", ["x": .value(x), "p": .number(0.25)])
    let ones = [Double](repeating: 1, count: 400)
    let training = try builder.run([dropped], [ones], batch: 2)[0]
    for example in 0..<2 {
      for element in 0..<200 {
        let isKept = ReferenceDraw.number(.uniform, site: 0, example: example, element: element) >= 0.25
        #expect(training[example * 200 + element] == (isKept ? 1 / 0.75 : 0))
      }
    }
    #expect((250...350).contains(training.count { $0 > 0 }))
    #expect(try builder.run([dropped], [ones], batch: 2, mode: .use)[0] == ones)
  }

  @Test func nothingDroppedIsTheValueItself() throws {
    var builder = CallBuilder()
    let x = builder.input([3])
    #expect(try builder.call("dropout", ["x": .value(x), "p": .number(0)]) == x)
    #expect(try builder.call("noise", ["x": .value(x), "std": .number(0)]) == x)
  }

  @Test func noiseIsForTrainingOnly() throws {
    var builder = CallBuilder()
    let x = builder.input([3])
    let noisy = try builder.call("noise", ["x": .value(x), "std": .number(0.5)])
    let draws = (0..<3).map { ReferenceDraw.number(.normal, site: 0, example: 0, element: $0) }
    #expect(try builder.run([noisy], [[1, 2, 3]]) == [[1 + 0.5 * draws[0], 2 + 0.5 * draws[1], 3 + 0.5 * draws[2]]])
    #expect(try builder.run([noisy], [[1, 2, 3]], mode: .use) == [[1, 2, 3]])
  }

  @Test(arguments: [("random_normal", 0.0), ("random_uniform", 0.5)])
  func drawsArePerExample(_ function: String, _ mean: Double) throws {
    var builder = CallBuilder()
    let drawn = try builder.call(function, ["shape": .list([2])])
    let training = try builder.run([drawn], [], batch: 2)[0]
    #expect(Set(training).count == 4)
    #expect(try builder.run([drawn], [], batch: 2, mode: .use)[0] == [mean, mean, mean, mean])
  }

  /// Two calls are two sites, in the order of the source.
  @Test func everyCallDrawsItsOwnNumbers() throws {
    var call = FunctionCall(
      graph: GraphBuilder(), parameters: [FunctionParameter("shape", .shape)], arguments: [.list([2])],
      scope: ParameterScope(prefix: ""), nextSite: 5)
    guard let function = Catalogue.function("random_normal") else {
      Issue.record("random_normal is gone")
      return
    }
    let first = try Catalogue.evaluate(function, &call)
    let second = try Catalogue.evaluate(function, &call)
    #expect(first != second)
    #expect(call.nextSite == 7)
  }
}
