import NNAssembly
import NNSchedule

/// Statements that are one call together.
extension TileStatements {
  /// An array of a loop, as texts.
  private struct Stream {
    var pointer: String
    var row: String
    var kind: VectorLoop.Stream
  }

  mutating func emit(_ draft: LoopDraft) {
    let level = draft.level
    var copies: [Int] = []
    var streams: [Stream] = []
    var inputs: [Int] = []
    for input in draft.inputs {
      let operand = contiguous(input, level, &copies)
      let walked = input.stream(in: draft, levels: levels)
      let kind = walked == .row && isOneRow(level) ? .number : walked
      inputs.append(Self.add(Stream(pointer: operand.pointer, row: operand.row, kind: kind), to: &streams))
    }
    // A tile that nobody reads any more may take a result: every number is read before it is overwritten. Of rows that fill no vector, though, each
    // would wait until what is written of the one before is in the cache.
    let overwrites = !draft.isPartOfVector || isOneRun(streams, draft)
    if overwrites { consume(draft, copies) }
    var targets: [Int] = []
    for id in draft.outputs {
      let target = target(id, level)
      targets.append(Self.add(Stream(pointer: target.pointer, row: target.row, kind: .write), to: &streams))
    }
    let sums = draft.sums.map { sink in
      streams.append(Stream(pointer: sinkPointer(sink), row: "", kind: .sum))
      return streams.count - 1
    }
    call(draft, streams, inputs, targets, sums)
    if !overwrites { consume(draft, copies) }
    for sink in draft.sums { consume(.operand(sink.operand), level) }
    for id in draft.outputs { finish(id, level, summed: draft.sums) }
  }

  private mutating func consume(_ draft: LoopDraft, _ copies: [Int]) {
    for tile in copies { give(tile, draft.level) }
    for statement in draft.statements {
      for (index, count) in statement.readCounts { for _ in 0..<count { consume(.operand(statement.operands[index]), draft.level) } }
    }
  }

  /// An array that is written where another is read is that one.
  private static func add(_ stream: Stream, to streams: inout [Stream]) -> Int {
    if let known = streams.firstIndex(where: { $0.pointer == stream.pointer && $0.row == stream.row && $0.kind.joins(stream.kind) }) {
      if streams[known].kind != stream.kind { streams[known].kind = .update }
      return known
    }
    streams.append(stream)
    return streams.count - 1
  }

  /// An operand whose columns are neighbours, or one number.
  private mutating func contiguous(_ input: Operand, _ level: Level, _ copies: inout [Int]) -> TileOperand {
    let operand = operand(.operand(input), level)
    if operand.column == "1" || operand.column == "0" { return operand }
    let (target, copy) = target(.temporary, level)
    if case .temporary(let tile) = copy { copies.append(tile) }
    call("copy", target.text, operand.text, space.extents(level))
    return self.operand(copy, level)
  }

  private func isOneRow(_ level: Level) -> Bool { level == .row || space.rows == "1" }

  /// Whether all rows follow each other in the arrays, or there is but one, and nothing is summed up over them.
  private func isOneRun(_ streams: [Stream], _ draft: LoopDraft) -> Bool {
    let isDense = streams.allSatisfy { $0.kind == .number || ($0.kind != .row && $0.row == space.columns) }
    return draft.sums.isEmpty && (isOneRow(draft.level) || isDense)
  }

  private mutating func call(_ draft: LoopDraft, _ streams: [Stream], _ inputs: [Int], _ targets: [Int], _ sums: [Int]) {
    let level = draft.level
    let walk: VectorLoop.Walk = isOneRun(streams, draft) ? .loop : .rows
    let element: VectorLoop.Element = space.scope.program.precision == .f32 ? .f32 : .f64
    let loop = draft.loop(element, walk, kinds: streams.map(\.kind), inputs: inputs, targets: targets, sums: sums)
    var arguments: [String]
    switch walk {
    case .loop:
      let count = level == .row ? space.rows : isOneRow(level) ? space.columns : "\(space.rows) * \(space.columns)"
      arguments = [count] + streams.map(\.pointer)
    case .rows:
      arguments = ["\(space.rows)", "\(space.columns)"]
      for stream in streams { arguments += [stream.pointer] + (stream.kind.hasStep ? [stream.row] : []) }
    }
    call(loop, arguments)
  }
}

extension VectorLoop.Stream {
  /// Whether two uses of the same memory are one array.
  fileprivate func joins(_ other: Self) -> Bool {
    self == other || ([.read, .write, .update].contains(self) && [.read, .write, .update].contains(other))
  }
}
