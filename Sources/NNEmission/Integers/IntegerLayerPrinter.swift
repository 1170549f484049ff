import NNGraph
import NNQuantization

/// Prints one layer of an integer network: its tables, and the call that computes it.
struct IntegerLayerPrinter {
  private let program: ProgramContext
  private let network: QuantizedNetwork
  private let layer: IntegerLayer
  private let scope: EntryScope
  /// What the names of its tables begin with.
  private let stem: String
  private(set) var used: Set<String> = []

  init(_ program: ProgramContext, _ network: QuantizedNetwork, _ layer: IntegerLayer, number: Int, scope: EntryScope) {
    self.program = program
    self.network = network
    self.layer = layer
    self.scope = scope
    stem = program.names.member("layer\(number)")
  }

  mutating func print(tables: inout CWriter, calls: inout CWriter) {
    if let range = layer.range, let line = program.comment.lines([range]).first { calls.line("/* \(line) */") }
    switch layer.kind {
    case .input(let input): print(input, &tables, &calls)
    case .product(let product): print(product, &tables, &calls)
    case .channelwise(let product): print(product, &tables, &calls)
    case .pool(let pool): print(pool, &tables, &calls)
    case .sum(let sum): print(sum, &tables, &calls)
    case .move(let move): print(move, &tables, &calls)
    case .reals(let reals): print(reals, &tables, &calls)
    }
  }

  // MARK: Names and places

  private mutating func carried(_ name: String) -> String {
    used.insert(name)
    return program.names.carried(name)
  }

  private func address(_ location: Location) -> String {
    let offset = network.offsets[location.buffer] + location.offset
    return offset == 0 ? "memory" : "memory + \(offset)"
  }

  private func reals(_ location: Location) -> String { "(\(program.real) *)(void *)(\(address(location)))" }

  private var x: String { layer.x.first.map(address) ?? "" }

  // MARK: Tables

  private func table(_ type: String, _ name: String, _ texts: [String], perLine: Int, _ writer: inout CWriter) -> String {
    let full = "\(stem)_\(name)"
    writer.line("static const \(type) \(full)[\(max(texts.count, 1))] = {")
    let shown = texts.isEmpty ? ["0"] : texts
    for start in stride(from: 0, to: shown.count, by: perLine) {
      writer.line("  " + shown[start..<min(start + perLine, shown.count)].joined(separator: ", ") + ",")
    }
    writer.line("};")
    return full
  }

  private mutating func table(_ bytes: [UInt8]?, _ writer: inout CWriter) -> String {
    guard let bytes else { return "0" }
    return table(carried("nn_byte"), "table", bytes.map { "\($0)" }, perLine: 32, &writer)
  }

  private func reals(_ name: String, _ numbers: [Float], _ writer: inout CWriter) -> String {
    table(program.real, name, numbers.map { NumberText.initializer(Double($0), program.precision) }, perLine: 12, &writer)
  }

  private mutating func finish(_ finish: Finish, _ writer: inout CWriter) -> String {
    switch finish {
    case .reals(let steps): return "{0, 0, 0, 0, \(reals("steps", steps, &writer))}"
    case .bytes(let requantization, let bytes):
      let multipliers = table("int", "multipliers", requantization.multipliers.map { "\($0)" }, perLine: 12, &writer)
      return "{\(requantization.zero), \(requantization.shift), \(multipliers), \(table(bytes, &writer)), 0}"
    }
  }

  // MARK: Products

  private mutating func print(_ product: ProductLayer, _ tables: inout CWriter, _ calls: inout CWriter) {
    let function = carried("nn_multiply_bytes")
    let packed = PackedWeights(product)
    let weights = table("signed char", "weights", packed.weights.map { "\($0)" }, perLine: 32, &tables)
    let macro = carried("nn_dot_bias")
    let bias = table("int", "bias", packed.bias.map { "\(macro)(\($0.start), \($0.weights))" }, perLine: 8, &tables)
    let finish = finish(product.finish, &tables)
    tables.line(
      """
      static const \(carried("nn_byte_product")) \(stem) = {
        {\(product.rows), \(product.columns), \(product.xRow), \(product.xColumn), \(product.yRow), \(product.yColumn), \(product.high), \
      \(product.highStep), \(product.wide), \(product.wideStep)},
        \(product.run), \(product.outputs), \(weights), \(bias), \(finish),
      };

      """)
    calls.line("\(function)(&\(stem), \(x), \(address(layer.y)));")
  }

  private mutating func print(_ product: ChannelwiseLayer, _ tables: inout CWriter, _ calls: inout CWriter) {
    let function = carried("nn_multiply_channels")
    let weights = table("signed char", "weights", product.weights.map { "\($0)" }, perLine: 32, &tables)
    let bias = table("int", "bias", product.bias.map { "\($0)" }, perLine: 12, &tables)
    let finish = finish(product.finish, &tables)
    tables.line(
      """
      static const \(carried("nn_byte_channelwise")) \(stem) = {
        {\(product.rows), \(product.columns), \(product.xRow), \(product.xColumn), \(product.columns * product.channels), \
      \(product.channels), \(product.high), \(product.highStep), \(product.wide), \(product.wideStep)},
        \(product.channels), \(weights), \(bias), \(finish),
      };

      """)
    calls.line("\(function)(&\(stem), \(x), \(address(layer.y)));")
  }

  // MARK: Pools

  private mutating func print(_ pool: PoolLayer, _ tables: inout CWriter, _ calls: inout CWriter) {
    let (high, wide) = (pool.windows[0], pool.windows[1])
    tables.line(
      """
      static const \(carried("nn_byte_pool")) \(stem) = {
        \(high.extent), \(wide.extent), \(high.count), \(wide.count), \(pool.xRow), \(pool.xColumn), \(high.size), \(wide.size), \
      \(high.stride), \(wide.stride), \(high.dilation), \(wide.dilation), \(high.before), \(wide.before), \(pool.channels),
      };

      """)
    guard let finish = pool.finish else {
      calls.line("\(carried("nn_largest_bytes"))(&\(stem), \(x), \(address(layer.y)));")
      return
    }
    let text = self.finish(finish, &tables)
    tables.line("static const \(carried("nn_byte_finish")) \(stem)_finish = \(text);")
    tables.blank()
    calls.line(
      "\(carried("nn_mean_bytes"))(&\(stem), \(pool.bias), \(pool.outside ?? 0), &\(stem)_finish, \(x), \(address(layer.y)));")
  }

  // MARK: Elementwise

  private mutating func print(_ input: InputLayer, _ tables: inout CWriter, _ calls: inout CWriter) {
    let function = carried("nn_take_bytes")
    let scales = reals("scales", input.scales, &tables)
    let shifts = reals("shifts", input.shifts, &tables)
    let bytes = table(input.table, &tables)
    let run = max(input.channels * input.places / max(input.scales.count, 1), 1)
    tables.line(
      "static const \(carried("nn_byte_input")) \(stem) = {\(input.channels), \(input.places), \(run), \(scales), \(shifts), \(bytes)};")
    tables.blank()
    calls.line("\(function)(&\(stem), \(scope.name(.input(input.input))), \(address(layer.y)));")
  }

  private mutating func print(_ sum: SumLayer, _ tables: inout CWriter, _ calls: inout CWriter) {
    let bytes = table(sum.table, &tables)
    let (a, b) = (address(layer.x[0]), address(layer.x[1]))
    calls.line(
      "\(carried("nn_sum_bytes"))(\(a), \(sum.first), \(b), \(sum.second), \(sum.offset), \(sum.shift), \(bytes), \(sum.count), \(address(layer.y)));"
    )
  }

  private mutating func axes(_ axes: [MoveLayer.Axis], _ tables: inout CWriter) -> String {
    guard !axes.isEmpty else { return "0, 0" }
    let texts = axes.map { "{\($0.extent), \($0.x), \($0.y)}" }
    return "\(table(carried("nn_byte_axis"), "axes", texts, perLine: 8, &tables)), \(axes.count)"
  }

  private mutating func print(_ move: MoveLayer, _ tables: inout CWriter, _ calls: inout CWriter) {
    let bytes = table(move.table, &tables)
    let list = axes(move.axes, &tables)
    if let fill = move.fill {
      calls.line("\(carried("nn_fill_bytes"))(\(address(Location(buffer: layer.y.buffer))), \(fill.count), \(fill.byte));")
    }
    calls.line("\(carried("nn_move_bytes"))(\(list), \(bytes), \(x), \(address(layer.y)));")
  }

  private mutating func print(_ reals: RealsLayer, _ tables: inout CWriter, _ calls: inout CWriter) {
    let list = axes(reals.axes, &tables)
    let step = NumberText.initializer(Double(reals.step), program.precision)
    calls.line("\(carried("nn_reals_of_bytes"))(\(list), \(reals.zero), \(step), \(x), \(self.reals(layer.y)));")
  }
}
