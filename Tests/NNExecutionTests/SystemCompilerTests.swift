import Glibc
import Testing

@testable import NNExecution

func textOfFile(_ path: String) -> String? {
  bytesOfFile(path).map { String(decoding: $0, as: UTF8.self) }
}

func bytesOfFile(_ path: String) -> [UInt8]? {
  guard let file = fopen(path, "r") else { return nil }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 4096)
  while true {
    let count = fread(&chunk, 1, chunk.count, file)
    if count == 0 { return bytes }
    bytes += chunk[..<count]
  }
}

/// A fresh folder, removed with all that is in it.
final class TemporaryFolder {
  let path: String

  init() throws {
    var template = Array("/tmp/nncc-test-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for file in files { unlink("\(path)/\(file)") }
    rmdir(path)
  }

  var files: [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  func write(_ bytes: [UInt8], to name: String, mode: mode_t = 0o600) throws {
    let file = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, mode)
    try #require(file >= 0)
    defer { close(file) }
    try #require(Glibc.write(file, bytes, bytes.count) == bytes.count)
  }
}

@Suite(.serialized) struct SystemCompilerTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func source(_ value: Int) -> String { "void f(void **a) { *(double *)a[0] += \(value); }" }

  @Test func compilesOnceAndThenTakesTheStoredProgram() throws {
    let compiler = SystemCompiler(cacheFolder: folder.path)
    #expect(try run(compiler.compile(source(3)), on: [0.5]) == [3.5])
    let stored = folder.files
    #expect(stored.count == 1 && stored[0].hasSuffix(".so"))
    let again = SystemCompiler(compiler: "/nowhere/cc", cacheFolder: folder.path)
    #expect(throws: ExecutionError.self) { try again.compile(source(3)) }
    #expect(try run(compiler.compile(source(3)), on: [1]) == [4])
    #expect(folder.files == stored)
    #expect(try run(compiler.compile(source(4)), on: [1]) == [5])
    #expect(folder.files.count == 2)
  }

  @Test(arguments: ["cut", "emptied", "changed", "replaced"])
  func damagedFilesAreBuiltAgain(damage: String) throws {
    let compiler = SystemCompiler(cacheFolder: folder.path)
    _ = try compiler.compile(source(3))
    let name = try #require(folder.files.first)
    let whole = try #require(bytesOfFile("\(folder.path)/\(name)"))
    var damaged = whole
    switch damage {
    case "cut": damaged.removeLast(whole.count / 2)
    case "emptied": damaged = []
    case "changed": damaged[whole.count / 2] ^= 1
    default: damaged = Array("#!/bin/sh\necho no\n".utf8) + [UInt8](repeating: 0, count: 100)
    }
    unlink("\(folder.path)/\(name)")
    try folder.write(damaged, to: name)
    #expect(try run(compiler.compile(source(3)), on: [1]) == [4])
    #expect(CompilerCache(folder: folder.path).program(String(name.dropLast(3))) != nil)
  }

  @Test func aRejectionCarriesTheMessages() throws {
    let error = #expect(throws: ExecutionError.self) { try SystemCompiler(cacheFolder: folder.path).compile("int f( {") }
    guard case .rejected(_, let messages)? = error else {
      Issue.record("unexpected error: \(String(describing: error))")
      return
    }
    #expect(messages.joined().contains("error"))
    #expect(folder.files.isEmpty)
  }

  @Test func aMissingCompilerIsNamed() {
    #expect(throws: ExecutionError.noCompiler(tried: ["'no-such-compiler' is not installed"])) {
      try SystemCompiler(compiler: "no-such-compiler", cacheFolder: folder.path).compile(source(1))
    }
  }

  @Test func undefinedNamesAreAnErrorNotACrash() {
    #expect(throws: ExecutionError.self) {
      try SystemCompiler(cacheFolder: folder.path).compile("void nobody(void); void f(void **a) { nobody(); }")
    }
    #expect(folder.files.isEmpty)
  }

  @Test func foldersOthersMayWriteToAreNotUsed() throws {
    #expect(CompilerCache.prepare(folder.path))
    chmod(folder.path, 0o777)
    #expect(!CompilerCache.prepare(folder.path))
    chmod(folder.path, 0o700)
    #expect(!CompilerCache.prepare("/proc/nncc"))
    #expect(!CompilerCache.prepare("/dev/null"))
  }

  @Test func theLongestUnusedFilesGoFirst() throws {
    for (index, name) in ["a.so", "b.so", "c.so", "d.1.tmp"].enumerated() {
      try folder.write([UInt8](repeating: 0, count: 100), to: name)
      let age = timespec(tv_sec: time(nil) - 10000 + index, tv_nsec: 0)
      utimensat(AT_FDCWD, "\(folder.path)/\(name)", [age, age], 0)
    }
    CompilerCache(folder: folder.path).removeOldFiles(limit: 300)
    #expect(folder.files == ["b.so", "c.so"])
  }
}

@Suite(.serialized) struct ProgramCompilerTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func compiler(_ choice: CompilerChoice, command: String? = nil) -> ProgramCompiler {
    let path = folder.path
    return ProgramCompiler(choice, tinyCompiler: TinyCompiler(symbols: [])) { SystemCompiler(compiler: command, cacheFolder: path) }
  }

  private let text = ProgramText(
    tiny: { "void f(void **a) { *(double *)a[0] = 1; }" }, optimised: { "void f(void **a) { *(double *)a[0] = 2; }" })

  private func poll(_ program: CompiledProgram) -> CompiledProgram.Replacement {
    for _ in 0..<2000 {
      let result = program.poll()
      guard case .none = result else { return result }
      usleep(10_000)
    }
    return .none
  }

  @Test(arguments: [(CompilerChoice.tcc, 1.0), (.cc, 2.0)])
  func theChoiceDecides(choice: CompilerChoice, value: Double) throws {
    let compiled = try compiler(choice).compile(text)
    #expect(try run(compiled.program, on: [0]) == [value])
    guard case .none = compiled.poll() else {
      Issue.record("nothing should be offered")
      return
    }
  }

  @Test func autoStartsAtOnceAndOffersTheOtherOnce() throws {
    let compiled = try compiler(.auto).compile(text)
    #expect(try run(compiled.program, on: [0]) == [1])
    guard case .ready(let better) = poll(compiled) else {
      Issue.record("the optimised program never came")
      return
    }
    #expect(try run(better, on: [0]) == [2])
    guard case .none = compiled.poll() else {
      Issue.record("it is offered once")
      return
    }
  }

  @Test func autoSaysWhyThereIsNoReplacement() throws {
    let compiled = try compiler(.auto, command: "no-such-compiler").compile(text)
    #expect(try run(compiled.program, on: [0]) == [1])
    guard case .failed(let error as ExecutionError) = poll(compiled) else {
      Issue.record("the failure never came")
      return
    }
    #expect(error == .noCompiler(tried: ["'no-such-compiler' is not installed"]))
  }

  /// Waits until the folder holds what it should, or for too long.
  private func waitForFiles(_ isReached: ([String]) -> Bool) -> Bool {
    for _ in 0..<2000 where !isReached(folder.files) { usleep(10_000) }
    return isReached(folder.files)
  }

  @Test func givingUpEndsTheCompiler() throws {
    try folder.write(Array("#!/bin/sh\nexec sleep 100\n".utf8), to: "slow-cc", mode: 0o700)
    var compiled: CompiledProgram? = try compiler(.auto, command: folder.path + "/slow-cc").compile(text)
    #expect(try run(#require(compiled).program, on: [0]) == [1])
    #expect(waitForFiles { $0.count == 2 })
    compiled = nil
    #expect(waitForFiles { $0 == ["slow-cc"] })
  }

  @Test func aCancelledProcessDoesNotStart() {
    let process = Subprocess()
    process.cancel()
    #expect(process.run("sleep", ["100"]) == nil)
  }
}
