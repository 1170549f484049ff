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

  /// `stop` hides part of the derivative, which is what a wrong gradient looks like.
  @Test func wrongGradientsFail() throws {
    let check = try check("param a = 2\nparam b = 3\nloss a * stop(a) + b * b")
    #expect(!check.passed)
    #expect(check.parameters.first { $0.name == "a" }?.relativeError ?? 0 > 0.4)
    #expect(check.parameters.first { $0.name == "b" }?.relativeError ?? 1 < 1e-8)
    #expect(check.json["passed"] == .bool(false))
  }

  @Test func aLossThatIsNoNumberCannotBeChecked() throws {
    #expect(throws: TrainingError.self) { try check("param a = -1\nloss sqrt(a)") }
    #expect(throws: TrainingError.self) { try check("input a: []\noutput sqrt(a)") }
  }
}
