import NNEmission
import NNTraining

/// Where the time of a call goes, as a table.
enum ProfileText {
  static func text(of profile: KernelProfile) -> String {
    var table = TextTable(["kernel", "time", "share", "GFLOP/s", "GB/s", "of limit", "lines"], rightAligned: [1, 2, 3, 4, 5])
    for kernel in profile.kernels {
      table.add([
        kernel.cost.name, NumberText.duration(seconds: kernel.microseconds * 1e-6),
        percent(100 * kernel.microseconds / max(profile.microseconds, .leastNormalMagnitude)),
        NumberText.short(kernel.gigaflops, digits: 3),
        NumberText.short(kernel.gigabytesPerSecond, digits: 3), "\(percent(kernel.percentOfLimit)) \(word(kernel.limit))",
        kernel.cost.places.joined(separator: " "),
      ])
    }
    let threads = NumberText.count(profile.threads, "thread")
    return table.text + "\(threads), at most \(NumberText.short(profile.peakGigaflops, digits: 4)) GFLOP/s"
  }

  private static func percent(_ number: Double) -> String { "\(Int(min(number, 1e6).rounded())) %" }

  private static func word(_ limit: KernelProfile.Kernel.Limit) -> String {
    switch limit {
    case .arithmetic: "flops"
    case .memory: "bytes"
    }
  }
}
