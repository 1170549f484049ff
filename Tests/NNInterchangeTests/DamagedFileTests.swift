import NNData
import NNElaboration
import NNGraph
import NNInterchange
import NNTestSupport
import Testing

/// Whatever bytes a file holds: a model or an error, soon and without much memory.
@Suite struct DamagedFileTests {
  @Test(arguments: RecordedFiles.names)
  func endsWithAModelOrAnError(name: String) throws {
    let whole = try RecordedFiles.bytes(name)
    for seed in 0..<UInt64(150) {
      let bytes = Self.damaged(whole, seed: seed)
      guard let made = try? RecordedFiles.imported(bytes) else { continue }
      let elaboration = Elaboration.run(ModelText(name: "net.nn", bytes: Array(made.text.utf8))) { _ in .unreadable("no such file") }
      guard let model = elaboration.model else { continue }
      // What can be compiled has the weights that were written.
      let wanted = (model.parameters.map(\.name) + model.states.map(\.name)).sorted()
      #expect(wanted == made.weights.map(\.name).sorted(), "seed \(seed)")
    }
  }

  /// Some bytes changed, taken out or put in; numbers that lengths and extents are made of are drawn more often than others.
  private static func damaged(_ whole: [UInt8], seed: UInt64) -> [UInt8] {
    var numbers = SeededNumbers(seed: seed)
    var bytes = whole
    for _ in 0..<Int.random(in: 1...4, using: &numbers) {
      let place = Int.random(in: 0..<bytes.count, using: &numbers)
      switch Int.random(in: 0..<6, using: &numbers) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
      case 1: bytes[place] = [0, 1, 2, 0x7F, 0x80, 0xFF].randomElement(using: &numbers) ?? 0
      case 2: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
      case 3: bytes.remove(at: place)
      case 4: bytes.insert(UInt8.random(in: 0...255, using: &numbers), at: place)
      default: bytes.replaceSubrange(place..<min(place + 8, bytes.count), with: [UInt8](repeating: 0xFF, count: 8))
      }
    }
    return bytes
  }
}
