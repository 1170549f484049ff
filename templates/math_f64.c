// Elementary functions in double precision, within 3 units in the last place over the whole range, special values exact.
// The same names and the same design as math_f32.c.
#ifndef NNCC
#define real double
#include "arithmetic.c"
#endif

// @nn_bits: the bits of a double
nn_inlined unsigned long long nn_bits(double x) {
  union {
    double value;
    unsigned long long bits;
  } pun;
  pun.value = x;
  return pun.bits;
}

// @nn_from_bits: the double with these bits
nn_inlined double nn_from_bits(unsigned long long bits) {
  union {
    unsigned long long bits;
    double value;
  } pun;
  pun.bits = bits;
  return pun.value;
}

// @nn_infinity: positive infinity
nn_inlined double nn_infinity(void) { return nn_from_bits(0x7ff0000000000000ull); }

// @nn_nan: a quiet NaN
nn_inlined double nn_nan(void) { return nn_from_bits(0x7ff8000000000000ull); }

// @nn_choose: a where the condition holds, else b, by their bits: both are read in any case. Of short loops over what is read only where a
// condition holds gcc 12.2 makes wrong code for AVX, and what C merely computes first it moves back under the condition
nn_inlined double nn_choose(int condition, double a, double b) {
  const unsigned long long mask = 0ull - (condition != 0);
  return nn_from_bits((nn_bits(a) & mask) | (nn_bits(b) & ~mask));
}

// @nn_select: a where c is not 0, else b
nn_inlined double nn_select(double c, double a, double b) { return nn_choose(c != 0.0, a, b); }

// @nn_scale: x * 2^power for a power of -2044...2046, in two steps, so that overflow and denormal results round once
nn_inlined double nn_scale(double x, unsigned long long power) {
  unsigned long long half = ((power + 2048u) >> 1) - 1024u;
  return x * nn_from_bits((half + 1023u) << 52) * nn_from_bits((power - half + 1023u) << 52);
}

// @nn_reduced: x = power * ln 2 + high - low, the difference within ln 2 / 2 of zero; a negative power wraps round
typedef struct {
  double high, low;
  unsigned long long power;
} nn_reduced;

// @nn_reduce: the argument reduction of exp: adding 1.5 * 2^52 leaves the rounded quotient in the low bits
nn_inlined nn_reduced nn_reduce(double x) {
  double shifted = x * 1.4426950408889634 + 6755399441055744.0;
  double k = shifted - 6755399441055744.0;
  nn_reduced result;
  result.high = x - k * 0.6931471805598903;
  result.low = k * 5.497923018708371e-14;
  result.power = nn_bits(shifted) - 0x4338000000000000ull;
  return result;
}

// @nn_expm1_near_zero: exp(high - low) - 1 for a difference within ln 2 / 2 of zero
nn_inlined double nn_expm1_near_zero(double high, double low) {
  double r = high - low;
  double p = 2.092445346477976e-09;
  p = p * r + 2.5109111578653303e-08;
  p = p * r + 2.7557242741549813e-07;
  p = p * r + 2.755724400330484e-06;
  p = p * r + 2.4801587360548662e-05;
  p = p * r + 0.00019841269886323174;
  p = p * r + 0.001388888888886687;
  p = p * r + 0.008333333333321556;
  p = p * r + 0.0416666666666667;
  p = p * r + 0.16666666666666677;
  p = p * r + 0.5;
  return high + (r * r * p - low);
}

// @nn_exp: e^x
nn_inlined double nn_exp(double x) {
  double bounded = x > 710.0 ? 710.0 : x < -746.0 ? -746.0 : x;
  nn_reduced t = nn_reduce(bounded);
  return nn_scale(1.0 + nn_expm1_near_zero(t.high, t.low), t.power);
}

// @nn_expm1: e^x - 1, accurate near zero: (e^r - 1 + (1 - 2^-k)) * 2^k
nn_inlined double nn_expm1(double x) {
  double bounded = x > 710.0 ? 710.0 : x < -40.0 ? -40.0 : x;
  nn_reduced t = nn_reduce(bounded);
  double y = nn_scale(nn_expm1_near_zero(t.high, t.low) + (1.0 - nn_scale(1.0, 0u - t.power)), t.power);
  return x == 0.0 ? x : y;
}

// @nn_split: x = 2^power * (1 + fraction) with 1 + fraction in sqrt(1/2)...sqrt(2)
typedef struct {
  double fraction, power;
} nn_split;

// @nn_split_of: the argument reduction of log, for positive normal x
nn_inlined nn_split nn_split_of(double x) {
  unsigned long long raised = nn_bits(x) + (0x3ff0000000000000ull - 0x3fe6a09e667f3bcdull);
  nn_split result;
  result.power = (double)((int)(raised >> 52) - 1023);
  result.fraction = nn_from_bits((raised & 0x000fffffffffffffull) + 0x3fe6a09e667f3bcdull) - 1.0;
  return result;
}

// @nn_log_of_split: log(2^power * (1 + f)) + correction, by log(1 + f) = 2 atanh(s) with s = f / (2 + f)
nn_inlined double nn_log_of_split(nn_split x, double correction) {
  double f = x.fraction, s = f / (2.0 + f), z = s * s;
  double p = 0.13095556806177133;
  p = p * z + 0.13267908055168778;
  p = p * z + 0.15386272477356736;
  p = p * z + 0.18181795027552314;
  p = p * z + 0.2222222239755663;
  p = p * z + 0.2857142857077726;
  p = p * z + 0.40000000000000924;
  p = p * z + 0.6666666666666666;
  return x.power * 0.6931471805598903 + (f - (s * (f - z * p) - (x.power * 5.497923018708371e-14 + correction)));
}

// @nn_log: the natural logarithm
nn_inlined double nn_log(double x) {
  int denormal = x < 2.2250738585072014e-308;
  nn_split t = nn_split_of(denormal ? x * 4503599627370496.0 : x);
  t.power -= denormal ? 52.0 : 0.0;
  double y = nn_log_of_split(t, 0.0);
  y = x < nn_infinity() ? y : x;
  return x > 0.0 ? y : x == 0.0 ? -nn_infinity() : nn_nan();
}

// @nn_log1p: log(1 + x), accurate near zero: what rounding 1 + x has lost comes back as a correction
nn_inlined double nn_log1p(double x) {
  double u = 1.0 + x;
  double lost = x > 1.0 ? 1.0 - (u - x) : x - (u - 1.0);
  nn_split t = nn_split_of(u);
  int near_one = t.power == 0.0;
  t.fraction = near_one ? x : t.fraction;
  double y = nn_log_of_split(t, near_one ? 0.0 : lost / u);
  y = x < nn_infinity() ? y : x;
  y = x > -1.0 ? y : x == -1.0 ? -nn_infinity() : nn_nan();
  return x == 0.0 ? x : y;
}

// @nn_sigmoid: 1 / (1 + e^-x), without overflow; what rounding 1 + e has lost comes back as a correction
nn_inlined double nn_sigmoid(double x) {
  int positive = x > 0.0;
  double e = nn_exp(positive ? -x : x), sum = 1.0 + e, lost = e - (sum - 1.0);
  double y = (positive ? 1.0 : e) / sum;
  return y - y * (lost * (positive ? y : 1.0 - y));
}

// @nn_tanh: the hyperbolic tangent, by e^-2|x| - 1
nn_inlined double nn_tanh(double x) {
  double e = nn_expm1(x < 0.0 ? x + x : -x - x);
  double y = e / (2.0 + e);
  y = x < 0.0 ? y : -y;
  return x == 0.0 ? x : y;
}

// @nn_erf: the error function: a polynomial up to 1, 1 - exp(h(|x|)) above, where h = log(1 - erf) is nearly a parabola
nn_inlined double nn_erf(double x) {
  double z = x * x;
  double p = 5.960587992507018e-11;
  p = p * z - 1.1374896422004742e-09;
  p = p * z + 1.4660312891667109e-08;
  p = p * z - 1.6350393792227056e-07;
  p = p * z + 1.6461008240773284e-06;
  p = p * z - 1.4925595756886935e-05;
  p = p * z + 0.00012055331132296201;
  p = p * z - 0.0008548326981406771;
  p = p * z + 0.0052239776248280915;
  p = p * z - 0.02686617064507784;
  p = p * z + 0.11283791670954885;
  p = p * z - 0.3761263890318375;
  p = p * z + 0.1283791670955126;
  double t = x < 0.0 ? -x : x;
  double u = (t > 6.0 ? 6.0 : t) - 1.0;
  double h = 1.0492420056282746e-12;
  h = h * u - 2.9057199249801168e-11;
  h = h * u + 3.708489977468563e-10;
  h = h * u - 2.8807941963706256e-09;
  h = h * u + 1.4983568798620572e-08;
  h = h * u - 5.2257260896279125e-08;
  h = h * u + 9.803380639589613e-08;
  h = h * u + 1.4207611423880066e-07;
  h = h * u - 2.058792088058428e-06;
  h = h * u + 9.608004600013418e-06;
  h = h * u - 2.715850670191239e-05;
  h = h * u + 2.627757704932893e-05;
  h = h * u + 0.00023732258568146645;
  h = h * u - 0.001977902592876473;
  h = h * u + 0.010033825378286487;
  h = h * u - 0.041561098042167205;
  h = h * u - 0.8431072563586597;
  h = h * u - 2.6389675142347886;
  h = h * u - 1.8496055099332482;
  double far = 1.0 - nn_exp(h);
  return t < 1.0 ? x + x * p : x < 0.0 ? -far : far;
}

// @nn_floor: the largest whole number not above x: adding and subtracting 2^52 rounds, a comparison corrects
nn_inlined double nn_floor(double x) {
  double t = x < 0.0 ? -x : x;
  double rounded = (t + 4503599627370496.0) - 4503599627370496.0;
  double whole = x < 0.0 ? -rounded : rounded;
  whole = whole > x ? whole - 1.0 : whole;
  return ((t < 4503599627370496.0) & (x != 0.0)) ? whole : x;
}

// @nn_pair: a number in twice the precision, high + low
typedef struct {
  double high, low;
} nn_pair;

// @nn_exact_sum: a + b without loss, for |a| >= |b| or a = 0
nn_inlined nn_pair nn_exact_sum(double a, double b) {
  nn_pair sum;
  sum.high = a + b;
  sum.low = b - (sum.high - a);
  return sum;
}

// @nn_exact_product: a * b without loss, by splitting both into halves of 26 bits
nn_inlined nn_pair nn_exact_product(double a, double b) {
  double wide_a = a * 134217729.0, wide_b = b * 134217729.0;
  double high_a = wide_a - (wide_a - a), high_b = wide_b - (wide_b - b);
  double low_a = a - high_a, low_b = b - high_b;
  nn_pair product;
  product.high = a * b;
  product.low = ((high_a * high_b - product.high) + high_a * low_b + low_a * high_b) + low_a * low_b;
  return product;
}

// @nn_pair_product: a * b in twice the precision
nn_inlined nn_pair nn_pair_product(nn_pair a, nn_pair b) {
  nn_pair product = nn_exact_product(a.high, b.high);
  return nn_exact_sum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

// @nn_machine_sqrt: the machine's square root, where the compiler has one that never calls a library, not even to set errno
#if (defined(__arm__) && !(defined(__ARM_FP) && (__ARM_FP & 8))) || (defined(__riscv) && !(defined(__riscv_flen) && __riscv_flen >= 64))
#elif defined(__clang__)
#if __has_builtin(__builtin_elementwise_sqrt)
#define nn_machine_sqrt(x) __builtin_elementwise_sqrt(x)
#endif
#elif defined(__NO_MATH_ERRNO__) && defined(__OPTIMIZE__)
#define nn_machine_sqrt(x) __builtin_sqrt(x)
#endif

// @nn_sqrt: the square root, correctly rounded: the machine's, or by Newton's method for 1 / sqrt(x) and exact residuals; the last one tells
// whether a neighbour is nearer
nn_inlined double nn_sqrt(double x) {
#ifdef nn_machine_sqrt
  return nn_machine_sqrt(x);
#else
  int small = x < 1e-290, large = x > 1e290;
  double value = small ? x * 0x1p108 : large ? x * 0x1p-108 : x, half = 0.5 * value;
  double inverse = nn_from_bits(0x5fe6eb50c7b537a9ull - (nn_bits(value) >> 1));
  inverse = inverse * (1.5 - half * inverse * inverse);
  inverse = inverse * (1.5 - half * inverse * inverse);
  inverse = inverse * (1.5 - half * inverse * inverse);
  inverse = inverse * (1.5 - half * inverse * inverse);
  double root = value * inverse;
  root += (value - root * root) * (0.5 * inverse);
  nn_pair square = nn_exact_product(root, root);
  root += ((value - square.high) - square.low) * (0.5 * inverse);
  double below = nn_from_bits(nn_bits(root) - 1), above = nn_from_bits(nn_bits(root) + 1);
  square = nn_exact_product(root, root);
  double rest = (value - square.high) - square.low;
  root = rest + root * (root - below) <= 0.0 ? below : rest - root * (above - root) > 0.0 ? above : root;
  root = small ? root * 0x1p-54 : large ? root * 0x1p54 : root;
  return x > 0.0 ? (x < nn_infinity() ? root : x) : x == 0.0 ? x : nn_nan();
#endif
}

// @nn_sin_near_zero: sin(r) for |r| <= pi / 4
nn_inlined double nn_sin_near_zero(double r) {
  double z = r * r;
  double p = -7.578626252671002e-13;
  p = p * z + 1.605836521153521e-10;
  p = p * z - 2.5052104900717136e-08;
  p = p * z + 2.7557319214149697e-06;
  p = p * z - 0.0001984126984125499;
  p = p * z + 0.008333333333333323;
  p = p * z - 0.16666666666666666;
  return r + r * (z * p);
}

// @nn_cos_near_zero: cos(r) for |r| <= pi / 4
nn_inlined double nn_cos_near_zero(double r) {
  double z = r * r;
  double p = -1.1359473618701282e-11;
  p = p * z + 2.0875720059017756e-09;
  p = p * z - 2.7557314329758427e-07;
  p = p * z + 2.4801587289407256e-05;
  p = p * z - 0.0013888888888874008;
  p = p * z + 0.0416666666666666;
  return 1.0 - z * (0.5 - z * p);
}

// @nn_two_over_pi: the bits of 2 / pi, after 64 bits before the point
static const unsigned nn_two_over_pi[40] = {
  0x00000000u, 0x00000000u, 0xa2f9836eu, 0x4e441529u, 0xfc2757d1u, 0xf534ddc0u, 0xdb629599u, 0x3c439041u, 0xfe5163abu, 0xdebbc561u,
  0xb7246e3au, 0x424dd2e0u, 0x06492eeau, 0x09d1921cu, 0xfe1deb1cu, 0xb129a73eu, 0xe88235f5u, 0x2ebb4484u, 0xe99c7026u, 0xb45f7e41u,
  0x3991d639u, 0x835339f4u, 0x9c845f8bu, 0xbdf9283bu, 0x1ff897ffu, 0xde05980fu, 0xef2f118bu, 0x5a0a6d1fu, 0x6d367ecfu, 0x27cb09b7u,
  0x4f463f66u, 0x9e5fea2du, 0x7527bac7u, 0xebe5f17bu, 0x3d0739f7u, 0x8a5292eau, 0x6bfb5fb1u, 0x1f8d5d08u, 0x56033046u, 0xfc7b6babu};

// @nn_angle: x = quarters * pi / 2 + rest, the rest within pi / 4 of zero, the quarters modulo 4
typedef struct {
  double rest;
  unsigned quarters;
} nn_angle;

// @nn_window: 32 bits of 2 / pi, from the given bit on
nn_inlined unsigned long long nn_window(unsigned bit) {
  unsigned word = bit >> 5, shift = bit & 31u;
  unsigned long long pair = ((unsigned long long)nn_two_over_pi[word] << 32) | nn_two_over_pi[word + 1];
  return (pair >> (32u - shift)) & 0xffffffffull;
}

// @nn_angle_far: |x| >= pi / 4 of any size: the integer significand times those 192 bits of 2 / pi that matter modulo 4, in
// 32-bit digits, the most significant first; 62 bits of the first two are after the point
nn_inlined nn_angle nn_angle_far(double x) {
  unsigned long long bits = nn_bits(x), significand = (bits & 0x000fffffffffffffull) | 0x0010000000000000ull;
  unsigned long long low = significand & 0xffffffffull, high = significand >> 32, carry = 0u, digit[6], above = 0u;
  unsigned start = (unsigned)((bits >> 52) & 2047u) - 1013u;
  for (int i = 5; i >= 0; --i) {
    unsigned long long window = nn_window(start + 32u * (unsigned)i), a = low * window, b = high * above;
    unsigned long long sum = (a & 0xffffffffull) + (b & 0xffffffffull) + carry;
    digit[i] = sum & 0xffffffffull;
    carry = (sum >> 32) + (a >> 32) + (b >> 32);
    above = window;
  }
  unsigned quarters = (unsigned)((digit[0] + 0x20000000u) >> 30);
  int past = (digit[0] & 0x20000000u) != 0u, negative = (bits >> 63) != 0u;
  digit[0] &= 0x3fffffffu;
  double rest = 0.0;
  carry = past ? 1u : 0u;
  for (int i = 5; i >= 0; --i) {
    unsigned long long flipped = (past ? digit[i] ^ (i == 0 ? 0x3fffffffull : 0xffffffffull) : digit[i]) + carry;
    carry = flipped >> 32;
    rest = rest * 2.3283064365386963e-10 + (double)(long long)(flipped & 0xffffffffull);
  }
  rest *= 1.4629180792671596e-09;
  nn_angle result;
  result.rest = past != negative ? -rest : rest;
  result.quarters = negative ? 0u - quarters : quarters;
  return result;
}

// @nn_is_far: whether x is so large (1e5), or no number, that its angle is found bit by bit
nn_inlined int nn_is_far(double x) { return (nn_bits(x) & 0x7fffffffffffffffull) >= 0x40f86a0000000000ull; }

// @nn_angle_near: the angle of what is not far: pi / 2 in three parts, of which the first has so few bits that its multiples are exact
nn_inlined nn_angle nn_angle_near(double x) {
  double shifted = x * 0.6366197723675814 + 6755399441055744.0;
  double k = shifted - 6755399441055744.0;
  nn_angle result;
  result.rest = ((x - k * 1.5707963267341256) - k * 6.077100506303966e-11) - k * 2.0222662487959506e-21;
  result.quarters = (unsigned)(nn_bits(shifted) & 3u);
  return result;
}

// @nn_wave: the sine of an angle that has been reduced; which of the curves it is on is chosen by bits, since no processor foresees it
nn_inlined double nn_wave(nn_angle angle) {
  double y = nn_choose((angle.quarters & 1u) != 0u, nn_cos_near_zero(angle.rest), nn_sin_near_zero(angle.rest));
  return nn_from_bits(nn_bits(y) ^ ((unsigned long long)(angle.quarters & 2u) << 62));
}

// @nn_sin_near: the sine of what is not far
nn_inlined double nn_sin_near(double x) {
  double y = nn_wave(nn_angle_near(x));
  return x == 0.0 ? x : y;
}

// @nn_cos_near: the cosine of what is not far
nn_inlined double nn_cos_near(double x) {
  nn_angle angle = nn_angle_near(x);
  angle.quarters += 1u;
  return nn_wave(angle);
}

// @nn_wave_far: the sine of a number from so many quarters of a turn on
nn_apart static double nn_wave_far(double x, unsigned quarters) {
  nn_angle angle = nn_angle_far(x);
  angle.quarters += quarters;
  double y = nn_wave(angle);
  return (x < 0.0 ? -x : x) < nn_infinity() ? y : nn_nan();
}

// @nn_sin: the sine
nn_inlined double nn_sin(double x) { return nn_is_far(x) ? nn_wave_far(x, 0u) : nn_sin_near(x); }

// @nn_cos: the cosine
nn_inlined double nn_cos(double x) { return nn_is_far(x) ? nn_wave_far(x, 1u) : nn_cos_near(x); }

// @nn_log2_of_magnitude: log2 |x| in twice the precision; the caller treats 0, infinity and NaN
nn_inlined nn_pair nn_log2_of_magnitude(double x) {
  double size = x < 0.0 ? -x : x;
  int denormal = size < 2.2250738585072014e-308;
  nn_split t = nn_split_of(denormal ? size * 4503599627370496.0 : size);
  double power = t.power - (denormal ? 52.0 : 0.0), f = t.fraction, sum = 2.0 + f;
  nn_pair s, log2e = {1.4426950408889634, 2.0355273740931033e-17}, two_thirds = {0.6666666666666666, 3.700743415417188e-17};
  s.high = f / sum;
  nn_pair whole = nn_exact_product(s.high, sum);
  s.low = ((f - whole.high) - whole.low - s.high * (f - (sum - 2.0))) / sum;
  nn_pair z = nn_pair_product(s, s), cube = nn_pair_product(s, z);
  double p = 0.11731149942380953;
  p = p * z.high + 0.11705463966685403;
  p = p * z.high + 0.13334833965148807;
  p = p * z.high + 0.15384594415222133;
  p = p * z.high + 0.18181818340614953;
  p = p * z.high + 0.2222222222163232;
  p = p * z.high + 0.2857142857142941;
  p = p * z.high + 0.4;
  nn_pair third = nn_pair_product(cube, two_thirds);
  nn_pair head = nn_exact_sum(2.0 * s.high, third.high);
  head.low += 2.0 * s.low + third.low + cube.high * z.high * p;
  nn_pair log2 = nn_pair_product(nn_exact_sum(head.high, head.low), log2e);
  nn_pair total = nn_exact_sum(power, log2.high);
  return nn_exact_sum(total.high, total.low + log2.low);
}

// @nn_pow_of_logarithm: 2^(y * log2), for finite arguments
nn_inlined double nn_pow_of_logarithm(double y, nn_pair log2) {
  double bounded = y > 1e22 ? 1e22 : y < -1e22 ? -1e22 : y;
  nn_pair product = nn_exact_product(bounded, log2.high);
  product.low += bounded * log2.low;
  double high = product.high > 1100.0 ? 1100.0 : product.high < -1100.0 ? -1100.0 : product.high;
  double shifted = high + 6755399441055744.0;
  double low = high == product.high ? product.low : 0.0;
  double rest = (high - (shifted - 6755399441055744.0)) + low;
  return nn_scale(1.0 + nn_expm1_near_zero(rest * 0.6931471805599453, 0.0), nn_bits(shifted) - 0x4338000000000000ull);
}

// @nn_pow: x^y with the special values of C's pow
nn_inlined double nn_pow(double x, double y) {
  double size = x < 0.0 ? -x : x, infinity = nn_infinity();
  int endless = (size == 0.0) | !(size < infinity), up = (size > 1.0) == (y > 0.0);
  double power = nn_pow_of_logarithm(y, nn_log2_of_magnitude(x));
  power = (endless | !((y < infinity) & (y > -infinity))) ? (up ? infinity : 0.0) : power;
  power = size == 1.0 ? 1.0 : power;
  int whole = nn_floor(y) == y, odd = whole & (nn_floor(0.5 * y) != 0.5 * y), negative = (nn_bits(x) >> 63) != 0u;
  power = (negative & odd) ? -power : power;
  power = ((x < 0.0) & !whole & (size < infinity)) ? nn_nan() : power;
  power = ((x != x) | (y != y)) ? nn_nan() : power;
  return ((x == 1.0) | (y == 0.0)) ? 1.0 : power;
}

// @nn_fraction: 53 random bits as a number in 0..<1
nn_inlined double nn_fraction(unsigned high, unsigned low) {
  return ((double)(int)(high >> 5) * 67108864.0 + (double)(int)(low >> 6)) * 1.1102230246251565e-16;
}

// @nn_cos_turns: cos(2 pi t) for t in 0..<1
nn_inlined double nn_cos_turns(double t) {
  double quarters = nn_floor(4.0 * t + 0.5);
  double r = (4.0 * t - quarters) * 1.5707963267948966;
  unsigned turned = (unsigned)(int)quarters + 1u;
  double y = (turned & 1u) != 0u ? nn_cos_near_zero(r) : nn_sin_near_zero(r);
  return (turned & 2u) != 0u ? -y : y;
}
