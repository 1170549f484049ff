package import NNSource

/// Bytes in the memory of a call: a buffer and a place in it.
package struct Location: Hashable, Sendable {
  package var buffer: Int
  package var offset: Int

  package init(buffer: Int, offset: Int = 0) {
    self.buffer = buffer
    self.offset = offset
  }
}

/// What becomes of sums.
package enum Finish: Hashable, Sendable {
  /// Bytes, looked up in a table of 256 if there is one.
  case bytes(Requantization, table: [UInt8]?)
  /// Reals: each sum times its output's factor.
  case reals([Float])
}

/// One step of an integer network, with all its numbers.
package struct IntegerLayer: Sendable {
  package enum Kind: Sendable {
    case input(InputLayer)
    case product(ProductLayer)
    case channelwise(ChannelwiseLayer)
    case pool(PoolLayer)
    case sum(SumLayer)
    case move(MoveLayer)
    case reals(RealsLayer)
  }

  package var kind: Kind
  /// What it reads, one or two; none for an input.
  package var x: [Location]
  package var y: Location
  /// The model's name for the result, or that of what it is made of.
  package var name: String
  package var range: SourceRange?
}

/// Reals of the caller's, each times its scale plus its shift, as the nearest bytes. [channels, places] becomes [places, channels].
package struct InputLayer: Sendable {
  /// Of the model.
  package var input: Int
  package var channels: Int
  package var places: Int
  /// For each element, for each channel, or one for all. The shift holds zero, and a half to round.
  package var scales: [Float]
  package var shifts: [Float]
  package var table: [UInt8]?
}

/// Products summed over windows, each window some runs of bytes: dense layers are windows of one run.
package struct ProductLayer: Sendable {
  /// Results lie in rows and columns; steps are in bytes.
  package var rows: Int
  package var columns: Int
  package var xRow: Int
  package var xColumn: Int
  package var yRow: Int
  package var yColumn: Int
  /// The runs of a window, and how far apart they are.
  package var high: Int
  package var highStep: Int
  package var wide: Int
  package var wideStep: Int
  /// Bytes in a run.
  package var run: Int
  package var outputs: Int
  /// By output, then row of the window, column, byte of the run.
  package var weights: [Int8]
  /// The zero of what is read is in it.
  package var bias: [Int32]
  package var finish: Finish

  /// Terms of one sum.
  package var depth: Int { high * wide * run }
  package var multiplyAdds: Int { rows * columns * outputs * depth }
}

/// A sum over windows for each channel by itself.
package struct ChannelwiseLayer: Sendable {
  package var rows: Int
  package var columns: Int
  package var xRow: Int
  package var xColumn: Int
  package var high: Int
  package var highStep: Int
  package var wide: Int
  package var wideStep: Int
  package var channels: Int
  /// By row of the window, column, channel.
  package var weights: [Int8]
  package var bias: [Int32]
  package var finish: Finish

  package var multiplyAdds: Int { rows * columns * channels * high * wide }
}

/// The largest byte of each window, or the mean of its bytes.
package struct PoolLayer: Sendable {
  package var windows: [PoolWindow]
  package var channels: Int
  package var xRow: Int
  package var xColumn: Int
  /// The byte outside of the image; nil where only what is inside counts.
  package var outside: UInt8?
  /// Added to a sum.
  package var bias: Int32
  /// Of means; nil for the largest, which keep their scale.
  package var finish: Finish?

  package struct PoolWindow: Sendable {
    package var extent: Int
    package var count: Int
    package var size: Int
    package var stride: Int
    package var dilation: Int
    package var before: Int
  }
}

/// Byte by byte: (a * first + b * second + offset) / 2^shift, held to 0...255.
package struct SumLayer: Sendable {
  package var count: Int
  package var first: Int32
  package var second: Int32
  package var offset: Int32
  package var shift: Int
  package var table: [UInt8]?
}

/// Bytes from one order to another, looked up in a table of 256 if there is one.
package struct MoveLayer: Sendable {
  package struct Axis: Sendable {
    package var extent: Int
    package var x: Int
    package var y: Int
  }

  /// Outermost first.
  package var axes: [Axis]
  package var table: [UInt8]?
  /// What the whole result is filled with before: its bytes and what with.
  package var fill: (count: Int, byte: UInt8)?

  /// Axes that are one run on both sides are one axis.
  init(_ axes: [Axis], table: [UInt8]? = nil, fill: (count: Int, byte: UInt8)? = nil) {
    self.axes = []
    self.table = table
    self.fill = fill
    for axis in axes where axis.extent != 1 {
      if let last = self.axes.last, last.x == axis.x * axis.extent, last.y == axis.y * axis.extent {
        self.axes[self.axes.count - 1] = Axis(extent: last.extent * axis.extent, x: axis.x, y: axis.y)
      } else {
        self.axes.append(axis)
      }
    }
  }
}

/// Bytes as reals again, in row-major order.
package struct RealsLayer: Sendable {
  package var axes: [MoveLayer.Axis]
  package var zero: Int
  package var step: Float
}
