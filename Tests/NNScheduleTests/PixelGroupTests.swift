import NNGraph
import NNTestSupport
import Testing

@testable import NNSchedule

/// Convolutions to few channels, computed for several pixels at once.
@Suite struct PixelGroupTests {
  private static let labels = (windows: [0, 1, 2, 3, 4], kernels: [5, 0, 3, 4], pixels: [5, 1, 2])

  /// A convolution of [3, 6, 10] to so many channels by 3 x 3 kernels, or its gradient by these.
  private func program(channels: Int, stride: Int = 1, last: Window? = nil, isGradient: Bool = false) -> EntryProgram {
    var builder = GraphBuilder()
    let image = builder.source(Argument(.input), ValueType([3, 6, 10], isBatched: true))
    let windows = builder.windows(image, [Window(size: 3), last ?? Window(size: 3, stride: stride)])
    let dimensions = builder.shape(windows).dimensions
    let own = Self.labels
    let other =
      isGradient
      ? builder.source(Argument(.input, 1), ValueType(Shape([channels] + dimensions[1...2]), isBatched: true))
      : builder.source(Argument(.parameter), ValueType(Shape([channels, 3] + dimensions[3...]), isBatched: false))
    let contraction = Contraction(
      lhs: own.windows, rhs: isGradient ? own.pixels : own.kernels, output: isGradient ? own.kernels : own.pixels, sumsBatch: isGradient)
    let product = builder.node(Contract(contraction), [windows, other])
    let store = EntryProgram.Store(value: product, destination: isGradient ? .gradient(0) : .output(0))
    return EntryProgram(kind: .infer, graph: builder.graph, stores: [store], result: nil, checksResult: false)
  }

  /// The places of the windows that are read, along their last axis.
  private func lastWindow(_ program: EntryProgram) -> Window? {
    let isRead = program.graph.reachable(from: program.roots)
    let nodes = program.graph.nodes.indices.filter { isRead[$0] }.map { program.graph.nodes[$0] }
    return nodes.compactMap { ($0.operation as? Windows)?.windows.last }.first
  }

  private func numbers(_ program: EntryProgram) throws -> [Double] {
    var seeded = SeededNumbers(seed: 4)
    var values: [Argument: [Double]] = [:]
    for node in program.graph.nodes {
      guard case .source(let argument) = node.operation.lowering else { continue }
      values[argument] = (0..<(node.type.shape.count * (node.type.isBatched ? 2 : 1))).map { _ in seeded.uniform(-1...1) }
    }
    return try Interpreter(program.graph).run(values: values, batch: 2, roots: program.roots)[0]
  }

  /// Zeros are added to the sums of a result, and nothing else: not a bit changes.
  @Test(arguments: [(6, 1, 2), (3, 1, 4), (1, 1, 8), (1, 2, 4)])
  func groupsComputeTheSameBits(channels: Int, stride: Int, count: Int) throws {
    let program = program(channels: channels, stride: stride)
    let grouped = Legalize.run(program)
    #expect(lastWindow(grouped) == Window(size: 3 + (count - 1) * stride, stride: count * stride))
    #expect(try numbers(grouped) == numbers(program))
  }

  /// A gradient is the sum of what the pixels of a group make, each by itself: another order of the same terms.
  @Test func groupsOfGradientsAddUpTheSameTerms() throws {
    let program = program(channels: 6, isGradient: true)
    let grouped = Legalize.run(program)
    #expect(lastWindow(grouped) == Window(size: 4, stride: 2))
    for (number, expected) in zip(try numbers(grouped), try numbers(program)) { #expect(abs(number - expected) < 1e-12) }
  }

  @Test func leavesOtherConvolutionsAlone() {
    #expect(lastWindow(Legalize.run(program(channels: 16))) == Window(size: 3))
    let dilated = Window(size: 3, dilation: 2)
    #expect(lastWindow(Legalize.run(program(channels: 6, last: dilated))) == dilated)
    #expect(lastWindow(Legalize.run(program(channels: 6, last: Window(size: 1)))) == Window(size: 1))
  }
}
