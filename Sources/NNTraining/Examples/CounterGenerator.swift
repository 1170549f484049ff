/// Random bits as a function of a key and a counter: Threefry-2x32 with 20 rounds, as in compiled programs.
///
/// The order of examples, splits and random data come from it, so that they are the same on every machine and need no state to be saved.
struct CounterGenerator {
  /// What the numbers are for: each purpose has numbers of its own.
  enum Purpose: UInt32 {
    case shuffle = 1
    case split
    case directions
    case augmentation
  }

  private let key: UInt64
  private var counter: UInt64 = 0

  /// - Parameter index: tells several uses for one purpose apart, such as epochs.
  init(seed: UInt64, purpose: Purpose, index: UInt32 = 0) {
    key = Self.block(key: seed, counter: UInt64(purpose.rawValue) << 32 | UInt64(index))
  }

  mutating func next() -> UInt64 {
    defer { counter &+= 1 }
    return value(at: counter)
  }

  /// The number in this place, whatever was drawn before.
  func value(at place: UInt64) -> UInt64 { Self.block(key: key, counter: place) }

  /// A whole number in 0..<bound, each equally likely.
  mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "no number is below \(bound)")
    let bound = UInt64(bound)
    // The high word of a product is uniform once the few low words that come out too often are refused.
    let refused = (0 &- bound) % bound
    while true {
      let product = next().multipliedFullWidth(by: bound)
      if product.low >= refused { return Int(product.high) }
    }
  }

  /// Uniform in [0, 1), with all the bits of a double.
  mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// Four-by-two rounds of rotations, a word of the key after every fourth round.
  static func block(key: UInt64, counter: UInt64) -> UInt64 {
    let words = (UInt32(truncatingIfNeeded: key >> 32), UInt32(truncatingIfNeeded: key))
    let keys = (words.0, words.1, words.0 ^ words.1 ^ 0x1BD1_1BDA)
    var x = UInt32(truncatingIfNeeded: counter >> 32) &+ keys.0
    var y = UInt32(truncatingIfNeeded: counter) &+ keys.1
    func turn(_ rotation: UInt32) {
      x &+= y
      y = (y &<< rotation | y &>> (32 - rotation)) ^ x
    }
    func mix(_ rotations: (UInt32, UInt32, UInt32, UInt32)) {
      turn(rotations.0)
      turn(rotations.1)
      turn(rotations.2)
      turn(rotations.3)
    }
    func inject(_ first: UInt32, _ second: UInt32, _ round: UInt32) {
      x &+= first
      y &+= second &+ round
    }
    mix((13, 15, 26, 6))
    inject(keys.1, keys.2, 1)
    mix((17, 29, 16, 24))
    inject(keys.2, keys.0, 2)
    mix((13, 15, 26, 6))
    inject(keys.0, keys.1, 3)
    mix((17, 29, 16, 24))
    inject(keys.1, keys.2, 4)
    mix((13, 15, 26, 6))
    inject(keys.2, keys.0, 5)
    return UInt64(x) << 32 | UInt64(y)
  }
}
