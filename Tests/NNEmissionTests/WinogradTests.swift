import NNEmission
import NNSchedule
import Testing

/// Which products are computed by Winograd's tiles. What comes out is tested with all other models.
struct WinogradTests {
  private func tiled(_ layer: String, input: String = "[32, 14, 14]", _ kind: EntryKind = .infer) throws -> [Winograd] {
    let model = TextModel(
      name: "tiled", text: "input x: \(input)\ninput y: []\nh = x |> \(layer)\noutput h\nloss mean(square(h)) * y", batch: 2)
    let entry = try #require(model.compiled(.f32, [kind]).model.entries.first)
    return entry.schedule.steps.compactMap { if case .kernel(let kernel) = $0 { kernel.product?.winograd } else { nil } }
  }

  @Test(arguments: [
    "conv(32, kernel: 3, pad: [0, 1])", "conv(32, kernel: 3, pad: 1)", "conv(16, kernel: 3, pad: 1)", "conv_transpose(32, kernel: 3)",
    "conv(33, kernel: 3, pad: 1, bias: false)",
  ])
  func windowsOfThreeByThreeAre(layer: String) throws {
    #expect(try tiled(layer).map(\.result) == [.pictures])
  }

  @Test(arguments: [
    "conv(32, kernel: 5)", "conv(32, kernel: 3, stride: 2)", "conv(32, kernel: 3, dilation: 2)", "conv(32, kernel: 3, groups: 2)",
    "conv(32, kernel: 1)", "conv(8, kernel: 3)", "conv_transpose(32, kernel: 3, stride: 2)", "maxpool(3)",
  ])
  func othersAreNot(layer: String) throws { #expect(try tiled(layer).isEmpty) }

  /// Kernels are transformed in every call of an inference, so small pictures are not worth it there; in a training of many examples they are.
  @Test func smallPicturesAreWhereThereAreManyExamples() throws {
    let layer = "conv(32, kernel: 3, pad: 1)"
    #expect(try tiled(layer, input: "[32, 8, 8]").isEmpty)
    #expect(try tiled(layer, input: "[32, 8, 8]", .loss).map(\.result) == [.pictures])
    #expect(try tiled(layer, input: "[32, 5, 7]", .loss).isEmpty)
  }

  /// The gradient of kernels, and of what a layer reads where that is computed by another.
  @Test func gradientsAre() throws {
    let kernels = Winograd.Result.kernels(channels: 32)
    #expect(try tiled("conv(32, kernel: 3, pad: 1)", .grad).map(\.result) == [.pictures, kernels])
    let two = try tiled("conv(32, kernel: 3, pad: 1) |> relu |> conv(32, kernel: 3, pad: 1)", .grad).map(\.result)
    #expect(two.filter { $0 == .pictures }.count == 3 && two.filter { $0 == kernels }.count == 2)
  }

  /// 16 multiplications for four results in place of 36, in whole tiles.
  @Test func multiplicationsAreCounted() throws {
    #expect(try tiled("conv(32, kernel: 3, pad: 1)").map(\.share) == [16.0 / 36])
    let odd = try tiled("conv(32, kernel: 3, pad: 1)", input: "[32, 13, 12]")
    #expect(odd.map(\.share) == [Double(16 * 7 * 6) / Double(9 * 13 * 12)])
  }
}
