import NNData
import NNGraph
import NNSchedule
import Testing

@testable import NNTraining

@Suite struct GradientCheckTests {
  private func check(_ text: String) throws -> GradientCheck {
    try GradientCheckRequest(ModelSetup(test: text)).run()
  }

  @Test(arguments: [
    "param x = -2\nparam y = 5\nparam z = -4\nloss (x + y) * z",
    TestModel.xor,
    TestModel.noisy,
    "input x: [3]\nparam w = [1, 2, 3]\nparam far = 1e6\nparam near = 1e-6\nloss sum((w * x)^2) + far * near",
    "param dead = 0\nparam w = 2\nloss w * w + relu(-1 - dead)",
  ])
  func rightGradientsPass(text: String) throws {
    let check = try check(text)
    #expect(check.passed, "\(check.json.text)")
    #expect(!check.parameters.isEmpty)
  }

  @Test func lossesAreDifferencedOnlyByWhatTheyTrain() throws {
    let text = "param a = 2\nparam b = 3\nloss a * b trains a\nloss a * a * b trains b"
    let check = try check(text)
    #expect(check.passed, "\(check.json.text)")
    #expect(check.parameters.map(\.name) == ["a", "b"])
  }

  /// The slope of the loss itself would be another: what is stopped has to be held.
  @Test(arguments: [
    "param a = 2\nparam b = 3\nloss a * stop(a) + b * b",
    "input x: [3]\nparam a = [1, 2, 3]\nh = a * x + dropout(a * x, 0.5)\nloss sum(stop(h * a) * h) + l2(a) * sum(stop(stop(a) * a))",
    "param a = 2\nparam b = 3\nloss a * stop(b * a) trains a\nloss stop(a) * b * b trains b",
  ])
  func whatIsStoppedIsHeld(text: String) throws {
    let check = try check(text)
    #expect(check.passed, "\(check.json.text)")
    #expect(check.parameters.contains { $0.name == "a" })
  }

  @Test(arguments: [1e-3, 1e-5])
  func wrongGradientsAreFound(part: Double) throws {
    let setup = try ModelSetup(test: TestModel.xor, precision: .f64)
    let instance = try setup.instance([.grad], batch: 4)
    instance.memory.examples.gather(0..<4, of: try setup.reader.random(4))
    let loss = DifferencedLoss(instance)
    #expect(loss.loss().isFinite)
    let right = loss.gradient
    let wrong = right.enumerated().map { $0.offset == 7 ? $0.element * (1 + part) + part : $0.element }
    #expect(loss.relativeError(of: right, parameter: 0, seed: 1) < 1e-8)
    #expect(loss.relativeError(of: wrong, parameter: 0, seed: 1) > GradientCheck.tolerance)
    let failed = GradientCheck(parameters: [.init(name: "w", relativeError: 1e-3), .init(name: "b", relativeError: .nan)])
    #expect(!failed.passed)
    #expect(failed.json.text.hasPrefix(#"{"passed": false, "max_relative_error": "inf""#))
  }

  @Test func aLossThatIsNoNumberCannotBeChecked() throws {
    #expect(throws: TrainingError.self) { try check("param a = -1\nloss sqrt(a)") }
    #expect(throws: TrainingError.self) { try check("input a: []\noutput sqrt(a)") }
  }
}
