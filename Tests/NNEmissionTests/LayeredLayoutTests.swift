import NNTestSupport
import Testing

@testable import NNEmission

struct LayeredLayoutTests {
  /// Boxes with arrows from earlier to later ones, some of them loose.
  private struct Drawing {
    var sizes: [LayeredLayout.Size] = []
    var isLoose: [Bool] = []
    var arrows: [GraphPicture.Arrow] = []

    init(seed: UInt64) {
      var numbers = SeededNumbers(seed: seed)
      for box in 0..<Int.random(in: 1...60, using: &numbers) {
        let width = Double(Int.random(in: 10...200, using: &numbers))
        sizes.append(.init(width: width, height: Double(Int.random(in: 10...70, using: &numbers))))
        let readers = box == 0 ? 0 : Int.random(in: 0...3, using: &numbers)
        let read = Set((0..<readers).map { _ in Int.random(in: 0..<box, using: &numbers) })
        arrows += read.sorted().map { GraphPicture.Arrow(from: $0, to: box) }
        isLoose.append(read.allSatisfy { isLoose[$0] } && Bool.random(using: &numbers))
      }
    }
  }

  @Test(arguments: 0..<60)
  func arrowsGoDownAndBoxesKeepApart(seed: Int) {
    let drawing = Drawing(seed: UInt64(seed))
    let layout = LayeredLayout(drawing.sizes, isLoose: drawing.isLoose, drawing.arrows)
    for arrow in drawing.arrows {
      let (course, trunk) = (layout.course(of: arrow), layout.trunk(of: arrow.from))
      let start = LayeredLayout.Point(
        x: layout.corner(of: arrow.from).x + drawing.sizes[arrow.from].width / 2,
        y: layout.corner(of: arrow.from).y + drawing.sizes[arrow.from].height)
      for points in [course, trunk] { #expect(zip(points, points.dropFirst()).allSatisfy { $0.y < $1.y }, "\(arrow)") }
      #expect(course.last?.y == layout.corner(of: arrow.to).y)
      #expect(trunk.isEmpty ? course[0] == start : trunk[0] == start && course[0].y >= start.y, "\(arrow)")
    }
    for (box, size) in drawing.sizes.enumerated() {
      let corner = layout.corner(of: box)
      #expect(corner.x >= 0 && corner.y >= 0)
      #expect(corner.x + size.width <= layout.extent.width && corner.y + size.height <= layout.extent.height)
      for other in 0..<box where layout.corner(of: other).y == corner.y {
        let place = layout.corner(of: other)
        #expect(place.x + drawing.sizes[other].width < corner.x || corner.x + size.width < place.x, "boxes \(other) and \(box)")
      }
    }
  }

  /// A box read in every row has one long line, not one for each reader.
  @Test func longArrowsShareATrunk() {
    let size = LayeredLayout.Size(width: 50, height: 20)
    let arrows = (1..<200).map { GraphPicture.Arrow(from: $0 - 1, to: $0) } + (2..<200).map { GraphPicture.Arrow(from: 0, to: $0) }
    let layout = LayeredLayout([LayeredLayout.Size](repeating: size, count: 200), isLoose: [Bool](repeating: false, count: 200), arrows)
    #expect(layout.trunk(of: 0).count >= 2)
    #expect(layout.trunk(of: 1).isEmpty)
    #expect(arrows.allSatisfy { layout.course(of: $0).count == 2 })
  }

  @Test func nothingIsEmpty() {
    let layout = LayeredLayout([], isLoose: [], [])
    #expect(layout.extent.width >= 0 && layout.extent.height >= 0)
  }

  /// What depends on no input stands where it is read.
  @Test func looseBoxesStandAboveTheirReaders() {
    let size = LayeredLayout.Size(width: 50, height: 20)
    let chain = [(0, 1), (1, 2), (2, 3), (4, 5), (5, 3)].map { GraphPicture.Arrow(from: $0.0, to: $0.1) }
    let sorted = [0, 1, 2, 4, 5, 3]
    let number = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($0.element, $0.offset) })
    let arrows = chain.map { GraphPicture.Arrow(from: number[$0.from] ?? 0, to: number[$0.to] ?? 0) }
    let layout = LayeredLayout([LayeredLayout.Size](repeating: size, count: 6), isLoose: [false, false, false, true, true, false], arrows)
    #expect(layout.corner(of: 4).y == layout.corner(of: 2).y)
    #expect(layout.corner(of: 3).y == layout.corner(of: 1).y)
  }
}
