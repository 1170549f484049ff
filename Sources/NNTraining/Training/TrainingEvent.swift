/// What happens while a model is trained, for whoever shows progress.
package enum TrainingEvent: Sendable {
  case began(TrainingSize)
  /// An earlier run goes on after so many whole epochs and steps.
  case resumed(epochs: Int, steps: UInt64)
  case stepped(StepReport)
  case finishedEpoch(EpochRecord)
  /// Faster code for the same program took over.
  case swapped(compiler: String)
  /// Something is wrong with the model, its data or its recipe; it is told once.
  case diagnosed(Diagnosis)
  /// Something to know that stops nothing.
  case warned(String)
}

/// What is about to be trained, in numbers.
package struct TrainingSize: Sendable {
  package let parameters: Int
  package let trainingExamples: Int
  package let validationExamples: Int
  package let testExamples: Int
  package let stepsPerEpoch: Int
  package let epochs: Int
  package let compiler: String
  package let compileMicroseconds: Int
}

/// One step, just done.
package struct StepReport: Sendable {
  /// From 1.
  package let epoch: Int
  /// Within the epoch, from 1.
  package let step: Int
  package let stepsPerEpoch: Int
  /// Learnt from so far, in all epochs.
  package let examples: Int
  /// The batch's loss.
  package let loss: Double
}
