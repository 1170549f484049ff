import NNEmission
import NNSchedule
import Testing

/// How the work on pictures is laid out: the order of loops, and what is computed once for a channel. What comes out is tested with all other models.
struct PictureLoopTests {
  private func pictures() throws -> TextModel { try #require(TextModel.wide.first { $0.name == "pictures" }) }

  private func kernels(_ kind: EntryKind) throws -> [Kernel] {
    let compiled = try pictures().compiled(.f32, [kind]).model
    return try #require(compiled.entries.first).schedule.steps.compactMap { if case .kernel(let kernel) = $0 { kernel } else { nil } }
  }

  /// The function of the gradient of a convolution's weights: its sums are loops around the window's rows, cut where a part is large enough.
  @Test func sumsOverPicturesAreWalkedInParts() throws {
    let (compiled, sources) = try pictures().compiled(.f32, [.grad])
    let source = Emitter.export(compiled, sources: sources, hash: 1).source
    let parts = source.split(separator: "\nstatic void ").filter { $0.contains("segment2 += 30") }
    #expect(parts.count == 1)
    let text = try #require(parts.first)
    let loops = ["segment1 < n", "segment2 < 33", "33 - segment2 < 30 ? 33 - segment2 : 30"]
    for loop in loops { #expect(text.contains(loop), "\(loop) in \(text.prefix(900))") }
    let (segment, block) = (try #require(text.firstRange(of: "long segment1")), try #require(text.firstRange(of: "long block")))
    #expect(segment.lowerBound < block.lowerBound)
  }

  /// The gradient of the first convolution's weights has its kernels along the columns: 16 instead of the 9 numbers of a window's row.
  @Test func columnsFillVectors() throws {
    let gradients = try kernels(.grad).filter { kernel in
      kernel.product.map { $0.segments.contains { $0.extent.perExample } } ?? false
    }
    #expect(gradients.last?.columns == 16)
  }

  /// Columns that fill part of a vector: lines are computed some at a time before what follows them.
  @Test func productsOfPartsOfVectorsAreComputedAhead() throws {
    let model = TextModel(
      name: "strided",
      text: """
        input x: [3, 33, 17]
        target t: class(5)
        loss cross_entropy(x |> conv(5, kernel: 3, stride: 2) |> relu |> global_avgpool, t)
        train { optimizer sgd(rate: 0.1) }
        """, batch: 4)
    let (compiled, sources) = try model.compiled(.f32, [.loss])
    let source = Emitter.export(compiled, sources: sources, hash: 1).source
    #expect(source.split(separator: "\nstatic void ").filter { $0.contains("for (long turn = block2; turn < 16") }.count == 1)
  }

  /// Five channels of 31 by 15 pixels: lines of 15 pixels are read as they lie, and the gradient of the kernels is made of dot products of such lines.
  @Test func pixelsFillVectorsOfFewChannels() throws {
    let products = try kernels(.grad).compactMap(\.product)
    let lines = products.compactMap(\.lines)
    #expect(lines.map(\.pixels) == [15] && lines.map(\.count) == [31])
    #expect(products.contains { $0.method == .dots && $0.segments.count == 2 && $0.k == Extent(15) })
  }

  /// Normalization needs two sums over the pixels on the way back: of the gradient, and of the gradient times what is normalized.
  @Test func whatChannelsHaveInCommonIsLeftOutOfSums() throws {
    let sums = try kernels(.grad).map { Set($0.sinks.map(\.operand)).count }
    #expect(sums.max() == 2)
  }

  /// A pool's gradient spreads a number over the 2 x 2 pixels of its window: the loop over windows is the inner one.
  @Test func shortRowsAreExchangedForLongOnes() throws {
    let copies = try kernels(.grad).filter { $0.product == nil && $0.sinks.isEmpty && $0.outer.count >= 2 }
    #expect(!copies.isEmpty)
    for kernel in copies { #expect(kernel.rows.perExample || kernel.rows.count >= 8, "\(kernel.name) [\(kernel.outer), \(kernel.rows)]") }
  }
}
