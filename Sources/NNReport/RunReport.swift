/// What there is to show of a training: figures and words, ready to be drawn.
package struct RunReport: Sendable {
  package struct Fact: Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// A number that changes from epoch to epoch.
  package struct Curve: Sendable {
    package let name: String
    package let points: [(epoch: Int, value: Double)]

    package init(_ name: String, _ points: [(epoch: Int, value: Double)]) {
      self.name = name
      self.points = points
    }
  }

  package struct Chart: Sendable {
    package let title: String
    package let curves: [Curve]
    /// Whether the curves are of one kind, a layer each, in the order of the model.
    package let isByLayer: Bool

    package init(_ title: String, _ curves: [Curve], isByLayer: Bool = false) {
      self.title = title
      self.curves = curves
      self.isByLayer = isByLayer
    }
  }

  package struct Finding: Sendable {
    package let epoch: Int
    package let message: String
    package let help: String
    /// Such as `digits.nn:12`.
    package let place: String?

    package init(epoch: Int, message: String, help: String, place: String?) {
      self.epoch = epoch
      self.message = message
      self.help = help
      self.place = place
    }
  }

  package struct Confusion: Sendable {
    package let wanted: Int
    package let answered: Int
    package let count: Int

    package init(wanted: Int, answered: Int, count: Int) {
      self.wanted = wanted
      self.answered = answered
      self.count = count
    }
  }

  /// Some of the examples, in a few words and perhaps as pictures.
  package struct Example: Sendable {
    package let title: String
    package let facts: [Fact]
    /// By what they show: an input, what was wanted, an output.
    package let pictures: [(name: String, picture: Picture)]

    package init(_ title: String, _ facts: [Fact], pictures: [(name: String, picture: Picture)]) {
      self.title = title
      self.facts = facts
      self.pictures = pictures
    }
  }

  package var title: String
  package var facts: [Fact]
  package var findings: [Finding] = []
  package var charts: [Chart] = []
  package var histograms: [Histogram] = []
  /// More classes than this are no table any more.
  package static let mostClasses = 40

  /// How often an example of one class was taken for another.
  package var confusion: [[Int]]?
  /// The same of many classes: those that were confused most often.
  package var confusions: [Confusion] = []
  package var examples: [Example] = []
  /// What the examples are some of: `359 examples held back`.
  package var examined: String?
  /// The layer and its filters.
  package var filters: (layer: String, pictures: [Picture])?
  /// The text of the model.
  package var model: String?
  /// Why something is not there.
  package var remarks: [String] = []

  package init(title: String, facts: [Fact]) {
    self.title = title
    self.facts = facts
  }
}
