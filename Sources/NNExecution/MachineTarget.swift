/// A machine whose code is looked at.
package enum MachineTarget: String, CaseIterable, Sendable {
  /// This one.
  case host
  case cortexM0 = "cortex-m0"
  case cortexM4 = "cortex-m4"
  case rv32, arm64

  /// What clang makes code for it by; for this machine any compiler.
  package var flags: [String] {
    switch self {
    case .host: Self.hostFlags
    case .cortexM0: ["--target=thumbv6m-none-eabi", "-mcpu=cortex-m0"]
    case .cortexM4: ["--target=thumbv7em-none-eabihf", "-mcpu=cortex-m4"]
    case .rv32: ["--target=riscv32-unknown-elf", "-march=rv32imafc", "-mabi=ilp32f"]
    case .arm64: ["--target=aarch64-none-elf"]
    }
  }

  /// Without bytes below the stack pointer, which compilers do not count.
  private static var hostFlags: [String] {
    #if arch(x86_64)
      ["-mno-red-zone"]
    #else
      []
    #endif
  }
}
