import NNGraph
import NNOperations

/// A function of the language that has an operator of its own in ONNX.
struct LayerForm: Sendable {
  /// The parameters of the function that are tensors.
  let operands: [String]
  /// Whether a call says what the operator can do.
  let accepts: @Sendable (FunctionCall) -> Bool
  /// Writes a call and returns its result's name.
  let write: @Sendable (inout ONNXExport, FunctionCall) -> String

  init(
    _ operands: [String] = ["x"], accepts: @escaping @Sendable (FunctionCall) -> Bool = Self.isPerExample,
    write: @escaping @Sendable (inout ONNXExport, FunctionCall) -> String
  ) {
    self.operands = operands
    self.accepts = accepts
    self.write = write
  }

  @Sendable static func isPerExample(_ call: FunctionCall) -> Bool {
    call.type("x").isBatched && call.type("x").shape.count > 0
  }

  /// By the function's name.
  static let forms: [String: LayerForm] = elementwise.merging(layers) { first, _ in first }.merging(reductions) { first, _ in first }

  // MARK: Elementwise functions

  private static let elementwise: [String: LayerForm] = [
    "leaky_relu": LayerForm { $0.add("LeakyRelu", $1, ONNXAttribute("alpha", float: $1.number("slope", default: 0.1))) },
    "elu": LayerForm { $0.add("Elu", $1, ONNXAttribute("alpha", float: $1.number("alpha", default: 1))) },
    "softplus": LayerForm { $0.add("Softplus", $1) },
    "sign": LayerForm { $0.add("Sign", $1) },
    "clip": LayerForm(
      accepts: { isPerExample($0) && bounds(of: $0) != nil },
      write: { export, call in
        let bounds = bounds(of: call) ?? (0, 0)
        return export.writer.add("Clip", [export.name(call.value("x")), export.writer.real(bounds.0), export.writer.real(bounds.1)])
      }),
  ]

  private static func bounds(of call: FunctionCall) -> (Double, Double)? {
    guard let low = call.graph.constant(call.value("lo")), let high = call.graph.constant(call.value("hi")) else { return nil }
    let isNarrow = ["lo", "hi"].allSatisfy { call.type($0).shape.rank <= call.type("x").shape.rank && call.type($0).shape.count == 1 }
    return isNarrow && low <= high ? (low, high) : nil
  }

  // MARK: Along axes

  private static let reductions: [String: LayerForm] = [
    "softmax": LayerForm(accepts: hasOneAxis, write: { $0.alongAxis("Softmax", $1) }),
    "log_softmax": LayerForm(accepts: hasOneAxis, write: { $0.alongAxis("LogSoftmax", $1) }),
    "mean": LayerForm { $0.reduced("ReduceMean", $1) },
    "prod": LayerForm { $0.reduced("ReduceProd", $1) },
    "norm": LayerForm(accepts: { isPerExample($0) && $0.type("x").shape.rank > 0 }, write: { $0.reduced("ReduceL2", $1) }),
    "logsumexp": LayerForm { $0.reduced("ReduceLogSumExp", $1) },
  ]

  @Sendable private static func hasOneAxis(_ call: FunctionCall) -> Bool {
    isPerExample(call) && call.type("x").shape.rank > 0 && (call.list("axis") ?? [-1]).count == 1
  }

  // MARK: Layers

  private static let layers: [String: LayerForm] = [
    "dense": LayerForm { $0.dense($1) },
    "conv": LayerForm { $0.convolution($1) },
    "conv_transpose": LayerForm { $0.transposedConvolution($1) },
    "maxpool": LayerForm { $0.pool("MaxPool", $1) },
    "avgpool": LayerForm { $0.pool("AveragePool", $1, ONNXAttribute("count_include_pad", 1)) },
    "global_avgpool": LayerForm { $0.flattened("GlobalAveragePool", $1) },
    "global_maxpool": LayerForm { $0.flattened("GlobalMaxPool", $1) },
    "upsample": LayerForm { $0.upsampled($1) },
    "batchnorm": LayerForm { $0.batchNormalization($1) },
    "layernorm": LayerForm { $0.layerNormalization($1) },
    "lrn": LayerForm(accepts: { isPerExample($0) && $0.wholeNumber("size") % 2 == 1 && $0.type("x").shape.rank == 3 }) {
      $0.localNormalization($1)
    },
    "attention": LayerForm { $0.attention($1) },
    "rnn": LayerForm { $0.recurrent("RNN", $1, gates: [0]) },
    "gru": LayerForm { $0.recurrent("GRU", $1, gates: [1, 0, 2], ONNXAttribute("linear_before_reset", 1)) },
    "lstm": LayerForm { $0.recurrent("LSTM", $1, gates: [0, 3, 1, 2]) },
  ]
}

/// A call that becomes an operator.
struct LayerCall {
  let call: FunctionCall
  let form: LayerForm

  var operands: [Value] { form.operands.compactMap { call.optionalValue($0) } }
}
