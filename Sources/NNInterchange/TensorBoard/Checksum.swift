/// CRC-32C, by Castagnoli's polynomial.
enum Checksum {
  /// Of every byte, its bits reflected.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { rest, _ in rest & 1 == 1 ? rest >> 1 ^ 0x82F6_3B78 : rest >> 1 }
  }

  static func plain(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { rest, byte in table[Int((rest ^ UInt32(byte)) & 0xFF)] ^ rest >> 8 }
  }

  /// Rotated and shifted, so that data which holds checksums itself has another one.
  static func masked(_ bytes: [UInt8]) -> UInt32 {
    let sum = plain(bytes)
    return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
  }
}
