import NNData
import NNGraph
import Testing

@testable import NNTraining

private typealias Argument = DataDescription.Argument

private func description(
  _ kind: DataDescription.Kind, _ positional: [Argument] = [], _ named: [(name: String, value: Argument)] = []
) -> DataDescription {
  DataDescription(kind: kind, positional: positional, named: named, range: nil)
}

@Suite struct SourceReadingTests {
  private func source(_ description: DataDescription) throws -> DataSource {
    try SourceReading(description, part: .training, portNames: ["x", "y"]).source()
  }

  @Test func readsEverySource() throws {
    #expect(try source(description(.csv, [.string("d.csv")])) == .csv(path: "d.csv", columns: .automatic))
    #expect(
      try source(description(.csv, [.string("d.csv")], [("label", .string("kind"))])) == .csv(path: "d.csv", columns: .label("kind")))
    let columns: [(name: String, value: Argument)] = [("x", .strings(from: "a", to: "d")), ("y", .list([.string("e"), .string("g")]))]
    let assignments = [
      CSVColumns.Assignment(port: "x", columns: [.range("a", "d")]),
      CSVColumns.Assignment(port: "y", columns: [.column("e"), .column("g")]),
    ]
    #expect(try source(description(.csv, [.string("d.csv")], columns)) == .csv(path: "d.csv", columns: .ports(assignments)))
    #expect(try source(description(.idx, [.string("i"), .string("l")])) == .idx(images: "i", labels: "l"))
    #expect(try source(description(.idx, [.string("i")], [("labels", .string("l"))])) == .idx(images: "i", labels: "l"))
    #expect(try source(description(.idx, [], [("images", .string("i"))])) == .idx(images: "i", labels: nil))
    #expect(try source(description(.npz, [.string("d.npz")], [("x", .string("X"))])) == .npz(path: "d.npz", names: ["x": "X"]))
    #expect(try source(description(.cifar10, [.string("c")])) == .cifar10(path: "c", part: .training))
    #expect(try source(description(.random, [.number(10)])) == .random(count: 10))
    #expect(try source(.file("a/b.safetensors")) == .safetensors(path: "a/b.safetensors", names: [:]))
  }

  @Test func readsWrittenRows() throws {
    let matrix = Argument.list([.list([.number(0), .number(1)]), .list([.number(2), .number(3)])])
    let rows = description(.rows, [], [("x", matrix), ("y", .list([.number(1), .number(0)]))])
    let tensors = [
      Tensor(name: "x", shape: [2, 2], storage: .float64([0, 1, 2, 3])), Tensor(name: "y", shape: [2], storage: .float64([1, 0])),
    ]
    #expect(try source(rows) == .rows(tensors))
  }

  static let deep = (0..<30).reduce(DataDescription.Argument.number(1)) { inner, _ in .list([inner]) }

  @Test(arguments: [
    description(.csv),
    description(.csv, [.number(1)]),
    description(.csv, [.string("d.csv")], [("z", .string("a"))]),
    description(.csv, [.string("d.csv")], [("x", .number(1))]),
    description(.csv, [.string("d.csv")], [("x", .string("a")), ("x", .string("b"))]),
    description(.idx, [.string("i"), .string("l"), .string("m")]),
    description(.idx, [.string("i")], [("images", .string("j"))]),
    description(.idx, [], [("labels", .string("l"))]),
    description(.rows, [.number(1)]),
    description(.rows, [], [("x", .number(1))]),
    description(.rows, [], [("x", .list([]))]),
    description(.rows, [], [("x", .list([.list([.number(1)]), .list([.number(1), .number(2)])]))]),
    description(.rows, [], [("x", .list([.number(1), .list([.number(2)])]))]),
    description(.rows, [], [("x", .list([.list([.number(1)]), .number(2)]))]),
    description(.rows, [], [("x", .list([.string("a")]))]),
    description(.rows, [], [("x", deep)]),
    description(.random, [.number(0)]),
    description(.random, [.number(1.5)]),
    description(.random, [.number(1e300)]),
    description(.random, [.number(.nan)]),
    description(.cifar10, [.string("c")], [("x", .string("a"))]),
    DataDescription.file("what.xyz"),
  ])
  func refusesWhatMakesNoSense(description: DataDescription) {
    #expect(throws: TrainingError.self) { try source(description) }
  }
}
