import NNSchedule

/// The two ways to print one schedule.
enum Flavour: Sendable {
  /// Loops, for compilers that make them fast; carries the text of the functions it calls.
  case loops
  /// Calls on precompiled tile primitives, for libtcc.
  case tiles

  var isStatic: Bool { self == .tiles }
}
