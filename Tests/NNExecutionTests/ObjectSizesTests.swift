import Testing

@testable import NNExecution

@Suite struct ObjectSizesTests {
  private static let source = """
    static const int table[100] = {1, 2, 3};
    static int counter[10];
    int first = 7;
    __attribute__((noinline)) int inner(int i) { volatile char room[200]; room[i] = 1; return room[0] + table[i] + ++counter[i % 10]; }
    int outer(int i) { return inner(i) + inner(i + 1) + first; }
    """

  @Test func tellsWhatCompilersMake() throws {
    let sizes = try NativeBuild(.measured(.host, keepsFunctions: true)).measure(Self.source)
    #expect(sizes.object.totals[.constants, default: 0] >= 400)
    #expect(sizes.object.totals[.data] == 4)
    #expect(sizes.object.totals[.zeros] == 40)
    let symbols = Dictionary(sizes.object.symbols.map { ($0.name, $0) }) { first, _ in first }
    #expect(symbols["table"]?.bytes == 400 && symbols["table"]?.kind == .constants)
    #expect(symbols["counter"]?.bytes == 40 && symbols["counter"]?.kind == .zeros)
    #expect(symbols["first"]?.kind == .data)
    let code = ["inner", "outer"].reduce(0) { $0 + (symbols[$1]?.bytes ?? 0) }
    #expect(code > 20 && code <= sizes.object.totals[.code, default: 0])
    #expect(sizes.stack["inner", default: 0] >= 200 && sizes.stack["outer", default: 999] < 100)
  }

  @Test func readsWhatIsWrittenOfStacks() {
    let text = "program.c:12:5:one\t48\tstatic\nprogram.c:13:two\t0\tdynamic,bounded\nnothing\nprogram.c:1:three\tmany\tstatic\n"
    #expect(CompiledSizes.stack(text) == ["one": 48, "two": 0])
  }

  /// Whatever a compiler leaves behind: sizes or an error.
  @Test func damagedFilesAreErrors() throws {
    let whole = try NativeBuild(.measured(.host, keepsFunctions: false)).run(Self.source)
    _ = try ObjectSizes(whole)
    for length in stride(from: 0, to: whole.count - 64, by: 7) {
      #expect(throws: ExecutionError.self) { try ObjectSizes(Array(whole[..<length])) }
    }
    for place in whole.indices {
      for byte in [0, 1, 0x7F, 0xFF] as [UInt8] where whole[place] != byte {
        var bytes = whole
        bytes[place] = byte
        _ = try? ObjectSizes(bytes)
      }
    }
  }
}
