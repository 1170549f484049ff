package import NNGraph

package struct Sum: CatalogueFunction {
  package static let name = "sum"
  package static let parameters = reductionParameters
  package static let documentation = Documentation(.reduction, "The sum.", formula: "x1 + ... + xn")
  package static let samples = reductionSamples

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] { [try call.reduction(.sum)] }
}
