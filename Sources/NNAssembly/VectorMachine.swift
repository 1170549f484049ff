/// The vector instructions that loops are assembled for. Raw values are the names of the variants of the precompiled kernels.
package enum VectorMachine: String, Sendable {
  case avx512, avx2

  var vectorBytes: Int { self == .avx512 ? 64 : 32 }
  var registers: Int { self == .avx512 ? 32 : 16 }

  /// How many numbers a vector has.
  package func lanes(_ element: VectorLoop.Element) -> Int { vectorBytes / element.bytes }

  /// Whether there are registers enough for everything in the loop, also if an array that it writes is one that it reads.
  package func fits(_ loop: VectorLoop) -> Bool { hasAddresses(loop) && LoopBody(loop, vectors: 1, self, readsFirst: true) != nil }

  /// Whether there are also registers for two vectors at a time.
  package func fitsTwice(_ loop: VectorLoop) -> Bool { fits(loop) && LoopBody(loop, vectors: 2, self, readsFirst: true) != nil }

  private func hasAddresses(_ loop: VectorLoop) -> Bool { loop.streams.count(where: \.hasStep) <= LoopAssembler.mostArrays }

  /// A function in machine code that can stand anywhere: its arguments are those of the loop. Nil where something does not fit.
  package func assemble(_ loop: VectorLoop) -> [UInt8]? {
    guard hasAddresses(loop), var assembler = LoopAssembler(loop, self) else { return nil }
    return assembler.assemble()
  }
}
