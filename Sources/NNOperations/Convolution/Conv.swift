package import NNGraph

package struct Conv: CatalogueFunction {
  package static let name = "conv"
  package static let parameters = FunctionCall.convolutionParameters()
  package static let documentation = Documentation(
    .layer,
    "A convolution of [channels, height, width]. Sizes are numbers or [height, width]; `pad: same` gives ceil(in / stride), the odd pixel at the end. Of "
      + "`groups:`, each sees its part of the channels only. Weights start as `he` over (in / groups) * kh * kw inputs, biases at 0. "
      + "With a kernel of 3 by 3, stride 1 and 16 channels or more, results are computed four at a time from 4 by 4 pixels (Winograd): their rounding is relative "
      + "to the largest terms of all four, also under weights that are 0.",
    formula:
      "y[o, i, j] = b[o] + sum of W[o, c, u, v] x[c, i * stride + u * dilation - pad, j * stride + v * dilation - pad], W [out, in / groups, kh, kw]"
  )
  package static let samples = [
    Sample(["x": .tensor([2, 5, 4]), "channels": .number(3), "kernel": .number(3)]),
    Sample(["x": .tensor([2, 5, 4]), "channels": .number(3), "kernel": .list([3, 2]), "pad": .list([1, 0]), "bias": .flag(false)]),
    Sample(["x": .tensor([3, 7, 6]), "channels": .number(2), "kernel": .number(3), "stride": .number(2), "pad": .number(1)]),
    Sample(["x": .tensor([1, 8, 9]), "channels": .number(2), "kernel": .number(5), "stride": .list([3, 2]), "pad": .number(2)]),
    Sample(["x": .tensor([2, 7, 7]), "channels": .number(2), "kernel": .list([2, 3]), "dilation": .list([3, 2]), "pad": .number(2)]),
    Sample([
      "x": .tensor([2, 9, 8]), "channels": .number(2), "kernel": .number(3), "stride": .number(2), "dilation": .number(2),
      "pad": .number(1),
    ]),
    Sample(["x": .tensor([4, 5, 5]), "channels": .number(6), "kernel": .number(3), "groups": .number(2), "pad": .number(1)]),
    Sample(["x": .tensor([3, 4, 4]), "channels": .number(3), "kernel": .number(3), "groups": .number(3), "stride": .number(2)]),
    Sample(["x": .tensor([9, 5, 6]), "channels": .number(9), "kernel": .number(3), "groups": .number(9), "pad": .number(1)]),
    Sample([
      "x": .tensor([8, 6, 7]), "channels": .number(8), "kernel": .list([3, 2]), "groups": .number(8), "stride": .list([2, 3]),
      "pad": .number(1),
    ]),
    Sample(["x": .tensor([3, 4, 5]), "channels": .number(4), "kernel": .number(1)]),
    Sample(["x": .tensor([3, 5, 6]), "channels": .number(2), "kernel": .number(1), "stride": .number(2)]),
  ]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let (input, extents) = try call.image(name)
    let channels = call.wholeNumber("channels")
    guard channels >= 1 else { throw CallError("'conv' needs at least 1 channel, not \(channels)", at: "channels") }
    let groups = try call.groups(name, of: input, to: channels)
    let windows = try call.windows(size: "kernel", stride: [1, 1], over: extents)
    let counts = zip(windows, extents).map { $0.count($1) }
    let sizes = windows.map(\.size)
    try call.checkWindows([input] + counts, of: sizes)
    try call.checkResult(Shape([channels] + counts))
    try call.checkResult(Shape([channels, input / groups] + sizes))
    let weightShape = Shape([channels, input / groups] + sizes)
    return [
      try call.withWeight(weightShape, fanIn: weightShape.count / channels, channels: channels) { call, weight in
        let shape = Shape([groups, input / groups] + extents)
        let seen = call.graph.windows(call.graph.reshape(call.value("x"), to: shape), windows)
        let kernels = call.graph.reshape(weight, to: Shape([groups, channels / groups, input / groups] + sizes))
        let type = ValueType(Shape([groups, channels / groups] + counts), isBatched: call.type("x").isBatched)
        let product = call.graph.contract(seen, [0, 1, 3, 4, 5, 6], kernels, [0, 2, 1, 5, 6], to: [0, 2, 3, 4], of: type)
        return call.graph.reshape(product, to: Shape([channels] + counts))
      }
    ]
  }
}
