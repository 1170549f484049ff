import Testing

@testable import NNExecution

@Suite struct ObjectFileTests {
  @Test func rejectsBytesThatAreNoObject() {
    for count in [0, 3, 6, 40, 63, 64, 200] {
      #expect(throws: ExecutionError.self) { try ObjectFile(bytes: [UInt8](repeating: 0x7F, count: count)) }
    }
    #expect(throws: ExecutionError.self) {
      try ObjectFile(bytes: [0x7F, 0x45, 0x4C, 0x46, 2, 1] + [UInt8](repeating: 0xFF, count: 58))
    }
  }

  @Test func pagesAreRoundedUp() {
    #expect(ExecutablePages.roundedToPages(0) == 0)
    #expect(ExecutablePages.roundedToPages(1) == ExecutablePages.roundedToPages(4000))
  }
}

@Suite struct ContentHashTests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func knownHashes(text: String, hash: String) {
    #expect(ContentHash.text(of: text.utf8) == hash)
  }

  @Test func everyLengthAroundABlockIsHashedDifferently() {
    let hashes = Set((50..<140).map { ContentHash.text(of: [UInt8](repeating: 0, count: $0)) })
    #expect(hashes.count == 90)
  }
}

@Suite struct AlignedBufferTests {
  @Test(arguments: [0, 1, 63, 64, 65, 100_000])
  func isAlignedAndZero(byteCount: Int) throws {
    let buffer = try AlignedBuffer(byteCount: byteCount)
    #expect(UInt(bitPattern: buffer.address) % 64 == 0)
    #expect(buffer.array(of: UInt8.self).allSatisfy { $0 == 0 })
    #expect(buffer.byteCount == byteCount)
  }

  @Test func viewsShareTheMemory() throws {
    let buffer = try AlignedBuffer(copying: [1, 2, 3] as [Float])
    buffer.withMutableSpan(of: Float.self) { span in span[1] = 9 }
    #expect(buffer.withSpan(of: Float.self) { $0[1] } == 9)
    #expect(buffer.withSpan(of: Int32.self) { $0.count } == 3)
    buffer.fill(with: Int32(-1))
    #expect(buffer.array(of: Int32.self) == [-1, -1, -1])
  }

  @Test func anImpossibleSizeIsAnError() {
    #expect(throws: ExecutionError.self) { try AlignedBuffer(count: Int.max / 4, of: Double.self) }
    #expect(throws: ExecutionError.self) { try AlignedBuffer(byteCount: Int.max / 2) }
  }
}
