// Reductions and random numbers against the order and the definition that the templates promise, bit for bit.
#include "kernels.h"

static real larger(real a, real b) { return a != a ? a : b != b ? b : a > b ? a : b; }

// Blocks of 1,024 columns, 16 lanes, a binary tree.
static real sum_in_order(const real *a, long step, long cols) {
  real total = 0;
  for (long start = 0; start < cols; start += 1024) {
    real lane[16] = {0};
    for (long c = start; c < cols && c < start + 1024; ++c) lane[c % 16] += a[c * step];
    for (int half = 8; half > 0; half /= 2)
      for (int j = 0; j < half; ++j) lane[j] += lane[j + half];
    total += lane[0];
  }
  return total;
}

// The largest of sign * x by the same lanes and tree: of zeros of both signs it is the one that comes later in the tree.
static real extreme_in_order(const real *a, long step, long cols, real sign) {
  real lane[16];
  for (int j = 0; j < 16; ++j) lane[j] = (real)-INFINITY;
  for (long c = 0; c < cols; ++c) {
    real x = sign * a[c * step];
    if (x != x) return x;
    lane[c % 16] = x > lane[c % 16] ? x : lane[c % 16];
  }
  for (int half = 8; half > 0; half /= 2)
    for (int j = 0; j < half; ++j) lane[j] = lane[j] > lane[j + half] ? lane[j] : lane[j + half];
  return lane[0];
}

static real row_result(int which, real before, const real *a, long step, long cols) {
  if (which == 0) return before + sum_in_order(a, step, cols);
  if (which == 1) return larger(before, extreme_in_order(a, step, cols, 1));
  if (which == 2) return -larger(-before, extreme_in_order(a, step, cols, -1));
  real best = a[0];
  long at = 0;
  for (long c = 0; c < cols; ++c) {
    real x = a[c * step];
    if (best == best && (x > best || x != x)) best = x, at = c;
  }
  return (real)at;
}

static real col_result(int which, real before, const real *a, long step, long rows) {
  for (long r = 0; r < rows; ++r) {
    real x = a[r * step];
    before = which == 4 ? before + x : which == 5 ? larger(before, x) : -larger(-before, -x);
  }
  return before;
}

enum { PLAIN, WITH_NAN, ALL_MINUS_ZERO, ZEROS, ALL_MINUS_INFINITY, INFINITIES, FILLS };

static void fill(real *p, long count, int how) {
  static const real odd[FILLS][2] = {
    [ALL_MINUS_ZERO] = {(real)-0.0, (real)-0.0}, [ZEROS] = {0, (real)-0.0}, [ALL_MINUS_INFINITY] = {(real)-INFINITY, (real)-INFINITY}};
  fill_randomly(p, count);
  if (how == WITH_NAN) {
    for (long i = 0; i < count; i += count / 3 + 1) p[i] = i % 2 ? (real)NAN : (real)INFINITY;
  } else if (how == INFINITIES) {
    // A sum of them is NaN, though no number is.
    for (long i = 0; i < count; i += 1 + (long)(random_bits() % 8)) p[i] = random_bits() % 2 ? (real)INFINITY : (real)-INFINITY;
  } else if (how != PLAIN) {
    for (long i = 0; i < count; ++i) p[i] = odd[how][random_bits() % 2];
  }
}

static void test_reduction(const char *isa, int which, int transposed, int how, long rows, long cols) {
  long gap = how == WITH_NAN ? 3 : 0, row = transposed ? 1 : cols + gap, col = transposed ? rows + gap : 1;
  long count = (rows - 1) * row + (cols - 1) * col + 1, results = which < 4 ? rows : cols;
  real *a = room(1, count), *o = room(0, results), *before = room(2, results);
  fill(a, count, how);
  fill(before, results, how == ALL_MINUS_ZERO || how == ZEROS ? how : PLAIN);
  memcpy(o, before, sizeof(real) * (size_t)results);
  ((reduce_kernel *)kernel(isa, reduce_names[which]))(o, a, row, col, rows, cols);
  int good = 1;
  for (long i = 0; i < results; ++i)
    good &= same_bits(o[i], which < 4 ? row_result(which, before[i], a + i * row, col, cols)
                                      : col_result(which, before[i], a + i * col, row, rows));
  check(good, reduce_names[which], isa, rows, cols, transposed * 10 + how);
}

typedef struct {
  uint32_t a, b;
} words;

// Threefry-2x32-20 as its authors define it.
static words threefry(uint32_t k0, uint32_t k1, uint32_t x0, uint32_t x1) {
  static const int turns[] = {13, 15, 26, 6, 17, 29, 16, 24};
  uint32_t key[3] = {k0, k1, 0x1bd11bdau ^ k0 ^ k1};
  x0 += k0, x1 += k1;
  for (int i = 0; i < 20; ++i) {
    int t = turns[i % 8];
    x0 += x1, x1 = ((x1 << t) | (x1 >> (32 - t))) ^ x0;
    if (i % 4 == 3) x0 += key[(i / 4 + 1) % 3], x1 += key[(i / 4 + 2) % 3] + (uint32_t)i / 4 + 1;
  }
  return (words){x0, x1};
}

static double fraction(words x) { return SINGLE ? (x.a >> 8) * 0x1p-24 : (double)(((uint64_t)(x.a >> 5) << 26) | (x.b >> 6)) * 0x1p-53; }

static double normal(words x) {
  double u = 1 - (SINGLE ? (x.a >> 8) * 0x1p-24 : (x.a >> 5) * 0x1p-27), v = SINGLE ? (x.b >> 8) * 0x1p-24 : (x.b >> 5) * 0x1p-27;
  return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

static void test_draws(const char *isa, unsigned long long stream, long first, long row_step, long per_example, long rows, long cols) {
  real *o = room(0, rows * (cols + 1));
  const unsigned site = 77;
  // Rows that follow each other, and rows with a gap.
  for (int i = 0; i < 4; ++i) {
    const int gaussian = i / 2;
    const long o_row = cols + i % 2;
    ((draw_kernel *)kernel(isa, gaussian ? "normal" : "uniform"))(o, o_row, stream, site, first, row_step, per_example, rows, cols);
    int good = 1;
    for (long r = 0; r < rows; ++r) {
      for (long c = 0; c < cols; ++c) {
        long linear = first + r * row_step + c;
        unsigned long long key = stream + (unsigned long long)(linear / per_example);
        words x = threefry((uint32_t)key, (uint32_t)(key >> 32), site, (uint32_t)(linear % per_example));
        real y = o[r * o_row + c];
        good &= gaussian ? fabs((double)y - normal(x)) < (SINGLE ? 2e-6 : 1e-14) : y == (real)fraction(x);
      }
    }
    check(good, gaussian ? "normal" : "uniform", isa, rows, cols, per_example);
  }
}

// Mean and variance of many draws, and no infinity among them.
static void test_distribution(const char *isa) {
  const long count = 1 << 20;
  real *o = room(0, count);
  double sum = 0, squares = 0;
  ((draw_kernel *)kernel(isa, "normal"))(o, count, 5, 1, 0, count, count, 1, count);
  for (long i = 0; i < count; ++i) sum += (double)o[i], squares += (double)o[i] * (double)o[i];
  check(fabs(sum / (double)count) < 4e-3 && fabs(squares / (double)count - 1) < 6e-3, "moments of normal", isa, 0, 0, 0);
}

// The published test vectors of Threefry-2x32-20.
static void test_threefry(void) {
  words zero = threefry(0, 0, 0, 0), ones = threefry(~0u, ~0u, ~0u, ~0u), pi = threefry(0x13198a2eu, 0x03707344u, 0x243f6a88u, 0x85a308d3u);
  check(zero.a == 0x6b200159u && zero.b == 0x99ba4efeu, "threefry of zeros", "reference", 0, 0, 0);
  check(ones.a == 0x1cb996fcu && ones.b == 0xbb002be7u, "threefry of ones", "reference", 0, 0, 0);
  check(pi.a == 0xc4923a9cu && pi.b == 0x483df7a0u, "threefry of pi", "reference", 0, 0, 0);
}

int main(void) {
  static const long sizes[] = {1, 2, 5, 10, 15, 16, 17, 31, 33, 100, 1023, 1024, 1025, 2100};
  test_threefry();
  for (int i = 0; i < COUNT(isas); ++i) {
    if (kernel(isas[i], "exp") == NULL) continue;
    for (int which = 0; which < COUNT(reduce_names); ++which)
      for (int shape = 0; shape < COUNT(sizes) * COUNT(sizes); ++shape)
        for (int how = 0; how < 2 * FILLS; ++how)
          if (sizes[shape / COUNT(sizes)] * sizes[shape % COUNT(sizes)] < (how < 4 ? 50000 : 1000))
            test_reduction(isas[i], which, how % 2, how / 2, sizes[shape / COUNT(sizes)], sizes[shape % COUNT(sizes)]);
    for (int c = 0; c < COUNT(sizes); ++c) {
      test_draws(isas[i], 0xffffffffull, 3, sizes[c], 1 + sizes[c] / 2, 3, sizes[c]);
      test_draws(isas[i], 12345678901234ull, 0, 1000, 100000, 2, sizes[c]);
    }
    test_distribution(isas[i]);
  }
  return report();
}
