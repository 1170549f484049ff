import NNSchedule

/// How much of a kernel's domain is worked on at a time, so that what is live stays in the first-level cache.
struct StripSize: Hashable {
  /// Rows of a strip, and columns of a tile of it.
  var rows: Int
  var columns: Int

  /// Bytes that the live tiles may take together.
  private static let budget = 24 << 10
  /// A strip of a product has as many rows as make its pass over B worth while: two tiles of the micro-kernel, more where B is beyond the
  /// second-level cache.
  private static let productRows = (near: 24, far: 48)
  private static let nearBytes = 512 << 10
  /// Rows of a gradient by `Winograd`, each with 16 sums for every channel that windows see.
  private static let gradientRows = 128
  /// Sums along a row are made of blocks of this many columns, so tiles are cut between blocks.
  static let block = 1024

  /// - Parameters:
  ///   - chunks: how the kernel is cut; a strip lies within a chunk.
  ///   - tiles: how many tiles are live at once.
  init(_ form: KernelForm, chunks: ChunkPlan?, tiles: Int, batch: Int, bytes: Int) {
    let kernel = form.kernel
    let width = chunks?.axis == .columns ? chunks?.size : nil
    let most = max(kernel.rows.at(batch: batch), 1)
    let live = max(tiles, 1) * bytes
    columns = width ?? kernel.columns
    if let winograd = kernel.product?.winograd {
      rows = winograd.result == .pictures ? most : min(most, Self.gradientRows)
      return
    }
    if form.isVector && kernel.product == nil {
      rows = min(most, min(max(Self.budget / live / 64 * 64, 256), 2048))
      return
    }
    if width == nil && !form.wholeRows && kernel.columns * live > Self.budget && kernel.columns > Self.block {
      // Blocks are added up in order only if each is a tile.
      columns = form.reductions.isEmpty ? Self.tileColumns(kernel, live) : Self.block
      if let lines = kernel.product?.lines {
        // Whole lines, or all of them where blocks end within one.
        columns = form.reductions.isEmpty || columns % lines.pixels == 0 ? max(columns / lines.pixels, 1) * lines.pixels : kernel.columns
      }
    }
    let fitting = Self.budget / max(live * columns, 1)
    guard let product = kernel.product else {
      rows = min(max(fitting, 1), most)
      return
    }
    let passBytes = product.k.at(batch: batch) * (width ?? kernel.columns) * bytes
    let least = passBytes > Self.nearBytes ? Self.productRows.far : Self.productRows.near
    rows = min(max(fitting / 12 * 12, least), most)
    if let height = chunks?.mostRows {
      // No strip for a few rows that a chunk has left.
      let strips = max((height + rows / 2) / rows, 1)
      rows = (height + strips - 1) / strips
    }
  }

  private static func tileColumns(_ kernel: Kernel, _ live: Int) -> Int {
    if kernel.product != nil { return kernel.columns > 4 * block ? 2 * block : kernel.columns }
    return min(max(budget / live / block, 1) * block, kernel.columns)
  }
}
