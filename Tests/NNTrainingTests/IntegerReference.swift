import NNQuantization

/// Computes the layers of an integer network one number after the other, with integers of the widest kind, and nothing else in mind.
struct IntegerReference {
  private let network: QuantizedNetwork
  private let inputs: [[Float]]
  private(set) var memory: [UInt8]
  /// By the first byte of where they lie.
  private(set) var reals: [Int: Float] = [:]

  init(_ network: QuantizedNetwork, inputs: [[Float]]) {
    self.network = network
    self.inputs = inputs
    memory = [UInt8](repeating: 0, count: network.memory)
    for layer in network.layers { run(layer) }
  }

  private func address(_ location: Location) -> Int { network.offsets[location.buffer] + location.offset }

  private mutating func run(_ layer: IntegerLayer) {
    let x = layer.x.map(address)
    let y = address(layer.y)
    switch layer.kind {
    case .input(let input): run(input, y)
    case .product(let product):
      for row in 0..<product.rows {
        for column in 0..<product.columns {
          for output in 0..<product.outputs {
            let sum = sum(product, output, at: x[0] + row * product.xRow + column * product.xColumn)
            store(sum, product.finish, output, row * product.yRow + column * product.yColumn, y)
          }
        }
      }
    case .channelwise(let product): run(product, x[0], y)
    case .pool(let pool): run(pool, x[0], y)
    case .sum(let sum):
      for index in 0..<sum.count {
        let terms = Int(memory[x[0] + index]) * Int(sum.first) + Int(memory[x[1] + index]) * Int(sum.second) + Int(sum.offset)
        let byte = UInt8(max(0, min(255, Int((Double(terms) / Double(1 << sum.shift)).rounded(.down)))))
        memory[y + index] = sum.table?[Int(byte)] ?? byte
      }
    case .move(let move):
      if let fill = move.fill {
        for index in 0..<fill.count { memory[network.offsets[layer.y.buffer] + index] = fill.byte }
      }
      let old = memory
      for (from, to) in places(move.axes) { memory[y + to] = move.table?[Int(old[x[0] + from])] ?? old[x[0] + from] }
    case .reals(let layer):
      for (from, to) in places(layer.axes) { reals[y + 4 * to] = Float(Int(memory[x[0] + from]) - layer.zero) * layer.step }
    }
  }

  private func places(_ axes: [MoveLayer.Axis]) -> [(from: Int, to: Int)] {
    axes.reduce([(0, 0)]) { known, axis in
      known.flatMap { place in (0..<axis.extent).map { (place.0 + $0 * axis.x, place.1 + $0 * axis.y) } }
    }
  }

  private mutating func run(_ input: InputLayer, _ y: Int) {
    let run = input.channels * input.places / input.scales.count
    for channel in 0..<input.channels {
      for place in 0..<input.places {
        let index = channel * input.places + place
        let scaled = inputs[input.input][index] * input.scales[index / run] + input.shifts[index / run]
        let byte = UInt8(max(0, min(255, scaled.isNaN ? 0 : scaled.rounded(.down))))
        memory[y + place * input.channels + channel] = input.table?[Int(byte)] ?? byte
      }
    }
  }

  private func sum(_ product: ProductLayer, _ output: Int, at start: Int) -> Int {
    var sum = Int(product.bias[output])
    for high in 0..<product.high {
      for wide in 0..<product.wide {
        for byte in 0..<product.run {
          let weight = product.weights[((output * product.high + high) * product.wide + wide) * product.run + byte]
          sum += Int(weight) * Int(memory[start + high * product.highStep + wide * product.wideStep + byte])
        }
      }
    }
    return sum
  }

  private mutating func run(_ product: ChannelwiseLayer, _ x: Int, _ y: Int) {
    for place in 0..<product.rows * product.columns {
      let start = x + place / product.columns * product.xRow + place % product.columns * product.xColumn
      for channel in 0..<product.channels {
        var sum = Int(product.bias[channel])
        for high in 0..<product.high {
          for wide in 0..<product.wide {
            let weight = product.weights[(high * product.wide + wide) * product.channels + channel]
            sum += Int(weight) * Int(memory[start + high * product.highStep + wide * product.wideStep + channel])
          }
        }
        store(sum, product.finish, channel, place * product.channels, y)
      }
    }
  }

  private mutating func run(_ pool: PoolLayer, _ x: Int, _ y: Int) {
    let (high, wide) = (pool.windows[0], pool.windows[1])
    for row in 0..<high.count {
      for column in 0..<wide.count {
        for channel in 0..<pool.channels {
          var seen: [Int] = []
          for i in 0..<high.size {
            for j in 0..<wide.size {
              let (r, c) = (row * high.stride + i * high.dilation - high.before, column * wide.stride + j * wide.dilation - wide.before)
              let isInside = 0..<high.extent ~= r && 0..<wide.extent ~= c
              if isInside { seen.append(Int(memory[x + r * pool.xRow + c * pool.xColumn + channel])) }
              if !isInside, let outside = pool.outside { seen.append(Int(outside)) }
            }
          }
          let place = (row * wide.count + column) * pool.channels
          if let finish = pool.finish {
            store(seen.reduce(Int(pool.bias), +), finish, channel, place, y)
          } else {
            memory[y + place + channel] = UInt8(seen.max() ?? 0)
          }
        }
      }
    }
  }

  private mutating func store(_ sum: Int, _ finish: Finish, _ output: Int, _ place: Int, _ y: Int) {
    switch finish {
    case .reals(let steps): reals[y + 4 * (place + output)] = Float(sum) * steps[steps.count == 1 ? 0 : output]
    case .bytes(let scale, let table):
      // In whole numbers: the quotient is rounded down after half of the divisor was added.
      let multiplier = Int(scale.multipliers[scale.multipliers.count == 1 ? 0 : output])
      let exact = (Int128(sum) * Int128(multiplier) * 2 + Int128(1) << Int128(scale.shift)) >> Int128(scale.shift + 1)
      let byte = UInt8(max(0, min(255, exact + Int128(scale.zero))))
      memory[y + place + output] = table?[Int(byte)] ?? byte
    }
  }
}
