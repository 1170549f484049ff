import NNData
import NNInterchange
import NNSource
import Testing

/// Files whose numbers are made to overflow, or to be more than memory holds.
@Suite struct HostileFileTests {
  private static let huge = 1 << 62

  private func message(_ file: SmallFile) -> String {
    do {
      return try "made " + RecordedFiles.imported(file.bytes).text
    } catch let failure as ImportFailure {
      return failure.diagnostics.map(\.message).joined(separator: "; ")
    } catch let error as ContentError {
      return (error.place.map { "\($0): " } ?? "") + error.message
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [-1e30, 1e30, .nan, -.infinity] as [Float])
  func refusesRangesWithoutMeasure(end: Float) {
    var file = SmallFile()
    file.add("zero", shape: [], floats: [0])
    file.add("end", shape: [], floats: [end])
    file.add("step", shape: [], floats: [1])
    file.add("Range", ["zero", "end", "step"], ["places"])
    file.add("Reshape", ["x", "places"], ["r"])
    #expect(!message(file).hasPrefix("made"))
  }

  @Test(arguments: [-1e30, 1e30, -1, .nan, .infinity] as [Float])
  func refusesScalesWithoutMeasure(scale: Float) {
    var file = SmallFile()
    file.add("scales", shape: [4], floats: [1, 1, scale, 1])
    file.add("Resize", ["x", "", "scales"], ["r"])
    #expect(message(file).contains("is not supported"))
  }

  @Test(arguments: ["-9223372036854775808", "-1", "9223372036854775807", "x"])
  func refusesPlacesOutsideOfAFile(offset: String) {
    var file = SmallFile()
    file.add("w", shape: [1], file: "weights.bin", offset: offset)
    file.add("Add", ["x", "w"], ["r"])
    let told = #expect(throws: ContentError.self) {
      _ = try ONNXImport.run(ONNXModel(parsing: ByteBuffer(file.bytes)), name: "net") { (_) throws(DataError) in
        ByteBuffer([0, 0, 128, 63])
      }
    }
    #expect(told?.message == "its data end behind the end of 'weights.bin'")
  }

  @Test(arguments: [[huge, 0], [0, huge], [huge, huge, 0], [1 << 31, 0], [1 << 30, 1 << 30, 0], [-1], [Int](repeating: 1, count: 40)])
  func refusesShapesWithoutMeasure(shape: [Int]) {
    for operation in ["Transpose", "Slice", "Gather", "Concat", "ReduceProd", "Identity"] {
      var file = SmallFile()
      file.add("none", shape: shape, integers: [])
      file.add("ends", shape: [1], integers: [0])
      file.add(operation, ["none"] + (["Slice", "Gather"].contains(operation) ? ["ends", "ends"] : []), ["r"])
      #expect(message(file).hasPrefix("tensor 'none'"), "\(operation)")
    }
  }

  @Test(arguments: [[huge], [huge, 4], [-5], [1 << 31], [1 << 30, 1 << 30], [0, huge]])
  func refusesShapesThatAreComputed(shape: [Int]) {
    for operation in ["Expand", "ConstantOfShape", "Reshape", "Tile"] {
      var file = SmallFile()
      file.add("shape", shape: [shape.count], integers: shape)
      file.add("one", shape: [], floats: [1])
      file.add(operation, (operation == "ConstantOfShape" ? [] : ["one"]) + ["shape"], ["y"])
      file.add("Add", ["x", "y"], ["r"])
      #expect(!message(file).hasPrefix("made"), "\(operation)")
    }
  }

  @Test func boundsWhatIsComputedAhead() {
    var file = SmallFile()
    file.add("zero", shape: [], integers: [0])
    file.add("many", shape: [], integers: [100])
    file.add("one", shape: [], integers: [1])
    file.add("column", shape: [2], integers: [-1, 1])
    file.add("Range", ["zero", "many", "one"], ["row"])
    file.add("Reshape", ["row", "column"], ["column_of"])
    for index in 0..<40 { file.add("Add", ["row", "column_of"], ["sum\(index)"]) }
    file.add("Relu", ["x"], ["r"])
    let told = #expect(throws: ImportFailure.self) {
      _ = try ONNXImport.run(ONNXModel(parsing: ByteBuffer(file.bytes)), name: "net", mostFolded: 200_000) { (name) throws(DataError) in
        throw .file(path: name, message: "no such file", help: nil)
      }
    }
    #expect(told?.diagnostics.first?.message == "node #21 (Add): too many numbers are computed from constants up to here")
  }

  @Test func refusesPaddingOfMoreAxesThanThereAre() {
    var file = SmallFile()
    file.add("w", shape: [3, 1, 2, 2], floats: [Float](repeating: 1, count: 12))
    file.add("ConvTranspose", ["x", "w"], ["r"], ["output_padding": .integers([0, 0, 0])])
    #expect(message(file).contains("'output_padding' is [0, 0, 0]"))
  }

  @Test func refusesListsThatNoShapeHas() {
    var file = SmallFile()
    file.add("zero", shape: [], integers: [0])
    file.add("many", shape: [], integers: [900_000])
    file.add("one", shape: [], integers: [1])
    file.add("Range", ["zero", "many", "one"], ["row"])
    file.add("Reshape", ["x", "row"], ["r"])
    #expect(message(file).contains("no list of axes"))
  }
}
