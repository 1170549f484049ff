import NNQuantization

/// The weights of a product in the order in which it reads them: blocks of 16 outputs, the last one of a multiple of 4; in a block for each run of a window
/// and each four bytes of it four weights for each output, zeros behind what there is. Vectors of 16 outputs may be read at the last place too.
struct PackedWeights {
  private(set) var weights: [Int8] = []
  /// What each sum starts with, and the sum of its weights.
  private(set) var bias: [(start: Int32, weights: Int)] = []

  private static let block = 16

  init(_ product: ProductLayer) {
    let (runs, run) = (product.high * product.wide, product.run)
    for first in stride(from: 0, to: product.outputs, by: Self.block) {
      let width = (min(product.outputs - first, Self.block) + 3) / 4 * 4
      for index in 0..<runs {
        for start in stride(from: 0, to: run, by: 4) {
          for output in first..<(first + width) {
            for byte in start..<(start + 4) {
              let isThere = output < product.outputs && byte < run
              weights.append(isThere ? product.weights[(output * runs + index) * run + byte] : 0)
            }
          }
        }
      }
      for output in first..<(first + width) {
        guard output < product.outputs else {
          bias.append((0, 0))
          continue
        }
        let own = product.weights[(output * product.depth)..<((output + 1) * product.depth)]
        bias.append((product.bias[output], own.reduce(0) { $0 + Int($1) }))
      }
    }
    let missing = (Self.block - bias.count % Self.block) % Self.block
    weights += [Int8](repeating: 0, count: 4 * missing)
    bias += [(start: Int32, weights: Int)](repeating: (0, 0), count: missing)
  }
}
