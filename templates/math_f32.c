// Elementary functions in single precision, within 2 units in the last place over the whole range, special values exact.
// Straight-line code: a compiler turns a loop over any of them into vector instructions. Polynomials and argument reductions are fused
// where products of matrices are, sums and products elsewhere round on their own.
// The polynomials are minimax fits of our own, relative to the function computed.
#ifndef NNCC
#include "arithmetic.c"
#endif

// @nn_fuses: 1 where functions round products and sums once: where one instruction does so, on x86-64 with FMA and on arm64. Programs in integers,
// which come to the same bytes everywhere, say 0
#ifndef nn_fuses
#if defined(__clang__) && (nn_vector_bytes > 16 || defined(__FMA__) || defined(__aarch64__))
#define nn_fuses 1
#elif defined(__FP_FAST_FMAF) && (defined(__FMA__) || defined(__aarch64__))
#define nn_fuses 1
#else
#define nn_fuses 0
#endif
#endif

// @nn_fused: a * b + c, rounded once where functions are fused, and never by a library
nn_inlined float nn_fused(float a, float b, float c) {
#if nn_fuses && defined(__clang__)
#pragma STDC FP_CONTRACT ON
  return a * b + c;
#elif nn_fuses
  return __builtin_fmaf(a, b, c);
#else
  return a * b + c;
#endif
}

// @nn_fused_rest: c - a * b, rounded so
nn_inlined float nn_fused_rest(float a, float b, float c) {
#if nn_fuses && defined(__clang__)
#pragma STDC FP_CONTRACT ON
  return c - a * b;
#elif nn_fuses
  return __builtin_fmaf(-a, b, c);
#else
  return c - a * b;
#endif
}

// @nn_bits: the bits of a float
nn_inlined unsigned nn_bits(float x) {
  union {
    float value;
    unsigned bits;
  } pun;
  pun.value = x;
  return pun.bits;
}

// @nn_from_bits: the float with these bits
nn_inlined float nn_from_bits(unsigned bits) {
  union {
    unsigned bits;
    float value;
  } pun;
  pun.bits = bits;
  return pun.value;
}

// @nn_infinity: positive infinity
nn_inlined float nn_infinity(void) { return nn_from_bits(0x7f800000u); }

// @nn_nan: a quiet NaN
nn_inlined float nn_nan(void) { return nn_from_bits(0x7fc00000u); }

// @nn_choose: a where the condition holds, else b, by their bits: both are read in any case. Of short loops over what is read only where a
// condition holds gcc 12.2 makes wrong code for AVX, and what C merely computes first it moves back under the condition
nn_inlined float nn_choose(int condition, float a, float b) {
  const unsigned mask = 0u - (condition != 0);
  return nn_from_bits((nn_bits(a) & mask) | (nn_bits(b) & ~mask));
}

// @nn_select: a where c is not 0, else b
nn_inlined float nn_select(float c, float a, float b) { return nn_choose(c != 0.0f, a, b); }

// @nn_scale: x * 2^power for a power of -252...254, in two steps, so that overflow and denormal results round once
nn_inlined float nn_scale(float x, unsigned power) {
  unsigned half = ((power + 256u) >> 1) - 128u;
  return x * nn_from_bits((half + 127u) << 23) * nn_from_bits((power - half + 127u) << 23);
}

// @nn_reduced: x = power * ln 2 + rest, the rest within ln 2 / 2 of zero and known to more digits than a float has: it is high - whole * 1.43e-6,
// where whole is the power as a float; a negative power wraps round
typedef struct {
  float high, whole;
  unsigned power;
} nn_reduced;

// @nn_reduce: the argument reduction of exp: adding 1.5 * 2^23 leaves the rounded quotient in the low bits
nn_inlined nn_reduced nn_reduce(float x) {
  float shifted = nn_fused(x, 1.44269504f, 12582912.0f);
  nn_reduced result;
  result.whole = shifted - 12582912.0f;
  result.high = nn_fused(result.whole, -0.693145752f, x);
  result.power = nn_bits(shifted) - 0x4b400000u;
  return result;
}

// @nn_at_most: x, which is not negative, or the limit if it lies beyond; the limit for NaN. Bounds compare bits, for which there is one instruction,
// where gcc 12 takes two to four for those of a float
nn_inlined float nn_at_most(float limit, float x) {
  const unsigned a = nn_bits(limit), b = nn_bits(x);
  return nn_from_bits(a < b ? a : b);
}

// @nn_within: x, or the bound that it lies beyond, of which low is negative and high is not; a bound for NaN
nn_inlined float nn_within(float low, float high, float x) {
  const int a = (int)nn_bits(high), b = (int)nn_bits(x);
  const unsigned c = nn_bits(low), d = (unsigned)(a < b ? a : b);
  return nn_from_bits(c < d ? c : d);
}

// @nn_or_nan: y, or x where that is NaN
nn_inlined float nn_or_nan(float x, float y) { return nn_choose(x != x, x, y); }

// @nn_less_low: value - (whole * ln 2 - whole * 0.693145752): high becomes the rest by it
nn_inlined float nn_less_low(nn_reduced t, float value) { return nn_fused(t.whole, -1.42860677e-06f, value); }

// @nn_exp_curve: (e^r - 1 - r) / r^2 within ln 2 / 2 of zero
nn_inlined float nn_exp_curve(float r) {
  float p = nn_fused(0.001381432f, r, 0.008368851f);
  p = nn_fused(p, r, 0.0416684f);
  p = nn_fused(p, r, 0.1666652f);
  return nn_fused(p, r, 0.49999994f);
}

// @nn_expm1_of_rest: e^rest - 1
nn_inlined float nn_expm1_of_rest(nn_reduced t) {
  float r = nn_less_low(t, t.high);
  return t.high + nn_less_low(t, r * r * nn_exp_curve(r));
}

// @nn_exp: e^x
nn_inlined float nn_exp(float x) {
  nn_reduced t = nn_reduce(nn_within(-104.0f, 89.0f, x));
  return nn_or_nan(x, nn_scale(1.0f + nn_expm1_of_rest(t), t.power));
}

// @nn_raised: e^x = power * (1 + more), where the power is neither denormal nor beyond what a float holds
typedef struct {
  float power, more;
} nn_raised;

// @nn_raise: 2^raise * e^x in two parts
nn_inlined nn_raised nn_raise(float x, unsigned raise) {
  nn_reduced t = nn_reduce(x);
  float r = nn_less_low(t, t.high);
  nn_raised e;
  e.power = nn_from_bits((t.power + 127u + raise) << 23);
  e.more = nn_fused(r * r, nn_exp_curve(r), r);
  return e;
}

// @nn_add_raised: a + e in two roundings: the product with a power of two has none
nn_inlined float nn_add_raised(float a, nn_raised e) { return nn_fused(e.power, e.more, a) + e.power; }

// @nn_expm1: e^x - 1, accurate near zero: (e^r - 1 + (1 - 2^-k)) * 2^k
nn_inlined float nn_expm1(float x) {
  nn_reduced t = nn_reduce(nn_within(-20.0f, 89.0f, x));
  float y = nn_scale(nn_expm1_of_rest(t) + (1.0f - nn_scale(1.0f, 0u - t.power)), t.power);
  return nn_choose((x == 0.0f) | (x != x), x, y);
}

// @nn_split: x = 2^power * (1 + fraction) with 1 + fraction in sqrt(1/2)...sqrt(2)
typedef struct {
  float fraction, power;
} nn_split;

// @nn_split_of: the argument reduction of log, for positive normal x
nn_inlined nn_split nn_split_of(float x) {
  unsigned raised = nn_bits(x) + (0x3f800000u - 0x3f3504f3u);
  nn_split result;
  result.power = (float)((int)(raised >> 23) - 127);
  result.fraction = nn_from_bits((raised & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
  return result;
}

// @nn_log_of_split: log(2^power * (1 + f)) - excess, by log(1 + f) = 2 atanh(s) with s = f / (2 + f)
nn_inlined float nn_log_of_split(nn_split x, float excess) {
  float f = x.fraction, s = f / (2.0f + f), z = s * s;
  float p = nn_fused(0.233385101f, z, 0.285505116f);
  p = nn_fused(p, z, 0.400001258f);
  p = nn_fused(p, z, 0.666666687f);
  float rest = f - nn_fused(s, nn_fused_rest(z, p, f), nn_fused(x.power, -1.42860677e-06f, excess));
  return nn_fused(x.power, 0.693145752f, rest);
}

// @nn_log: the natural logarithm
nn_inlined float nn_log(float x) {
  int denormal = x < 1.17549435e-38f;
  nn_split t = nn_split_of(denormal ? x * 8388608.0f : x);
  t.power -= denormal ? 23.0f : 0.0f;
  float y = nn_log_of_split(t, 0.0f);
  y = x < nn_infinity() ? y : x;
  return x > 0.0f ? y : x == 0.0f ? -nn_infinity() : nn_nan();
}

// @nn_log1p: log(1 + x), accurate near zero: what rounding 1 + x has added is subtracted again
nn_inlined float nn_log1p(float x) {
  float u = 1.0f + x;
  float excess = x > 1.0f ? (u - x) - 1.0f : (u - 1.0f) - x;
  nn_split t = nn_split_of(u);
  int near_one = t.power == 0.0f;
  t.fraction = near_one ? x : t.fraction;
  float y = nn_log_of_split(t, near_one ? 0.0f : excess / u);
  y = x < nn_infinity() ? y : x;
  y = x > -1.0f ? y : x == -1.0f ? -nn_infinity() : nn_nan();
  return x == 0.0f ? x : y;
}

// @nn_sigmoid: 1 / (1 + e^-x), with all but the result times 2^-64, so that nothing overflows. Below -104 it is 0, above 18 it is 1. A NaN changes its
// sign, as it does where the bounds let it pass
nn_inlined float nn_sigmoid(float x) {
  const float one = 5.42101086e-20f;
  return nn_or_nan(-x, one / nn_add_raised(one, nn_raise(-nn_within(-104.0f, 18.0f, x), 0u - 64u)));
}

// @nn_tanh: the hyperbolic tangent: a polynomial near zero, 1 - 2 / (e^2x + 1) elsewhere, with the sign of x
nn_inlined float nn_tanh(float x) {
  float t = nn_from_bits(nn_bits(x) & 0x7fffffffu), z = t * t;
  float p = nn_fused(-0.00571498089f, z, 0.020648811f);
  p = nn_fused(p, z, -0.0537429713f);
  p = nn_fused(p, z, 0.133314848f);
  p = nn_fused(p, z, -0.333332837f);
  float bounded = nn_at_most(10.0f, t);
  float far = 1.0f - 2.0f / nn_add_raised(1.0f, nn_raise(bounded + bounded, 0u));
  float near = nn_fused(t, z * p, t);
  return nn_from_bits(nn_bits(t >= 0.625f ? far : near) | (nn_bits(x) & 0x80000000u));
}

// @nn_erf: the error function: a polynomial near zero, 1 - exp(h(|x|)) elsewhere, where h = log(1 - erf) is nearly a parabola, with the sign of x.
// Terms go in pairs, so that few wait for each other
nn_inlined float nn_erf(float x) {
  float t = nn_from_bits(nn_bits(x) & 0x7fffffffu), z = t * t, zz = z * z;
  float p = nn_fused(nn_fused(8.39700951e-05f, z, -0.000814961619f), zz, nn_fused(0.00520169875f, z, -0.0268596951f));
  p = nn_fused(p, zz, nn_fused(0.112837017f, z, -0.376126349f));
  p = nn_fused(p, z, 0.128379166f);
  float u = nn_at_most(4.1f, t) - 1.0f, uu = u * u;
  float h = nn_fused(nn_fused(-2.10501275e-05f, u, 0.000286590279f), uu, nn_fused(-0.0020069317f, u, 0.0100424504f));
  float slope = nn_fused(-2.63896751f, u, -1.84960556f);
  h = nn_fused(h, uu * uu, nn_fused(nn_fused(-0.0415619873f, u, -0.843107283f), uu, slope));
  nn_raised e = nn_raise(h, 0u);
  float far = nn_fused_rest(e.power, e.more, 1.0f - e.power), near = nn_fused(t, p, t);
  return nn_from_bits(nn_bits(t >= 0.92f ? far : near) | (nn_bits(x) & 0x80000000u));
}

// @nn_floor: the largest whole number not above x: adding and subtracting 2^23 rounds, a comparison corrects
nn_inlined float nn_floor(float x) {
  float t = x < 0.0f ? -x : x;
  float rounded = (t + 8388608.0f) - 8388608.0f;
  float whole = x < 0.0f ? -rounded : rounded;
  whole = whole > x ? whole - 1.0f : whole;
  return ((t < 8388608.0f) & (x != 0.0f)) ? whole : x;
}

// @nn_machine_sqrt: the machine's square root, where the compiler has one that never calls a library, not even to set errno
#if (defined(__arm__) && !(defined(__ARM_FP) && (__ARM_FP & 4))) || (defined(__riscv) && !(defined(__riscv_flen) && __riscv_flen >= 32))
#elif defined(__clang__)
#if __has_builtin(__builtin_elementwise_sqrt)
#define nn_machine_sqrt(x) __builtin_elementwise_sqrt(x)
#endif
#elif defined(__NO_MATH_ERRNO__) && defined(__OPTIMIZE__)
#define nn_machine_sqrt(x) __builtin_sqrtf(x)
#endif

// @nn_sqrt: the square root, correctly rounded: the machine's, or by Newton's method for 1 / sqrt(x) in double precision
nn_inlined float nn_sqrt(float x) {
#ifdef nn_machine_sqrt
  return nn_machine_sqrt(x);
#else
  union {
    double value;
    unsigned long long bits;
  } pun;
  double value = x, half = 0.5 * value;
  pun.value = value;
  pun.bits = 0x5fe6eb50c7b537a9ull - (pun.bits >> 1);
  double inverse = pun.value;
  inverse = inverse * (1.5 - half * inverse * inverse);
  inverse = inverse * (1.5 - half * inverse * inverse);
  inverse = inverse * (1.5 - half * inverse * inverse);
  inverse = inverse * (1.5 - half * inverse * inverse);
  double root = value * inverse;
  float y = (float)(root + (value - root * root) * (0.5 * inverse));
  return x > 0.0f ? (x < nn_infinity() ? y : x) : x == 0.0f ? x : nn_nan();
#endif
}

// @nn_sin_near_zero: sin(r) for |r| <= pi / 4
nn_inlined double nn_sin_near_zero(double r) {
  double z = r * r;
  double p = 2.718282743680918e-06;
  p = p * z - 0.0001983933215928212;
  p = p * z + 0.008333329378315957;
  p = p * z - 0.16666666641557706;
  return r * (1.0 + z * p);
}

// @nn_cos_near_zero: cos(r) for |r| <= pi / 4
nn_inlined double nn_cos_near_zero(double r) {
  double z = r * r;
  double p = -2.7209715519782074e-07;
  p = p * z + 2.4799513859192926e-05;
  p = p * z - 0.001388888373133376;
  p = p * z + 0.04166666662260536;
  return 1.0 - z * (0.5 - z * p);
}

// @nn_two_over_pi: the bits of 2 / pi, after 32 bits before the point
static const unsigned nn_two_over_pi[8] = {
  0x00000000u, 0xa2f9836eu, 0x4e441529u, 0xfc2757d1u, 0xf534ddc0u, 0xdb629599u, 0x3c439041u, 0xfe5163abu};

// @nn_angle: x = quarters * pi / 2 + rest, the rest within pi / 4 of zero, the quarters modulo 4
typedef struct {
  double rest;
  unsigned quarters;
} nn_angle;

// @nn_window: 32 bits of 2 / pi, from the given bit on
nn_inlined unsigned nn_window(unsigned bit) {
  unsigned word = bit >> 5, shift = bit & 31u;
  unsigned long long pair = ((unsigned long long)nn_two_over_pi[word] << 32) | nn_two_over_pi[word + 1];
  return (unsigned)(pair >> (32u - shift));
}

// @nn_angle_far: |x| >= pi / 4 of any size: the integer significand times those 96 bits of 2 / pi that matter modulo 4, in fixed
// point with 62 bits after the point
nn_inlined nn_angle nn_angle_far(float x) {
  unsigned bits = nn_bits(x), bit = ((bits >> 23) & 255u) - 120u;
  unsigned long long significand = (bits & 0x007fffffu) | 0x00800000u;
  unsigned long long turns = (significand * nn_window(bit)) << 32;
  turns += significand * nn_window(bit + 32u);
  turns += (significand * nn_window(bit + 64u)) >> 32;
  unsigned quarters = (unsigned)((turns + (1ull << 61)) >> 62);
  unsigned long long fraction = turns - ((unsigned long long)quarters << 62);
  double high = (double)(int)(unsigned)(fraction >> 32), low = (double)(int)((unsigned)fraction >> 1);
  double rest = (high * 4294967296.0 + low * 2.0) * 3.4061215800865545e-19;
  int negative = (bits >> 31) != 0u;
  nn_angle result;
  result.rest = negative ? -rest : rest;
  result.quarters = negative ? 0u - quarters : quarters;
  return result;
}

// @nn_wave: the sine of an angle that has been reduced; which of the curves it is on is chosen by bits, since no processor foresees it
nn_inlined float nn_wave(nn_angle angle) {
  union {
    double value;
    unsigned long long bits;
  } sine, cosine;
  const unsigned long long turned = 0ull - (angle.quarters & 1u);
  sine.value = nn_sin_near_zero(angle.rest);
  cosine.value = nn_cos_near_zero(angle.rest);
  sine.bits = ((sine.bits & ~turned) | (cosine.bits & turned)) ^ ((unsigned long long)(angle.quarters & 2u) << 62);
  return (float)sine.value;
}

// @nn_is_far: whether x is so large (2^20), or no number, that its angle is found bit by bit
nn_inlined int nn_is_far(float x) { return (nn_bits(x) & 0x7fffffffu) >= 0x49800000u; }

// @nn_angle_near: the angle of what is not far: pi / 2 in two parts, of which the first has so few bits that its multiples are exact
nn_inlined nn_angle nn_angle_near(float x) {
  union {
    double value;
    unsigned long long bits;
  } turns;
  turns.value = x * 0.6366197723675814 + 6755399441055744.0;
  double quarters = turns.value - 6755399441055744.0;
  nn_angle result;
  result.rest = x - quarters * 1.5707963267341256 - quarters * 6.077100506506192e-11;
  result.quarters = (unsigned)turns.bits;
  return result;
}

// @nn_sin_near: the sine of what is not far
nn_inlined float nn_sin_near(float x) { return nn_wave(nn_angle_near(x)); }

// @nn_cos_near: the cosine of what is not far
nn_inlined float nn_cos_near(float x) {
  nn_angle angle = nn_angle_near(x);
  angle.quarters += 1u;
  return nn_wave(angle);
}

// @nn_wave_far: the sine of a number from so many quarters of a turn on
nn_apart static float nn_wave_far(float x, unsigned quarters) {
  nn_angle angle = nn_angle_far(x);
  angle.quarters += quarters;
  float y = nn_wave(angle);
  return (x < 0.0f ? -x : x) < nn_infinity() ? y : nn_nan();
}

// @nn_sin: the sine
nn_inlined float nn_sin(float x) { return nn_is_far(x) ? nn_wave_far(x, 0u) : nn_sin_near(x); }

// @nn_cos: the cosine
nn_inlined float nn_cos(float x) { return nn_is_far(x) ? nn_wave_far(x, 1u) : nn_cos_near(x); }

// @nn_log2_of_magnitude: log2 |x| in double precision, good to 40 bits; the caller treats 0, infinity and NaN
nn_inlined double nn_log2_of_magnitude(float x) {
  union {
    double value;
    unsigned long long bits;
  } pun;
  pun.value = x;
  unsigned long long raised = (pun.bits & 0x7fffffffffffffffull) + (0x3ff0000000000000ull - 0x3fe6a09e667f3bcdull);
  double power = (double)((int)(raised >> 52) - 1023);
  pun.bits = (raised & 0x000fffffffffffffull) + 0x3fe6a09e667f3bcdull;
  double f = pun.value - 1.0, s = f / (2.0 + f), z = s * s;
  double p = 0.19371043607726376;
  p = p * z + 0.22190955868046444;
  p = p * z + 0.28571761815840646;
  p = p * z + 0.3999999875984772;
  p = p * z + 0.6666666666740461;
  return power + (2.0 * s + s * (z * p)) * 1.4426950408889634;
}

// @nn_exp2_to_single: 2^x rounded to single precision
nn_inlined float nn_exp2_to_single(double x) {
  double bounded = x > 200.0 ? 200.0 : x < -200.0 ? -200.0 : x;
  double shifted = bounded + 6755399441055744.0;
  double f = bounded - (shifted - 6755399441055744.0);
  double p = 1.5315246512582182e-05;
  p = p * f + 0.00015467360672202356;
  p = p * f + 0.0013333429465384918;
  p = p * f + 0.00961803618304845;
  p = p * f + 0.055504109641608915;
  p = p * f + 0.24022651080326826;
  p = p * f + 0.6931471805413656;
  union {
    double value;
    unsigned long long bits;
  } power;
  power.value = shifted;
  power.bits = (power.bits + 1023ull) << 52;
  return (float)((1.0 + f * p) * power.value);
}

// @nn_pow: x^y with the special values of C's pow
nn_inlined float nn_pow(float x, float y) {
  float size = x < 0.0f ? -x : x, infinity = nn_infinity();
  double exponent = size == 0.0f ? -(double)infinity : size < infinity ? nn_log2_of_magnitude(x) : (double)size;
  float power = size == 1.0f ? 1.0f : nn_exp2_to_single((double)y * exponent);
  int whole = nn_floor(y) == y, odd = whole & (nn_floor(0.5f * y) != 0.5f * y), negative = (nn_bits(x) >> 31) != 0u;
  power = negative & odd ? -power : power;
  power = ((x < 0.0f) & !whole & (size < infinity)) ? nn_nan() : power;
  power = ((x != x) | (y != y)) ? nn_nan() : power;
  return ((x == 1.0f) | (y == 0.0f)) ? 1.0f : power;
}

// @nn_fraction: 24 random bits as a number in 0..<1
nn_inlined float nn_fraction(unsigned high, unsigned low) {
  (void)low;
  return (float)(int)(high >> 8) * 5.96046448e-08f;
}

// @nn_cos_turns: cos(2 pi t) for t in 0..<1
nn_inlined float nn_cos_turns(float t) {
  float quarters = nn_floor(4.0f * t + 0.5f);
  float r = (4.0f * t - quarters) * 1.57079633f, z = r * r;
  float s = r + r * (z * ((-0.000195163247f * z + 0.00833217019f) * z - 0.166666548f));
  float c = 1.0f - z * (0.5f - z * ((2.44385771e-05f * z - 0.00138873694f) * z + 0.0416666469f));
  unsigned turned = (unsigned)(int)quarters + 1u;
  float y = (turned & 1u) != 0u ? c : s;
  return (turned & 2u) != 0u ? -y : y;
}
