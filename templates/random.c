// Counter-based random numbers: Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
// 1, 2, 3", 2011). A draw is a function of key (the example's stream number), site (which draw of the model) and element.
#ifndef NNCC
#include "math_f32.c"
#endif

// @nn_words: two words of 32 bits
typedef struct {
  unsigned first, second;
} nn_words;

// @nn_mix: one round of Threefry
nn_inlined nn_words nn_mix(nn_words x, unsigned turn) {
  x.first += x.second;
  x.second = ((x.second << turn) | (x.second >> (32u - turn))) ^ x.first;
  return x;
}

// @nn_four_rounds: four rounds, then the injection of a key
nn_inlined nn_words nn_four_rounds(nn_words x, unsigned a, unsigned b, unsigned c, unsigned d, unsigned first_key, unsigned second_key) {
  x = nn_mix(nn_mix(nn_mix(nn_mix(x, a), b), c), d);
  x.first += first_key;
  x.second += second_key;
  return x;
}

// @nn_threefry: 64 random bits for a key and a counter
nn_inlined nn_words nn_threefry(unsigned key_low, unsigned key_high, unsigned first, unsigned second) {
  unsigned parity = 0x1bd11bdau ^ key_low ^ key_high;
  nn_words x;
  x.first = first + key_low;
  x.second = second + key_high;
  x = nn_four_rounds(x, 13u, 15u, 26u, 6u, key_high, parity + 1u);
  x = nn_four_rounds(x, 17u, 29u, 16u, 24u, parity, key_low + 2u);
  x = nn_four_rounds(x, 13u, 15u, 26u, 6u, key_low, key_high + 3u);
  x = nn_four_rounds(x, 17u, 29u, 16u, 24u, key_high, parity + 4u);
  return nn_four_rounds(x, 13u, 15u, 26u, 6u, parity, key_low + 5u);
}

// @nn_uniform_at: a draw from 0..<1
nn_inlined real nn_uniform_at(unsigned key_low, unsigned key_high, unsigned site, unsigned element) {
  nn_words draw = nn_threefry(key_low, key_high, site, element);
  return nn_fraction(draw.first, draw.second);
}

// @nn_normal_at: a draw from the standard normal distribution (Box and Muller; the logarithm's argument is never 0)
nn_inlined real nn_normal_at(unsigned key_low, unsigned key_high, unsigned site, unsigned element) {
  nn_words draw = nn_threefry(key_low, key_high, site, element);
  return nn_sqrt(-2 * nn_log(1 - nn_fraction(draw.first, 0u))) * nn_cos_turns(nn_fraction(draw.second, 0u));
}
