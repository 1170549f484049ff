package import NNGraph

/// Every function of the language that is no syntax. A new one is a file and a line here.
package enum Catalogue {
  package static let functions: [any CatalogueFunction.Type] = [
    Abs.self,
    Clip.self,
    Cos.self,
    Elu.self,
    Erf.self,
    Exp.self,
    Expm1.self,
    Floor.self,
    Gelu.self,
    LeakyRelu.self,
    Log.self,
    Log1p.self,
    Relu.self,
    Sigmoid.self,
    Sign.self,
    Silu.self,
    Sin.self,
    Softplus.self,
    Sqrt.self,
    Square.self,
    Step.self,
    Tanh.self,
    Where.self,
    Argmax.self,
    CosineSimilarity.self,
    Dot.self,
    LogSoftmax.self,
    Logsumexp.self,
    Max.self,
    Mean.self,
    Min.self,
    Norm.self,
    Normalize.self,
    Prod.self,
    Softmax.self,
    Sum.self,
    Concat.self,
    Flatten.self,
    OneHot.self,
    Ones.self,
    Outer.self,
    Pad.self,
    RandomNormal.self,
    RandomUniform.self,
    RangeFunction.self,
    ReshapeFunction.self,
    Roll.self,
    Stack.self,
    TransposeFunction.self,
    Zeros.self,
    Dense.self,
    Maxout.self,
    Upsample.self,
    Batchnorm.self,
    Conv.self,
    ConvTranspose.self,
    Maxpool.self,
    Avgpool.self,
    GlobalAvgpool.self,
    GlobalMaxpool.self,
    Dropout.self,
    Elastic.self,
    Groupnorm.self,
    L1.self,
    L2.self,
    Layernorm.self,
    Lrn.self,
    Noise.self,
    Survive.self,
    Attention.self,
    Embedding.self,
    Gru.self,
    GruCell.self,
    Lstm.self,
    LstmCell.self,
    Rnn.self,
    RnnCell.self,
    AbsoluteError.self,
    BinaryCrossEntropy.self,
    CrossEntropy.self,
    HalfSquaredError.self,
    Hinge.self,
    Huber.self,
    MeanAbsoluteError.self,
    MeanSquaredError.self,
    Nll.self,
    SquaredError.self,
    Triplet.self,
    Accuracy.self,
    RootMeanSquaredError.self,
    Top.self,
    GradientFunction.self,
    StopFunction.self,
  ]

  private static let byName = Dictionary(functions.map { ($0.name, $0) }) { first, _ in first }

  package static func function(_ name: String) -> (any CatalogueFunction.Type)? { byName[name] }

  package static var names: [String] { functions.map { $0.name } }

  /// What a metric of this name does after its mean over all examples.
  package static func metricFinish(_ name: String) -> Metric.Finish { byName[name]?.metricFinish ?? .none }

  /// Builds the graph of a call whose arguments are matched to the function's parameters.
  package static func evaluate(
    _ function: any CatalogueFunction.Type, _ call: inout FunctionCall
  ) throws(CallError) -> [Value] {
    try call.checkWords()
    call.convertClasses()
    return try function.apply(&call)
  }
}

extension FunctionCall {
  /// A word in place of axes can only spell out the default, such as `all`.
  fileprivate mutating func checkWords() throws(CallError) {
    for (index, parameter) in parameters.enumerated() where parameter.kind == .axes {
      guard case .name(let word)? = arguments[index] else { continue }
      guard word == parameter.standard else {
        throw CallError("'\(parameter.name)' is a whole number or a list of them, not '\(word)'", at: parameter.name)
      }
      arguments[index] = nil
    }
  }

  /// Where real numbers are asked for, a class counts as its number.
  fileprivate mutating func convertClasses() {
    for (index, parameter) in parameters.enumerated() where [.tensor, .tensors, .group].contains(parameter.kind) {
      switch arguments[index] {
      case .value(let value)?: arguments[index] = .value(graph.number(value))
      case .values(let values)?: arguments[index] = .values(values.map { graph.number($0) })
      default: break
      }
    }
  }
}
