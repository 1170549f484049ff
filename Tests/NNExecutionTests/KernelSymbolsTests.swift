import Testing

@testable import NNExecution

@Suite struct KernelSymbolsTests {
  @Test(arguments: ["plain", nil])
  func areThereForEveryMachine(instructionSet: String?) throws {
    let symbols = try KernelSymbols(instructionSet: instructionSet).symbols
    #expect(Set(symbols.map(\.name)).count == symbols.count)
    #expect(symbols.contains { $0.name.hasPrefix("nn_") })
    #expect(symbols.allSatisfy { $0.address != 0 })
  }

  @Test func everyInstructionSetHasTheSameNames() throws {
    let plain = Set(try KernelSymbols(instructionSet: "plain").symbols.map(\.name))
    let best = Set(try KernelSymbols(instructionSet: KernelSymbols.bestInstructionSet).symbols.map(\.name))
    #expect(plain == best)
  }

  @Test func anUnknownInstructionSetIsNamed() {
    let message = "there are no kernels for 'abacus' that this processor runs"
    #expect(throws: ExecutionError.unsupportedProcessor(message)) { try KernelSymbols(instructionSet: "abacus") }
  }

  @Test func compiledCodeReachesThem() throws {
    let source = """
      void *memcpy(void *, const void *, unsigned long);
      void f(void **a) { double *x = a[0]; memcpy(x + 1, x, sizeof(double)); }
      """
    let program = try TinyCompiler(KernelSymbols()).compile(source)
    #expect(try run(program, on: [4, 0]) == [4, 4])
  }
}
