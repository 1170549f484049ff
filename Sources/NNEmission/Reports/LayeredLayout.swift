/// Places boxes in rows, so that every arrow goes down: first the row of each, then the order in a row (few crossings), then how far right
/// (short, straight arrows). Long arrows pass through the rows between on points of their own, one chain for all that leave a box.
struct LayeredLayout {
  struct Size {
    var width: Double
    var height: Double
  }

  struct Point: Hashable {
    var x: Double
    var y: Double
  }

  /// A box, or a point of a chain, which has no size.
  private struct Item {
    var row: Int
    var size: Size
    var box: Int?
    var above: [Int] = []
    var below: [Int] = []
    var x = 0.0
  }

  private static let gap = Size(width: 18, height: 34)
  private static let sweeps = 12
  /// Chains with more points than this are left out, and their arrows go straight.
  private static let mostPoints = 50_000

  private var items: [Item]
  private var rows: [[Int]] = []
  private let arrows: [GraphPicture.Arrow]
  /// The points of the chain from each box, row by row.
  private var chains: [Int: [Int]] = [:]
  private var tops: [Double] = []

  private(set) var extent = Size(width: 0, height: 0)

  /// Boxes come in an order in which arrows only go forward.
  init(_ sizes: [Size], isLoose: [Bool], _ arrows: [GraphPicture.Arrow]) {
    self.arrows = arrows
    let rowOfBox = Self.rows(isLoose, arrows)
    items = zip(sizes, rowOfBox).enumerated().map { Item(row: $0.element.1, size: $0.element.0, box: $0.offset) }
    addChains()
    connect()
    rows = [[Int]](repeating: [], count: (rowOfBox.max() ?? -1) + 1)
    for item in items.indices { rows[items[item].row].append(item) }
    order()
    align()
    measure()
  }

  // MARK: Rows

  /// One below the lowest that it reads; what reads nothing, or is loose, stands right above its first reader.
  private static func rows(_ isLoose: [Bool], _ arrows: [GraphPicture.Arrow]) -> [Int] {
    var rows = [Int](repeating: 0, count: isLoose.count)
    var goesDown = [Bool](repeating: true, count: isLoose.count)
    var readers = [[Int]](repeating: [], count: isLoose.count)
    for arrow in arrows {
      rows[arrow.to] = max(rows[arrow.to], rows[arrow.from] + 1)
      goesDown[arrow.to] = isLoose[arrow.to]
      readers[arrow.from].append(arrow.to)
    }
    for box in rows.indices.reversed() where goesDown[box] {
      if let first = readers[box].map({ rows[$0] }).min() { rows[box] = first - 1 }
    }
    return rows
  }

  private mutating func addChains() {
    var lowest: [Int: Int] = [:]
    for arrow in arrows { lowest[arrow.from] = max(lowest[arrow.from] ?? 0, items[arrow.to].row) }
    let points = lowest.reduce(0) { $0 + max(0, $1.value - items[$1.key].row - 1) }
    guard points <= Self.mostPoints else { return }
    for (box, row) in lowest.sorted(by: { $0.key < $1.key }) where row > items[box].row + 1 {
      chains[box] = (items[box].row + 1..<row).map { row in
        items.append(Item(row: row, size: Size(width: 2, height: 0)))
        return items.count - 1
      }
    }
  }

  /// Neighbours are what one step of an arrow joins.
  private mutating func connect() {
    func join(_ upper: Int, _ lower: Int) {
      items[upper].below.append(lower)
      items[lower].above.append(upper)
    }
    for (box, chain) in chains.sorted(by: { $0.key < $1.key }) { for (upper, lower) in zip([box] + chain, chain) { join(upper, lower) } }
    for arrow in arrows { join(path(of: arrow).last ?? arrow.from, arrow.to) }
  }

  /// The points between the ends of an arrow.
  private func path(of arrow: GraphPicture.Arrow) -> ArraySlice<Int> {
    (chains[arrow.from] ?? []).prefix(items[arrow.to].row - items[arrow.from].row - 1)
  }

  // MARK: Order

  /// Each row by the mean place of its neighbours in the row before, downwards and upwards in turn.
  private mutating func order() {
    number()
    for sweep in 0..<Self.sweeps {
      let goesDown = sweep.isMultiple(of: 2)
      for row in goesDown ? Array(rows.indices) : rows.indices.reversed() {
        let keys = rows[row].map { mean(of: goesDown ? items[$0].above : items[$0].below) ?? items[$0].x }
        rows[row] = zip(keys, rows[row]).sorted { $0 < $1 }.map(\.1)
        number(row)
      }
    }
  }

  private mutating func number() { for row in rows.indices { number(row) } }

  private mutating func number(_ row: Int) {
    for (place, item) in rows[row].enumerated() { items[item].x = (Double(place) + 0.5) / Double(rows[row].count) }
  }

  private func mean(of neighbours: [Int]) -> Double? {
    neighbours.isEmpty ? nil : neighbours.reduce(0) { $0 + items[$1].x } / Double(neighbours.count)
  }

  // MARK: Places

  /// Moves each row as near to its neighbours as room and order allow.
  private mutating func align() {
    for row in rows { place(row, wanted: row.map { _ in 0 }) }
    for sweep in 0..<Self.sweeps {
      let goesDown = sweep.isMultiple(of: 2)
      for row in goesDown ? rows : rows.reversed() {
        let wanted = row.map { item in
          mean(of: goesDown ? items[item].above : items[item].below) ?? mean(of: goesDown ? items[item].below : items[item].above)
            ?? items[item].x
        }
        place(row, wanted: wanted)
      }
    }
  }

  /// The places with the smallest squared distances from those wanted: neighbours that would overlap move as one, around their mean.
  private mutating func place(_ row: [Int], wanted: [Double]) {
    var groups: [(sum: Double, count: Double)] = []
    var offset = 0.0
    var offsets: [Double] = []
    for (place, item) in row.enumerated() {
      if place > 0 { offset += (items[row[place - 1]].size.width + items[item].size.width) / 2 + Self.gap.width }
      offsets.append(offset)
      groups.append((wanted[place] - offset, 1))
      while let last = groups.last, let before = groups.dropLast().last, before.sum / before.count > last.sum / last.count {
        groups.removeLast()
        groups[groups.count - 1].sum += last.sum
        groups[groups.count - 1].count += last.count
      }
    }
    var next = 0
    for group in groups {
      for _ in 0..<Int(group.count) {
        items[row[next]].x = group.sum / group.count + offsets[next]
        next += 1
      }
    }
  }

  private mutating func measure() {
    let left = items.map { $0.x - $0.size.width / 2 }.min() ?? 0
    for item in items.indices { items[item].x += Self.gap.width - left }
    var top = Self.gap.width
    for row in rows {
      tops.append(top)
      top += height(of: row) + Self.gap.height
    }
    extent.width = (items.map { $0.x + $0.size.width / 2 }.max() ?? 0) + Self.gap.width
    extent.height = top - Self.gap.height + Self.gap.width
  }

  private func height(of row: [Int]) -> Double { row.map { items[$0].size.height }.max() ?? 0 }

  // MARK: Results

  /// The upper left corner of a box.
  func corner(of box: Int) -> Point {
    Point(x: items[box].x - items[box].size.width / 2, y: tops[items[box].row])
  }

  /// What the longest arrows from a box have in common: down to the row before the last that they reach, straight through those that they
  /// pass. Empty where no arrow is long.
  func trunk(of box: Int) -> [Point] {
    guard let chain = chains[box] else { return [] }
    let points = chain.flatMap { item in [Point(x: items[item].x, y: tops[items[item].row]), bottom(of: item)] }
    let course = [bottom(of: box)] + points
    return course.indices.filter { place in
      let isInside = course.indices.contains(place - 1) && course.indices.contains(place + 1)
      return !isInside || course[place - 1].x != course[place].x || course[place].x != course[place + 1].x
    }.map { course[$0] }
  }

  /// Where an arrow leaves its box, or the trunk from it, and where it ends.
  func course(of arrow: GraphPicture.Arrow) -> [Point] {
    [bottom(of: path(of: arrow).last ?? arrow.from), Point(x: items[arrow.to].x, y: tops[items[arrow.to].row])]
  }

  /// The lower end of a box, or of a row where a trunk passes it.
  private func bottom(of item: Int) -> Point {
    let height = items[item].box == nil ? height(of: rows[items[item].row]) : items[item].size.height
    return Point(x: items[item].x, y: tops[items[item].row] + height)
  }
}
