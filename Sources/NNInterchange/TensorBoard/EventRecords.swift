/// Numbers of one moment of a training, as TensorBoard shows them.
package struct ScalarEvent: Sendable {
  package let step: Int
  /// Seconds since 1970.
  package let time: Double
  /// By tag: what stands before a slash groups them.
  package let scalars: [(tag: String, value: Double)]

  package init(step: Int, time: Double, scalars: [(tag: String, value: Double)]) {
    self.step = step
    self.time = time
    self.scalars = scalars
  }
}

/// The bytes of TensorBoard's event files: records with checksums, each a protobuf message.
package enum EventRecords {
  /// What a file begins with.
  package static func header(time: Double) -> [UInt8] {
    record { event in
      event.write(Field.time, double: time)
      event.write(Field.version, "brain.Event:2")
    }
  }

  package static func record(_ moment: ScalarEvent) -> [UInt8] {
    record { event in
      event.write(Field.time, double: moment.time)
      event.write(Field.step, moment.step)
      event.write(Field.summary) { summary in
        for scalar in moment.scalars {
          summary.write(Field.value) { value in
            value.write(Field.tag, scalar.tag)
            value.write(Field.simpleValue, float: scalar.value)
          }
        }
      }
    }
  }

  /// Field numbers of `Event`, `Summary` and `Summary.Value`.
  private enum Field {
    static let (time, step, version, summary) = (1, 2, 3, 5)
    static let value = 1
    static let (tag, simpleValue) = (1, 2)
  }

  /// The length and the content, each with its checksum.
  private static func record(_ body: (inout WireWriter) -> Void) -> [UInt8] {
    var content = WireWriter()
    body(&content)
    var framed = WireWriter()
    framed.append(UInt64(content.bytes.count))
    framed.append(Checksum.masked(framed.bytes))
    return framed.bytes + content.bytes + littleEndian(Checksum.masked(content.bytes))
  }

  private static func littleEndian(_ number: UInt32) -> [UInt8] {
    var writer = WireWriter()
    writer.append(number)
    return writer.bytes
  }
}
