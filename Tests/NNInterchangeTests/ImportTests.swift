import Foundation
import NNData
import NNInterchange
import NNSource
import NNTestSupport
import Testing

@Suite struct ImportTests {
  /// The texts are what a person is to read: a change in them is looked at.
  @Test(arguments: RecordedFiles.names)
  func writesTheModelThatIsRecorded(name: String) throws {
    let text = try RecordedFiles.imported(RecordedFiles.bytes(name)).text
    let file = RecordedFiles.folder.appending(path: "\(name).nn")
    if isRecording { try text.write(to: file, atomically: true, encoding: .utf8) }
    #expect(text == (try String(contentsOf: file, encoding: .utf8)), "RECORD=1 writes it anew")
    #expect(!isRecording)
  }

  @Test func tableNamesAllOperators() throws {
    let page = RecordedFiles.folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "docs/INTERCHANGE.md")
    let rows = try String(contentsOf: page, encoding: .utf8).split(separator: "\n").filter { $0.hasPrefix("| `") }
    let first = rows.compactMap { $0.split(separator: "|").first }
    let named = first.flatMap { $0.split(separator: "`") }.filter { $0.first?.isUppercase == true }
    let operators = Set(named.map(String.init))
    for name in ONNXImport.operators { #expect(operators.contains(name), "\(name) is not in the table") }
  }

  // MARK: What is wrong

  private func messages(_ bytes: [UInt8], extents: [String: Int] = [:]) -> [String] {
    do {
      _ = try RecordedFiles.imported(bytes, extents: extents)
      return []
    } catch let failure as ImportFailure {
      return failure.diagnostics.map(\.message)
    } catch let error as ContentError {
      return [(error.place.map { "\($0): " } ?? "") + error.message]
    } catch {
      return ["\(error)"]
    }
  }

  @Test func namesAllThatIsNotSupportedAtOnce() {
    var file = SmallFile()
    file.add("TopK", ["x"], ["a"], name: "first")
    file.add("Relu", ["x"], ["r"])
    file.add("TopK", ["r"], ["b"], name: "second")
    file.add("MaxPool", ["x"], ["c"], name: "pool")
    file.add("NonZero", ["a"], ["d"])
    #expect(
      messages(file.bytes) == [
        "operator 'NonZero' is not supported: node #4", "operator 'TopK' is not supported: nodes 'first', 'second'",
        "node 'pool' (MaxPool): 'kernel_shape' is missing",
      ])
  }

  /// A number that the file leaves open is no number to compute with.
  @Test(arguments: ["Mul", "Sqrt", "Range", "Equal", "Mod", "Clip", "Slice", "Expand"])
  func refusesToComputeWithAnOpenNumberOfExamples(operation: String) {
    var file = SmallFile()
    file.add("zero", shape: [], integers: [0])
    file.add("one", shape: [], integers: [1])
    file.add("Shape", ["x"], ["shape"])
    file.add("Gather", ["shape", "zero"], ["n"])
    switch operation {
    case "Mul": file.add("Cast", ["n"], ["f"], ["to": .integer(1)])
    case "Range": file.add("Range", ["zero", "n", "one"], ["f"], name: "bad")
    case "Equal": file.add("Equal", ["n", "one"], ["f"], name: "bad")
    case "Mod":
      file.add("two", shape: [], integers: [2])
      file.add("Mod", ["n", "two"], ["f"], name: "bad")
    case "Clip":
      file.add("Cast", ["n"], ["most"], ["to": .integer(1)])
      file.add("Clip", ["x", "", "most"], ["f"], name: "bad")
    case "Slice":
      file.add("first", shape: [1], integers: [0])
      file.add("Unsqueeze", ["n", "first"], ["end"])
      file.add("axis", shape: [1], integers: [1])
      file.add("Slice", ["x", "first", "end", "axis"], ["f"], name: "bad")
    case "Expand":
      file.add("first", shape: [1], integers: [0])
      file.add("Unsqueeze", ["n", "first"], ["size"])
      file.add("w", shape: [1], floats: [2])
      file.add("Mul", ["x", "w"], ["y"])
      file.add("ReduceSum", ["y", "last"], ["s"])
      file.add("last", shape: [1], integers: [3])
      file.add("Expand", ["s", "size"], ["f"], name: "bad")
    default:
      file.add("Cast", ["n"], ["real"], ["to": .integer(1)])
      file.add(operation, ["real"], ["f"], name: "bad")
    }
    file.add("Mul", ["x", "f"], ["r"], name: "mul")
    let expected =
      switch operation {
      case "Mul": "node 'mul' (Mul): it takes the number of examples, which is open, for a number"
      case "Clip": "node 'bad' (Clip): 'max' is the number of examples, which is open"
      case "Slice": "node 'bad' (Slice): 'ends' is the number of examples, which is open"
      case "Expand": "node 'bad' (Expand): another axis is as long as there are examples, which is open"
      default: "node 'bad' (\(operation)): it computes with the number of examples, which is open"
      }
    #expect(messages(file.bytes) == [expected])
  }

  @Test func refusesWhatRuntimesDoOtherwise() {
    var file = SmallFile()
    file.add("Cast", ["x"], ["whole"], ["to": .integer(7)])
    file.add("ReduceMean", ["whole"], ["r"], name: "mean", ["axes": .integers([1])])
    #expect(messages(file.bytes) == ["node 'mean' (ReduceMean): of whole numbers it is not supported"])
    var none = SmallFile()
    none.add("ReduceL2", ["x"], ["r"], name: "norm", ["noop_with_empty_axes": .integer(1)])
    #expect(messages(none.bytes) == ["node 'norm' (ReduceL2): it reduces no axes, of which runtimes make different things"])
    var training = SmallFile()
    training.add("w", shape: [3], floats: [1, 1, 1])
    training.add("BatchNormalization", ["x", "w", "w", "w", "w"], ["r", "a", "b", "c", "d"], name: "norm")
    #expect(messages(training.bytes) == ["node 'norm' (BatchNormalization): it is made for training"])
  }

  @Test func namesWhatMixesExamples() {
    var file = SmallFile()
    file.add("ReduceMean", ["x"], ["y"], name: "mean")
    #expect(messages(file.bytes) == ["node 'mean' (ReduceMean): it reduces the examples of a batch"])
  }

  @Test func tellsWhereAFileBreaksOff() throws {
    let whole = try RecordedFiles.bytes("lenet.open")
    for length in stride(from: 0, to: whole.count, by: 37) {
      let told = messages(Array(whole[..<length]))
      #expect(
        !told.isEmpty && (told[0].contains("byte ") || told[0].contains("comes from nowhere") || told[0].contains("no ONNX graph")),
        "\(told)")
    }
    #expect(messages(Array("input x: [3]\n".utf8)).first?.hasPrefix("byte ") == true)
    #expect(messages([]) == ["there is no ONNX graph in it"])
  }

  @Test func refusesSettingsThatNameNoAxis() throws {
    #expect(messages(try RecordedFiles.bytes("lenet.open"), extents: ["sequence": 4]) == ["there is no axis 'sequence' to set"])
  }

  // MARK: What is known before anything is run

  @Test(
    arguments: [
      ([3, 2], [1], [:], "[[[2]], [[12]], [[30]]]"), ([2, 3], [0], [:], "[[[4]], [[10]], [[18]]]"), ([2, 3], [], [:], "720"),
      ([2, 3], [0, -1], ["keepdims": 0], "720"), ([3, 1], [], ["noop_with_empty_axes": 1], "[[[1]], [[2]], [[3]]]"),
    ] as [([Int], [Int], [String: Int], String)])
  func multipliesOverTheAxesNamed(shape: [Int], axes: [Int], flags: [String: Int], literal: String) throws {
    var file = SmallFile()
    let count = shape.reduce(1, *)
    file.add("a", shape: shape, integers: Array(1...count))
    file.add("axes", shape: [axes.count], integers: axes)
    file.add("shape", shape: [3], integers: [-1, 1, 1])
    let keeps = SmallFile.Attribute.integer(flags["keepdims"] ?? 1)
    file.add(
      "ReduceProd", ["a", "axes"], ["b"], ["keepdims": keeps, "noop_with_empty_axes": .integer(flags["noop_with_empty_axes"] ?? 0)])
    file.add("Reshape", ["b", "shape"], ["c"])
    file.add("Mul", ["x", "c"], ["r"])
    #expect(try RecordedFiles.imported(file.bytes).text.contains("x * \(literal)\n"))
  }
}
