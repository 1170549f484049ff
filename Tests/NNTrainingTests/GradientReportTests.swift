import NNData
import NNExecution
import NNGraph
import NNSchedule
import Testing

@testable import NNTraining

@Suite struct GradientReportTests {
  private func report(_ text: String, precision: Precision = .f64) throws -> GradientReport {
    try GradientRequest(ModelSetup(test: text, precision: precision)).run(weights: nil, data: nil)
  }

  @Test(arguments: [Precision.f32, .f64])
  func gatesAreAsInTheLectures(precision: Precision) throws {
    let report = try report("param x = -2\nparam y = 5\nparam z = -4\nq = x + y\nloss f = q * z", precision: precision)
    #expect(report.json.text == #"{"loss": -12, "values": {"q": 3}, "gradients": {"x": -4, "y": -4, "z": 3}}"#)
    #expect(report.remarks.isEmpty)
  }

  @Test func perExampleValuesHaveTheBatchFirst() throws {
    let text = """
      input  x: [2]
      target t: []
      target kind: class(2)
      param  w = [1, -1]
      y = sum(w * x)
      loss squared_error(y, t) + 0 * cross_entropy(x, kind)
      train { data rows(x: [[1, 2], [3, 5]], t: [1, -2], kind: [0, 1]) }
      """
    let report = try report(text)
    let gradients = Dictionary(uniqueKeysWithValues: report.gradients.map { ($0.name, $0) })
    #expect(report.values.map(\.name) == ["y"])
    #expect(report.values.first?.shape == [2])
    #expect(report.values.first?.storage.doubles == [-1, -2])
    // d/dw = mean of 2 (y - t) x
    #expect(report.loss == 2)
    #expect(gradients["w"]?.storage.doubles == [-2, -4])
    #expect(gradients["x"]?.shape == [2, 2])
    #expect(gradients["x"]?.storage.doubles == [-2, 2, 0, 0])
    #expect(gradients["t"]?.storage.doubles == [2, 0])
    #expect(gradients["kind"] == nil)
    #expect(report.remarks.isEmpty)
  }

  @Test func saysWhatItMadeUp() throws {
    let text = "input x: [3]\nloss sum(x |> dense(2))\ntrain { seed 9 }"
    let first = try report(text)
    #expect(first.remarks.count == 2)
    #expect(first.remarks.first == "there is no data: 4 random examples come from seed 9")
    #expect(first.remarks.last == "there are no weights: random ones come from seed 9")
    #expect(try report(text).json == first.json)
    #expect(try report(text.replacing("seed 9", with: "seed 8")).json != first.json)
  }

  @Test func writesTensors() throws {
    try withTemporaryFolder { folder in
      let report = try report("param x = [1, 2]\nq = x * x\nloss sum(q)", precision: .f32)
      try report.write(to: folder + "/g.safetensors")
      let file = try Safetensors(contentsOf: folder + "/g.safetensors")
      #expect(file.tensors.map(\.name).sorted() == ["grad.x", "loss", "value.q"])
      #expect(file["grad.x"]?.storage == .float32([2, 4]))
      #expect(file["loss"]?.shape == [])
      #expect(file["loss"]?.storage == .float32([5]))
    }
  }
}
