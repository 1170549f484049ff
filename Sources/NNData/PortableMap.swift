/// The portable maps: `P2` and `P5` are gray, `P3` and `P6` have colours; the first of each pair is text.
struct PortableMap {
  private let bytes: [UInt8]
  private var position = 2

  /// The bytes of all pixels, the channels of a pixel next to each other.
  static func pixels(
    _ bytes: ByteBuffer, _ channels: PictureChannels, _ accepts: (PictureSize) throws(ContentError) -> Void
  ) throws(ContentError) -> [UInt8] {
    guard let kind = [UInt8]("2356".utf8).first(where: { bytes.starts(with: [UInt8(ascii: "P"), $0]) }) else {
      throw ContentError("it is no PNG, PGM or PPM file")
    }
    var map = PortableMap(bytes: bytes.array)
    let size = PictureSize(width: try map.number("width", upTo: 1 << 20), height: try map.number("height", upTo: 1 << 20))
    let brightest = try map.number("largest value", upTo: 65535)
    guard size.width > 0, size.height > 0, brightest > 0 else { throw ContentError("its header has a 0") }
    try accepts(size)
    let found: PictureChannels = kind == UInt8(ascii: "2") || kind == UInt8(ascii: "5") ? .gray : .color
    let count = size.width * size.height * found.rawValue
    let values = kind < UInt8(ascii: "5") ? try map.text(count, brightest) : try map.binary(count, brightest)
    return Picture.convert(values, from: found, to: channels)
  }

  // MARK: Numbers

  private mutating func number(_ what: String, upTo limit: Int) throws(ContentError) -> Int {
    skipSpace()
    let start = position
    var number = 0
    while position < bytes.count, case let digit = bytes[position] &- UInt8(ascii: "0"), digit < 10 {
      number = number * 10 + Int(digit)
      guard number <= limit else { throw ContentError("its \(what) is above \(limit)", place: "byte \(start)") }
      position += 1
    }
    guard position > start else { throw ContentError("its \(what) is missing", place: "byte \(start)") }
    return number
  }

  /// A comment reaches from `#` to the end of its line.
  private mutating func skipSpace() {
    var isComment = false
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "#") { isComment = true }
      guard isComment || byte == UInt8(ascii: " ") || (9...13).contains(byte) else { return }
      if byte == UInt8(ascii: "\n") { isComment = false }
      position += 1
    }
  }

  // MARK: Pixels

  private mutating func text(_ count: Int, _ brightest: Int) throws(ContentError) -> [UInt8] {
    // A number takes two bytes at least, so that a small file cannot ask for much memory.
    guard count <= bytes.count else { throw ContentError("it ends before its last pixel") }
    var values: [UInt8] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(Self.byte(try number("next value", upTo: brightest), brightest)) }
    return values
  }

  /// After the one byte of space that ends the header. Values above 255 take two bytes each, the high one first.
  private func binary(_ count: Int, _ brightest: Int) throws(ContentError) -> [UInt8] {
    let width = brightest > 255 ? 2 : 1
    let start = position + 1
    guard bytes.count - start >= count * width else { throw ContentError("it ends before its last pixel") }
    var values: [UInt8] = []
    values.reserveCapacity(count)
    for index in 0..<count {
      let place = start + index * width
      let value = width == 2 ? Int(bytes[place]) << 8 | Int(bytes[place + 1]) : Int(bytes[place])
      guard value <= brightest else { throw ContentError("\(value) is above its largest value, \(brightest)", place: "byte \(place)") }
      values.append(Self.byte(value, brightest))
    }
    return values
  }

  private static func byte(_ value: Int, _ brightest: Int) -> UInt8 { UInt8((value * 255 + brightest / 2) / brightest) }
}
