import NNSchedule

/// An operand of a tile primitive: where element (r, c) is, as the texts of a pointer and two strides.
struct TileOperand {
  var pointer: String
  var row: String
  var column: String

  var text: String { "\(pointer), \(row), \(column)" }
}

/// Where the result of a tile primitive goes. Its columns are neighbours.
struct TileTarget {
  var pointer: String
  var row: String

  var text: String { "\(pointer), \(row)" }
}

/// The coordinates of the strip and tile at hand, as texts, and how operands look from a statement of either level.
struct TileScope {
  let scope: KernelScope
  let isVector: Bool
  /// The first row of the strip and the first column of the tile; nil where there is only one.
  let row: String?
  let column: String?
  /// How many rows and columns the tile has.
  let rows: String
  let columns: String
  /// Of a product that is computed for several turns at a time; nil where each has a tile or a home.
  let results: ProductResults?

  func extents(_ level: Level) -> String { level == .full ? "\(rows), \(columns)" : "1, \(rows)" }

  func pointer(_ access: Access, _ level: Level) -> String {
    IndexText.pointer(scope.pointer(access), scope.index(access, row: row, column: level == .full ? column : nil))
  }

  /// Memory as a statement of a level reads it.
  func operand(_ access: Access, _ level: Level) -> TileOperand {
    let pointer = pointer(access, level)
    if level == .full { return TileOperand(pointer: pointer, row: "\(access.row)", column: "\(access.column)") }
    return vector(pointer, stride: access.row)
  }

  /// A vector over the rows. The primitives know one long row by its row stride, even if it is the only one.
  func vector(_ pointer: String, stride: Int) -> TileOperand {
    TileOperand(pointer: pointer, row: stride == 1 ? rows : "0", column: "\(stride)")
  }

  /// A row value's memory as a full statement reads it: one number for each row.
  func spread(_ access: Access) -> TileOperand { TileOperand(pointer: pointer(access, .row), row: "\(access.row)", column: "0") }

  func target(_ access: Access, _ level: Level) -> TileTarget {
    TileTarget(pointer: pointer(access, level), row: level == .full ? "\(access.row)" : rows)
  }

  /// A scratch tile, which is dense.
  func tile(_ name: String, _ level: Level) -> TileTarget { TileTarget(pointer: name, row: level == .full ? columns : rows) }
}
