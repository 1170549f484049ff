import Foundation
import NNGraph
import NNOperations
import NNTestSupport
import Testing

@Suite struct CatalogueTests {
  /// One file a function, by its name: `leaky_relu` lives in `LeakyRelu.swift`.
  @Test func everyFileIsRegistered() throws {
    let folders = [
      "Elementwise", "Reductions", "Shape", "Layers", "Convolution", "Regularizing", "Sequence", "Losses", "Metrics", "Gradients",
    ]
    var files: [String] = []
    for folder in folders {
      files += try FileManager.default.contentsOfDirectory(atPath: repositoryPath("Sources/NNOperations/" + folder))
    }
    #expect(files.sorted() == Catalogue.names.map { fileName($0) }.sorted())
  }

  @Test func everyOptimizerIsRegistered() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: repositoryPath("Sources/NNOperations/Optimizers"))
    let shared = ["OptimizerRule.swift", "Optimizers.swift"]
    #expect(files.filter { !shared.contains($0) }.sorted() == Optimizers.rules.map { fileName($0.name) }.sorted())
  }

  private func fileName(_ name: String) -> String {
    name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined() + ".swift"
  }

  @Test func namesAreUnique() {
    #expect(Set(Catalogue.names).count == Catalogue.names.count)
    for name in Catalogue.names { #expect(Catalogue.function(name)?.name == name) }
    #expect(Catalogue.function("softmx") == nil)
  }

  @Test func documentIsCurrent() throws {
    let path = repositoryPath("docs/OPERATIONS.md")
    if isRecording { try Catalogue.document().write(toFile: path, atomically: true, encoding: .utf8) }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == Catalogue.document(), "RECORD=1 writes it anew")
    #expect(!isRecording, "recorded")
  }

  /// Samples fill parameters that exist, and leave out only those with a default.
  @Test(arguments: SampleCase.all)
  func samplesFitTheirParameters(_ sample: SampleCase) {
    let names = sample.sample.arguments.map(\.parameter)
    let parameters = sample.function.parameters
    #expect(names.allSatisfy { name in parameters.contains { $0.name == name } })
    #expect(parameters.allSatisfy { $0.standard != nil || names.contains($0.name) })
  }

  @Test func everyParameterIsUsedByASample() {
    // Initial values and gradients by name need a model around them.
    let unsampled = ["gradient", "init"]
    for function in Catalogue.functions where !unsampled.contains(function.name) {
      let used = Set(function.samples.flatMap { $0.arguments.map(\.parameter) })
      let missing = function.parameters.map(\.name).filter { !used.contains($0) && !unsampled.contains($0) }
      #expect(missing.isEmpty, "\(function.name) has no sample with \(missing)")
    }
  }

  @Test func onlyTheRootIsTakenLast() {
    #expect(Catalogue.metricFinish("root_mean_squared_error") == .squareRoot)
    #expect(Catalogue.metricFinish("accuracy") == .none)
    #expect(Catalogue.metricFinish("no_such_metric") == .none)
  }
}
