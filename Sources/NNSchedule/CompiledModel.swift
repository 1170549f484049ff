package import NNGraph

/// A model scheduled for one batch size: everything that printers need.
package struct CompiledModel: Sendable {
  package var model: Model
  package var layout: Layout
  /// The largest number of examples that a call takes.
  package var batch: Int
  package var precision: Precision
  package var entries: [CompiledEntry]

  package init(model: Model, layout: Layout, batch: Int, precision: Precision, entries: [CompiledEntry]) {
    self.model = model
    self.layout = layout
    self.batch = batch
    self.precision = precision
    self.entries = entries
  }
}

package struct CompiledEntry: Sendable {
  package var program: EntryProgram
  package var schedule: Schedule
  /// The largest number of examples that a call takes.
  package var batch: Int

  package var kind: EntryKind { program.kind }

  package init(program: EntryProgram, schedule: Schedule, batch: Int) {
    self.program = program
    self.schedule = schedule
    self.batch = batch
  }
}

package enum Precision: String, Hashable, Sendable {
  case f32, f64

  package var bytes: Int { self == .f32 ? 4 : 8 }
  package var cType: String { self == .f32 ? "float" : "double" }

  /// The columns of a panel of packed B, `nn_panel` of the templates: two vectors of the widest.
  package var panel: Int { 128 / bytes }
}

/// Where each tensor lies in the buffers of the C interface, in elements.
package struct Layout: Sendable {
  /// Of each parameter, in `params`, `grads`, `direction` and `product`.
  package var parameters: [Int] = []
  package var parameterCount = 0
  /// Of each state, in `state`: model-wide ones take their shape, per-example ones `batch` copies of it.
  package var states: [Int] = []
  package var stateCount = 0
  /// The same for programs whose weights are constants: only what examples have for themselves is left.
  package var exampleStates: [Int] = []
  package var exampleStateCount = 0
  /// Slot s of parameter p of the optimizer is at `s * parameterCount + parameters[p]`.
  package var slots = 0
  package var optimizerCount: Int { slots * parameterCount }

  package init(_ model: Model, slots: Int, batch: Int) {
    for parameter in model.parameters {
      parameters.append(parameterCount)
      parameterCount += parameter.shape.count
    }
    for state in model.states {
      states.append(stateCount)
      exampleStates.append(exampleStateCount)
      stateCount += state.type.shape.count * (state.type.isBatched ? batch : 1)
      exampleStateCount += state.type.isBatched ? state.type.shape.count * batch : 0
    }
    self.slots = slots
  }
}
