import Testing

@testable import NNTraining

@Suite struct CounterGeneratorTests {
  /// The vectors that came with the generator's publication.
  @Test(arguments: [
    (key: 0 as UInt64, counter: 0 as UInt64, block: 0x6B20_0159_99BA_4EFE as UInt64),
    (key: 0xFFFF_FFFF_FFFF_FFFF, counter: 0xFFFF_FFFF_FFFF_FFFF, block: 0x1CB9_96FC_BB00_2BE7),
    (key: 0x1319_8A2E_0370_7344, counter: 0x243F_6A88_85A3_08D3, block: 0xC492_3A9C_483D_F7A0),
  ])
  func matchesPublishedBlocks(key: UInt64, counter: UInt64, block: UInt64) {
    #expect(CounterGenerator.block(key: key, counter: counter) == block)
  }

  @Test func purposesAndIndicesDiffer() {
    var firsts: Set<UInt64> = []
    for purpose in [CounterGenerator.Purpose.shuffle, .split, .directions] {
      for index in 0..<4 as Range<UInt32> {
        var generator = CounterGenerator(seed: 7, purpose: purpose, index: index)
        firsts.insert(generator.next())
      }
    }
    #expect(firsts.count == 12)
  }

  @Test func numbersBelowABoundAreEven() {
    var generator = CounterGenerator(seed: 3, purpose: .shuffle)
    var counts = [Int](repeating: 0, count: 6)
    for _ in 0..<6000 { counts[generator.below(6)] += 1 }
    // Five standard deviations.
    #expect(counts.allSatisfy { abs($0 - 1000) < 145 })
    #expect(generator.below(1) == 0)
  }

  @Test func uniformNumbersFillTheUnitInterval() {
    var generator = CounterGenerator(seed: 5, purpose: .directions)
    let numbers = (0..<10_000).map { _ in generator.uniform() }
    #expect(numbers.allSatisfy { $0 >= 0 && $0 < 1 })
    #expect(abs(numbers.reduce(0, +) / 10_000 - 0.5) < 0.015)
  }
}
