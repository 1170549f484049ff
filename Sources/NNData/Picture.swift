import CPng

/// How a picture is stored: of each pixel a byte, or one for each of red, green and blue.
enum PictureChannels: Int {
  case gray = 1
  case color = 3
}

/// How large a picture has to be.
struct PictureSize: Equatable, CustomStringConvertible {
  let width: Int
  let height: Int

  var description: String { "\(width) x \(height)" }
}

/// Pictures in files: PNG, and the plain and binary forms of PGM and PPM.
enum Picture {
  static let fileEndings = [".png", ".pgm", ".ppm"]

  private static let otherEndings = [".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".heic", ".avif"]

  static func isPicture(_ name: String) -> Bool {
    fileEndings.contains { name.lowercased().hasSuffix($0) }
  }

  static func isOfOtherKind(_ name: String) -> Bool {
    otherEndings.contains { name.lowercased().hasSuffix($0) }
  }

  /// The bytes of all pixels, channel by channel and row by row.
  ///
  /// - Parameter accepts: whether a picture of this size is wanted; it is asked before there is memory for the pixels.
  static func planes(
    _ bytes: ByteBuffer, _ channels: PictureChannels, accepts: (PictureSize) throws(ContentError) -> Void
  ) throws(ContentError) -> [UInt8] {
    let pixels =
      bytes.starts(with: PNG.signature)
      ? try PNG.pixels(bytes, channels, accepts) : try PortableMap.pixels(bytes, channels, accepts)
    guard channels == .color else { return pixels }
    let count = pixels.count / 3
    return [UInt8](unsafeUninitializedCapacity: pixels.count) { planes, filled in
      for channel in 0..<3 { for pixel in 0..<count { planes[channel * count + pixel] = pixels[pixel * 3 + channel] } }
      filled = pixels.count
    }
  }

  /// Pixels of other channels. Gray is the luminance of television.
  static func convert(_ values: [UInt8], from found: PictureChannels, to wanted: PictureChannels) -> [UInt8] {
    if found == wanted { return values }
    let pixels = values.count / found.rawValue
    return [UInt8](unsafeUninitializedCapacity: pixels * wanted.rawValue) { result, count in
      for pixel in 0..<pixels {
        switch wanted {
        case .color:
          for channel in 0..<3 { result[pixel * 3 + channel] = values[pixel] }
        case .gray:
          let (red, green, blue) = (Int(values[pixel * 3]), Int(values[pixel * 3 + 1]), Int(values[pixel * 3 + 2]))
          result[pixel] = UInt8((red * 2126 + green * 7152 + blue * 722 + 5000) / 10000)
        }
      }
      count = pixels * wanted.rawValue
    }
  }
}

/// Portable network graphics, by libpng.
private enum PNG {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47]

  static func pixels(
    _ bytes: ByteBuffer, _ channels: PictureChannels, _ accepts: (PictureSize) throws(ContentError) -> Void
  ) throws(ContentError) -> [UInt8] {
    try bytes.withUnsafeBytes { (buffer) throws(ContentError) in
      var image = nn_png()
      defer { nn_png_end(&image) }
      guard nn_png_begin(&image, buffer.baseAddress, buffer.count) != 0 else { throw ContentError("it is no PNG file: \(message(image))") }
      let size = PictureSize(width: Int(image.width), height: Int(image.height))
      try accepts(size)
      let found = Int(image.channels)
      var stored = [UInt8](repeating: 0, count: size.width * size.height * found)
      var rows = [UnsafeMutablePointer<UInt8>?](repeating: nil, count: size.height)
      let isRead = stored.withUnsafeMutableBufferPointer { pixels in
        rows.withUnsafeMutableBufferPointer { nn_png_read(&image, pixels.baseAddress, $0.baseAddress) != 0 }
      }
      guard isRead else { throw ContentError("the PNG file is damaged: \(message(image))") }
      let isColor = found > 2
      return Picture.convert(found % 2 == 0 ? opaque(stored, channels: found) : stored, from: isColor ? .color : .gray, to: channels)
    }
  }

  /// What is transparent lies on black.
  private static func opaque(_ pixels: [UInt8], channels: Int) -> [UInt8] {
    let (places, kept) = (pixels.count / channels, channels - 1)
    return [UInt8](unsafeUninitializedCapacity: places * kept) { result, count in
      for place in 0..<places {
        let opacity = Int(pixels[place * channels + kept])
        for channel in 0..<kept { result[place * kept + channel] = UInt8((Int(pixels[place * channels + channel]) * opacity + 127) / 255) }
      }
      count = places * kept
    }
  }

  private static func message(_ image: nn_png) -> String {
    withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
