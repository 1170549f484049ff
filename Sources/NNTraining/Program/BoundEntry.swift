import NNExecution
import NNSchedule

/// An entry of a program with its arguments laid out: they stay where they are, so that a call costs nothing but the call.
final class BoundEntry {
  let kind: EntryKind
  private let entry: EntryPoint
  private let arguments: AlignedBuffer
  private let list: UnsafeMutableBufferPointer<UnsafeMutableRawPointer?>

  init(_ kind: EntryKind, _ entry: EntryPoint, arguments: [UnsafeMutableRawPointer?]) throws(ExecutionError) {
    self.kind = kind
    self.entry = entry
    self.arguments = try AlignedBuffer(copying: arguments)
    list = UnsafeMutableBufferPointer(
      start: self.arguments.address.assumingMemoryBound(to: UnsafeMutableRawPointer?.self), count: arguments.count)
  }

  /// Gives an argument another address.
  func replace(_ argument: Int, by address: UnsafeMutableRawPointer?) { list[argument] = address }

  func call() { entry.call(list) }
}
