import Foundation

/// Programs of this machine that tests run.
enum Tools {
  /// The first of these that is installed. One C compiler always is: the one that comes with Swift.
  static func first(of names: [String]) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return names.first { name in folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") } }
  }

  static let gcc = first(of: ["gcc", "cc", "clang"]) ?? "cc"
  static let clang = first(of: ["clang", "cc"]) ?? "cc"

  static func run(_ command: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
