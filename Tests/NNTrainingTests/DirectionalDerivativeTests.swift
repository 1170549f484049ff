import Foundation
import NNData
import NNExecution
import NNGraph
import NNSchedule
import NNTestSupport
import Testing

@testable import NNTraining

/// Derivatives along directions that come from files: against PyTorch, against differences of gradients, and against each other.
@Suite struct DirectionalDerivativeTests {
  struct Case: Codable, Sendable, CustomStringConvertible {
    struct Numbers: Codable, Sendable {
      let shape: [Int]
      let values: [Double]
    }

    let text: String
    let parameters: [String: Numbers]
    let direction: [String: Numbers]
    let x: [Double]
    let xShape: [Int]
    let t: [Double]
    let isClass: Bool
    let loss: Double
    let jvp: Double
    let hvp: [String: Numbers]

    var description: String { text }
  }

  static func cases() throws -> [Case] {
    let path = repositoryPath("Tests/Fixtures/directional.json")
    return try JSONDecoder().decode([Case].self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private func tensors(_ numbers: [String: Case.Numbers]) -> [Tensor] {
    numbers.sorted { $0.key < $1.key }.map { Tensor(name: $0.key, shape: $0.value.shape, storage: .float64($0.value.values)) }
  }

  private func write(_ tensors: [Tensor], _ path: String) throws -> String {
    try Safetensors(tensors: tensors).write(to: path)
    return path
  }

  private func report(
    _ run: Case, weights: [Tensor], jvp: [Tensor]? = nil, hvp: [Tensor]? = nil, precision: Precision = .f64,
    compiler: CompilerChoice = .tcc
  ) throws -> GradientReport {
    try withTemporaryFolder { folder in
      var setup = try ModelSetup(test: run.text, precision: precision)
      setup.compiler = compiler
      let target = Tensor(name: "t", shape: [run.t.count], storage: run.isClass ? .int64(run.t.map { Int64($0) }) : .float64(run.t))
      let batch = [Tensor(name: "x", shape: run.xShape, storage: .float64(run.x)), target]
      return try GradientRequest(setup).run(
        weights: write(weights, folder + "/w.safetensors"), data: .file(write(batch, folder + "/d.safetensors")),
        jvp: try jvp.map { try write($0, folder + "/j.safetensors") }, hvp: try hvp.map { try write($0, folder + "/h.safetensors") })
    }
  }

  @Test(arguments: try cases(), [CompilerChoice.tcc, .cc])
  func equalPyTorch(_ run: Case, compiler: CompilerChoice) throws {
    let direction = tensors(run.direction)
    let report = try self.report(run, weights: tensors(run.parameters), jvp: direction, hvp: direction, compiler: compiler)
    #expect(abs(report.loss - run.loss) < 1e-12)
    #expect(abs((report.directional.jvp ?? .nan) - run.jvp) < 1e-12 * max(1, abs(run.jvp)))
    let products = try #require(report.directional.hvp)
    #expect(Set(products.map(\.name)) == Set(run.hvp.keys))
    for product in products {
      let expected = try #require(run.hvp[product.name])
      #expect(product.shape == expected.shape)
      for (found, wanted) in zip(product.storage.doubles, expected.values) { #expect(abs(found - wanted) < 1e-11, "\(product.name)") }
    }
  }

  @Test(arguments: try cases())
  func singlePrecisionIsNear(_ run: Case) throws {
    let direction = tensors(run.direction)
    let report = try self.report(run, weights: tensors(run.parameters), jvp: direction, hvp: direction, precision: .f32)
    #expect(abs((report.directional.jvp ?? .nan) - run.jvp) < 1e-4 * max(1, abs(run.jvp)))
    for product in report.directional.hvp ?? [] {
      let expected = run.hvp[product.name]?.values ?? []
      let scale = expected.map(abs).max() ?? 0
      for (found, wanted) in zip(product.storage.doubles, expected) { #expect(abs(found - wanted) <= 1e-4 * max(1, scale)) }
    }
  }

  /// Directions drawn for the test: numbers in -1...1.
  private func drawn(like tensors: [Tensor], seed: UInt64) -> [Tensor] {
    var generator = CounterGenerator(seed: seed, purpose: .directions, index: 0)
    return tensors.map { tensor in
      let numbers = tensor.storage.doubles.map { _ in 2 * generator.uniform() - 1 }
      return Tensor(name: tensor.name, shape: tensor.shape, storage: .float64(numbers))
    }
  }

  private func dot(_ first: [Tensor], _ second: [Tensor]) -> Double {
    let other = Dictionary(uniqueKeysWithValues: second.map { ($0.name, $0.storage.doubles) })
    return first.reduce(0) { sum, tensor in
      zip(tensor.storage.doubles, other[tensor.name] ?? []).reduce(sum) { $0 + $1.0 * $1.1 }
    }
  }

  /// u' H v = v' H u.
  @Test(arguments: try cases())
  func theHessianIsSymmetric(_ run: Case) throws {
    let weights = tensors(run.parameters)
    let (u, v) = (drawn(like: weights, seed: 1), drawn(like: weights, seed: 2))
    let one = dot(u, try report(run, weights: weights, hvp: v).directional.hvp ?? [])
    let other = dot(v, try report(run, weights: weights, hvp: u).directional.hvp ?? [])
    #expect(abs(one) > 1e-6)
    #expect(abs(one - other) < 1e-12 * max(1, abs(one)))
  }

  /// Centred differences, of the gradient for the Hessian, and of the gradient times the direction for the loss.
  @Test(arguments: try cases())
  func differencesOfGradientsAgree(_ run: Case) throws {
    let weights = tensors(run.parameters)
    let direction = drawn(like: weights, seed: 3)
    let step = 1e-5
    func gradients(_ distance: Double) throws -> [String: [Double]] {
      let moved = zip(weights, direction).map { weight, direction in
        let numbers = zip(weight.storage.doubles, direction.storage.doubles).map { $0 + distance * $1 }
        return Tensor(name: weight.name, shape: weight.shape, storage: .float64(numbers))
      }
      return Dictionary(uniqueKeysWithValues: try self.report(run, weights: moved).gradients.map { ($0.name, $0.storage.doubles) })
    }
    let (up, down) = (try gradients(step), try gradients(-step))
    let report = try self.report(run, weights: weights, jvp: direction, hvp: direction)
    for product in report.directional.hvp ?? [] {
      let rates = zip(up[product.name] ?? [], down[product.name] ?? []).map { ($0 - $1) / (2 * step) }
      for (found, rate) in zip(product.storage.doubles, rates) { #expect(abs(found - rate) < 1e-7 * max(1, abs(rate)), "\(product.name)") }
    }
    let gradient = report.gradients.filter { gradient in weights.contains { $0.name == gradient.name } }
    #expect(abs((report.directional.jvp ?? .nan) - dot(gradient, direction)) < 1e-12 * max(1, abs(report.directional.jvp ?? 0)))
  }

  @Test func wrongDirectionsAreRefused() throws {
    let run = try Self.cases()[1]
    let weights = tensors(run.parameters)
    let scalar = Tensor(name: "s", shape: [], storage: .float64([1]))
    let wrong: [([Tensor], String)] = [
      ([scalar], "it lacks 'A'"), (weights + [Tensor(name: "B", shape: [1], storage: .float64([1]))], "it holds 'B'"),
      (
        [scalar, Tensor(name: "A", shape: [9], storage: .float64(.init(repeating: 1, count: 9)))],
        "its shape is [9], but the model has [3, 3]"
      ),
      ([scalar, Tensor(name: "A", shape: [3, 3], storage: .float64(.init(repeating: .nan, count: 9)))], "not a number to compute with"),
      ([scalar, Tensor(name: "A", shape: [3, 3], storage: .int64(.init(repeating: 1, count: 9)))], "directions are real numbers"),
    ]
    for (direction, message) in wrong {
      let error = #expect(throws: DataError.self) { try report(run, weights: weights, hvp: direction) }
      #expect(error?.message.contains(message) == true, "\(String(describing: error?.message))")
    }
  }

  /// A loss that is no number has no derivatives; nothing older is shown in their place.
  @Test func withoutALossThereIsNoDerivative() throws {
    try withTemporaryFolder { folder in
      let setup = try ModelSetup(test: "param w = [1, 2]\nloss sum(log(-w))", precision: .f64)
      let path = try write([Tensor(name: "w", shape: [2], storage: .float64([1, 1]))], folder + "/d.safetensors")
      let report = try GradientRequest(setup).run(weights: nil, data: nil, jvp: path, hvp: path)
      #expect(report.directional.jvp?.isNaN == true)
      #expect(report.directional.hvp?.first?.storage.doubles.allSatisfy { $0.isNaN } == true)
    }
  }

  @Test func reportsHoldThem() throws {
    try withTemporaryFolder { folder in
      let setup = try ModelSetup(test: "param x = 2\nparam y = 3\nloss x * x * y", precision: .f64)
      let direction = [Tensor(name: "x", shape: [], storage: .float64([1])), Tensor(name: "y", shape: [], storage: .float64([10]))]
      let path = try write(direction, folder + "/d.safetensors")
      let report = try GradientRequest(setup).run(weights: nil, data: nil, jvp: path, hvp: path)
      #expect(
        report.json.text
          == #"{"loss": 12, "values": {}, "gradients": {"x": 12, "y": 4}, "jvp": 52, "hvp": {"x": 46, "y": 4}}"#)
      try report.write(to: folder + "/g.safetensors")
      let file = try Safetensors(contentsOf: folder + "/g.safetensors")
      #expect(file.tensors.map(\.name).sorted() == ["grad.x", "grad.y", "hvp.x", "hvp.y", "jvp", "loss"])
      #expect(file["hvp.x"]?.storage == .float64([46]))
    }
  }
}
