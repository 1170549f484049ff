import CPng
import CZlib
import Glibc
import Testing

@testable import NNData

extension TestBytes {
  /// A picture of bytes, 1 or 3 for each pixel.
  static func png(_ width: Int, _ height: Int, _ pixels: [UInt8]) -> [UInt8] {
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    image.width = png_uint_32(width)
    image.height = png_uint_32(height)
    image.format = pixels.count == width * height ? 0 : png_uint_32(PNG_FORMAT_FLAG_COLOR)
    var file = [UInt8](repeating: 0, count: 1 << 16)
    var size = file.count
    guard png_image_write_to_memory(&image, &file, &size, 0, pixels, 0, nil) != 0 else { return [] }
    return Array(file.prefix(size))
  }
}

extension TestBytes {
  /// A picture as its file has it: what its header says of its kind, more chunks, and its lines, each after a 0.
  static func png(_ width: Int, _ height: Int, depth: UInt8, kind: UInt8, chunks: [(String, [UInt8])] = [], lines: [UInt8]) -> [UInt8] {
    func number(_ value: UInt) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
    func chunk(_ name: String, _ bytes: [UInt8]) -> [UInt8] {
      let all = Array(name.utf8) + bytes
      return number(UInt(bytes.count)) + all + number(UInt(crc32(0, all, uInt(all.count))))
    }
    let (low, high) = (UInt8(lines.count & 255), UInt8(lines.count >> 8))
    let packed = [0x78, 1, 1, low, high, ~low, ~high] + lines + number(UInt(adler32(1, lines, uInt(lines.count))))
    return [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10] + chunk("IHDR", number(UInt(width)) + number(UInt(height)) + [depth, kind, 0, 0, 0])
      + chunks.flatMap { chunk($0.0, $0.1) } + chunk("IDAT", packed) + chunk("IEND", [])
  }
}

@Suite struct PictureTests {
  private func planes(_ bytes: [UInt8], _ channels: PictureChannels = .gray) throws(ContentError) -> [UInt8] {
    try Picture.planes(ByteBuffer(bytes), channels) { (size) throws(ContentError) in
      guard size == PictureSize(width: 3, height: 2) else { throw ContentError("\(size)") }
    }
  }

  private let gray: [UInt8] = [0, 50, 100, 150, 200, 250]
  private let colors: [UInt8] = [255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9, 0, 0, 0, 255, 255, 255]

  @Test func everyKindHasItsPixels() throws {
    let text = Array("P2 # a comment\n3 2\n# another\n255\n0 50 100\n150 200 250\n".utf8)
    let binary = Array("P5\n3 2 255\n".utf8) + gray
    let wide = Array("P5 3 2 65535\n".utf8) + gray.flatMap { [$0, $0] }
    for file in [text, binary, wide, TestBytes.png(3, 2, gray)] {
      #expect(try planes(file) == gray)
      #expect(try planes(file, .color) == gray + gray + gray)
    }
    let few = Array("P2 3 2 5  0 1 2 3 4 5".utf8)
    #expect(try planes(few) == [0, 51, 102, 153, 204, 255])
  }

  @Test func coloursComePlaneByPlane() throws {
    let binary = Array("P6\n3 2\n255\n".utf8) + colors
    let text = Array("P3 3 2 255 \(colors.map { "\($0)" }.joined(separator: " "))".utf8)
    let planar: [UInt8] = [255, 0, 0, 9, 0, 255, 0, 255, 0, 9, 0, 255, 0, 0, 255, 9, 0, 255]
    for file in [binary, text, TestBytes.png(3, 2, colors)] { #expect(try planes(file, .color) == planar) }
    for file in [binary, text, TestBytes.png(3, 2, colors)] { #expect(try planes(file) == [54, 182, 18, 9, 0, 255]) }
  }

  /// No curve is applied to what is stored, whatever the file says of its light.
  @Test func pixelsOfPNGFilesAreTakenAsTheyAreStored() throws {
    let wide = TestBytes.png(3, 2, depth: 16, kind: 0, lines: [0, 0, 0, 50, 50, 100, 100, 0, 150, 150, 200, 200, 250, 250])
    #expect(try planes(wide) == gray)
    // A gamma of 1.
    let bright = TestBytes.png(3, 2, depth: 8, kind: 0, chunks: [("gAMA", [0, 1, 0x86, 0xA0])], lines: [0, 0, 50, 100, 0, 150, 200, 250])
    #expect(try planes(bright) == gray)
    let bits = TestBytes.png(3, 2, depth: 2, kind: 0, lines: [0, 0b00_01_10_00, 0, 0b11_00_01_00])
    #expect(try planes(bits) == [0, 85, 170, 255, 0, 85])
    let palette = TestBytes.png(
      3, 2, depth: 8, kind: 3, chunks: [("PLTE", [255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9])], lines: [0, 0, 1, 2, 0, 3, 3, 0])
    #expect(try planes(palette) == [54, 182, 18, 9, 9, 54])
    let dark = TestBytes.png(3, 2, depth: 8, kind: 2, lines: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 10, 11, 12, 13, 14, 15, 16, 17, 18])
    #expect(try planes(dark) == [2, 5, 8, 11, 14, 17])
  }

  @Test func whatIsTransparentLiesOnBlack() throws {
    let lines: [UInt8] = [0, 100, 255, 100, 128, 100, 0, 0, 10, 255, 200, 51, 255, 127]
    #expect(try planes(TestBytes.png(3, 2, depth: 8, kind: 4, lines: lines)) == [100, 50, 0, 10, 40, 127])
    let none = TestBytes.png(3, 2, depth: 8, kind: 0, chunks: [("tRNS", [0, 50])], lines: [0, 0, 50, 100, 0, 150, 200, 250])
    #expect(try planes(none) == [0, 0, 100, 150, 200, 250])
  }

  @Test(arguments: [
    ("", "it is no PNG, PGM or PPM file"), ("P7 3 2 255", "it is no PNG, PGM or PPM file"), ("P5", "byte 2: its width is missing"),
    ("P5 3", "byte 4: its height is missing"), ("P5 3 2", "byte 6: its largest value is missing"),
    ("P5 3 2 255\nabc", "it ends before its last pixel"),
    ("P2 3 2 9 1 2 3 4 5", "byte 18: its next value is missing"), ("P2 3 2 9 1 2 3 4 5 10 ", "byte 19: its next value is above 9"),
    ("P2 3 2 9 1 2 3 4 5      ", "byte 24: its next value is missing"), ("P5 3 2 0 ", "its header has a 0"), ("P5 4 4 255 ", "4 x 4"),
    ("P5 99999999999999999999 2 255", "byte 3: its width is above 1048576"), ("P5 3 2 65536 ", "byte 7: its largest value is above 65535"),
    ("P5 3 2 7 123456", "49 is above its largest value, 7"), ("P5 -3 2 7", "byte 3: its width is missing"),
  ])
  func saysWhatIsWrong(text: String, message: String) {
    #expect(failure { () throws(ContentError) in try planes(Array(text.utf8)) }.hasSuffix(message))
  }

  @Test func damagedPNGsAreErrors() {
    let png = TestBytes.png(3, 2, gray)
    for length in [4, 8, 20, 40, png.count - 20] {
      #expect(failure { () throws(ContentError) in try planes(Array(png.prefix(length))) }.contains("PNG file"), "\(length) bytes")
    }
    var changed = png
    changed[png.count - 20] ^= 0xFF
    #expect(failure { () throws(ContentError) in try planes(changed) }.contains("PNG file"))
  }

  @Test func anyBytesAreAPictureOrAnError() {
    let files = [
      TestBytes.png(3, 2, gray), TestBytes.png(3, 2, colors), Array("P5\n3 2 255\n".utf8) + gray, Array("P3 3 2 9 1 2 3 4 5 6 7 8 9".utf8),
    ]
    for seed in 0..<maximumRounds {
      var generator = TestGenerator(state: UInt64(seed))
      let bytes = mutated(files[seed % files.count], &generator)
      if let pixels = try? planes(bytes, .color) { #expect(pixels.count == 18) }
    }
  }
}

@Suite struct ImageFolderTests {
  /// Makes a folder of small pictures and loads it; the pictures hold the number of their place and 255.
  private func load(_ names: [String], classes: Int?, shape: [Int] = [1, 1, 2]) throws -> Result<Dataset, DataError> {
    let root = try TestFolder()
    defer { for name in names { remove(name, below: root.path) } }
    for (index, name) in names.enumerated() {
      if let slash = name.lastIndex(of: "/") { try Folder.make("\(root.path)/\(name[..<slash])") }
      _ = try root.write(Array("P5 2 1 255 ".utf8) + [UInt8(index), 255], to: name)
    }
    let input = DataPort(name: "image", shape: shape, kind: .real, role: .input)
    let target = classes.map { DataPort(name: "kind", shape: [], kind: .classes($0), role: .target) }
    return Result { () throws(DataError) in
      try DataSource.images(path: root.path).load(for: [input] + [target].compactMap { $0 }, relativeTo: "", precision: .float32)
    }
  }

  private func remove(_ name: String, below path: String) {
    unlink("\(path)/\(name)")
    if let slash = name.lastIndex(of: "/") { rmdir("\(path)/\(name[..<slash])") }
  }

  @Test func foldersAreClassesInTheOrderOfTheirNames() throws {
    let data = try load(["cat/b.pgm", "ant/x.PGM", "cat/a.pgm", "bee/1.pgm", "bee/notes.txt"], classes: 3).get()
    #expect(data["kind"]?.values == .classes([0, 1, 2, 2]))
    #expect(data["image"]?.values == .bytes([1, 255, 3, 255, 2, 255, 0, 255]))
    let numbers = try load(["10/a.pgm", "2/a.pgm", "1/a.pgm"], classes: 3, shape: [2]).get()
    #expect(numbers["image"]?.values == .bytes([2, 255, 1, 255, 0, 255]))
  }

  @Test func aFolderOfPicturesHasNoClasses() throws {
    #expect(try load(["b.pgm", "a.pgm"], classes: nil).get()["image"]?.values == .bytes([1, 255, 0, 255]))
  }

  @Test func saysWhatIsWrong() throws {
    func message(_ names: [String], classes: Int?, shape: [Int] = [1, 1, 2]) throws -> String {
      guard case .failure(let error) = try load(names, classes: classes, shape: shape) else { return "no error" }
      return error.message
    }
    #expect(try message(["a/1.pgm", "b/1.pgm"], classes: 3) == "it has 2 folders of classes, but target 'kind' has 3 classes")
    #expect(try message(["a/1.pgm", "1.pgm"], classes: 1) == "'1.pgm' lies beside folders of classes, so that its class is unknown")
    #expect(try message(["notes.txt"], classes: 1) == "there are no pictures in it, nor in its folders")
    #expect(try message(["a/1.pgm", "b/1.pgm", "b/2.JPG"], classes: 2) == "pictures of this kind cannot be read")
    #expect(try message(["1.pgm"], classes: 2) == "it has nothing for target 'kind'")
    let size = "the picture has 2 x 1 pixels (width x height), but input 'image' takes"
    #expect(try message(["1.pgm"], classes: nil, shape: [2, 1]) == "\(size) [2, 1]")
    #expect(try message(["1.pgm"], classes: nil, shape: [5]) == "\(size) [5]")
    #expect(try message(["1.pgm"], classes: nil, shape: [3, 2, 1]) == "\(size) [3, 2, 1]")
  }

  @Test func partsAreJoined() throws {
    let folder = try TestFolder()
    let port = DataPort(name: "x", shape: [2], kind: .real, role: .input)
    _ = try folder.write("a,b\n1,2\n3,4\n", to: "one.csv")
    _ = try folder.write("a,b\n5,6\n", to: "two.csv")
    let parts = ["one.csv", "two.csv"].map { DataSource.csv(path: $0, columns: .automatic) }
    let data = try DataSource.several(parts).load(for: [port], relativeTo: folder.path, precision: .float32)
    #expect(data.count == 3)
    #expect(data["x"]?.values == .float32([1, 2, 3, 4, 5, 6]))
    let missing = parts + [.csv(path: "three.csv", columns: .automatic)]
    let error = fileFailure { () throws(DataError) in
      try DataSource.several(missing).load(for: [port], relativeTo: folder.path, precision: .float32)
    }
    #expect(error?.path == folder.path + "/three.csv")
  }

  @Test func severalFilesHaveTheirColumnsInOneOrder() throws {
    let folder = try TestFolder()
    for (name, text) in [("first", "a,b\n1,2\n"), ("second", "3,4\n"), ("third", "b,a\n6,5\n")] {
      _ = try folder.write(text, to: "\(name).csv")
    }
    let port = DataPort(name: "x", shape: [2], kind: .real, role: .input)
    func load(_ names: [String], _ columns: CSVColumns) throws(DataError) -> Dataset {
      try DataSource.several(names.map { .csv(path: "\($0).csv", columns: columns) })
        .load(for: [port], relativeTo: folder.path, precision: .float32)
    }
    #expect(try load(["first", "second"], .automatic)["x"]?.values == .float32([1, 2, 3, 4]))
    let error = fileFailure { () throws(DataError) in try load(["first", "second", "third"], .automatic) }
    #expect(error?.message.contains("column 'b' is where 'first.csv' has 'a', for input 'x'") == true)
    let named = CSVColumns.ports([.init(port: "x", columns: [.column("a"), .column("b")])])
    #expect(try load(["first", "third"], named)["x"]?.values == .float32([1, 2, 5, 6]))
  }
}
