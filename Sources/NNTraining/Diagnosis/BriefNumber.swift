import Glibc

extension Double {
  /// With three digits at most, for messages.
  var brief: String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
      _ = withVaList([self]) { vsnprintf(buffer.baseAddress, buffer.count, "%.3g", $0) }
      return buffer.baseAddress.map { String(cString: $0) } ?? ""
    }
  }
}
