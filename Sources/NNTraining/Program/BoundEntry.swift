import NNEmission
import NNExecution

/// An entry of a program with its arguments laid out: they stay where they are, so that a call costs nothing but the call.
struct BoundEntry {
  private let entry: EntryPoint
  private let arguments: AlignedBuffer
  private let argumentCount: Int

  init(_ entry: EntryPoint, arguments: [UnsafeMutableRawPointer?]) throws(ExecutionError) {
    self.entry = entry
    self.arguments = try AlignedBuffer(copying: arguments)
    argumentCount = arguments.count
  }

  func call() {
    let start = arguments.address.assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
    entry.call(UnsafeMutableBufferPointer(start: start, count: argumentCount))
  }
}
