/// Scratch tiles of one size: the lowest free one is handed out.
struct TilePool {
  private var free: [Int] = []
  private(set) var count = 0

  mutating func take() -> Int {
    guard let lowest = free.indices.min(by: { free[$0] < free[$1] }) else {
      defer { count += 1 }
      return count
    }
    return free.remove(at: lowest)
  }

  mutating func give(_ tile: Int) { free.append(tile) }
}
