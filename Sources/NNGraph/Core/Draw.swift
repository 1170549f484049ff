/// Random numbers: a function of the stream (one per example, or the seed where the value is one for all), the site and the element only.
package struct Draw: Operation {
  package var distribution: Distribution
  package var site: Int
  package var type: ValueType

  package static let mnemonic = "draw"
  package var attributes: String { "\(distribution.rawValue) site=\(site) \(type)" }
  package var lowering: Lowering { .draw(distribution, site: site) }

  package init(_ distribution: Distribution, site: Int, type: ValueType) {
    self.distribution = distribution
    self.site = site
    self.type = type
  }

  package func resultType(_ inputs: [ValueType]) throws(ShapeError) -> ValueType { type }

  package func pullback(_ cotangent: Value, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> [Value?] { [] }

  package func pushforward(_ tangents: [Value?], inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? { nil }
}
