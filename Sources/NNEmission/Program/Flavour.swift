import NNAssembly
import NNSchedule

/// The two ways to print one schedule.
enum Flavour: Hashable, Sendable {
  /// Loops, for compilers that make them fast; carries the text of the functions it calls.
  case loops
  /// Calls on precompiled tile primitives, for libtcc, and on vector loops that are assembled for a machine as the program is linked.
  case tiles(VectorMachine?)

  var isTiles: Bool { self != .loops }
}
