import NNData
import NNGraph
import NNInterchange
import NNTraining

/// `--emit onnx`: a trained model as an ONNX file.
struct ONNXOutput {
  private let loaded: LoadedModel
  private let setup: ModelSetup
  private let weights: String?

  init(_ loaded: LoadedModel, _ setup: ModelSetup, weights: String?) {
    self.loaded = loaded
    self.setup = setup
    self.weights = weights
  }

  func file(in console: Console) throws -> OutputFile {
    let tensors = try setup.explaining { setup in try setup.weights(from: weights) }
    let numbers = Dictionary(tensors.map { ($0.name, $0.storage.doubles) }) { first, _ in first }
    switch ONNXExport.run(loaded.model, calls: loaded.calls, weights: numbers) {
    case .failure(let failure): throw Failure(failure.diagnostics, in: loaded.sources)
    case .success(let model):
      let name = "\(loaded.model.name).onnx"
      if weights == nil, !tensors.isEmpty {
        console.warn("\(name) has untrained weights: --weights names the file that training wrote")
      }
      return OutputFile(name, model.bytes)
    }
  }
}
