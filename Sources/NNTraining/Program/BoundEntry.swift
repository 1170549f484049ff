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

  /// The call alone, for as long as the entry lives: values that need no counting of references, which would take as long as a small net's step.
  struct Call {
    fileprivate let function: EntryPoint.Function
    fileprivate let list: UnsafeMutablePointer<UnsafeMutableRawPointer?>?

    func callAsFunction() { function(list) }
  }

  var call: Call { Call(function: entry.function, list: list.baseAddress) }
}
