// Convolutions by Winograd's tiles against their definition. Whole numbers and quarters of them have exact results, so these are compared bit for bit;
// how others are rounded has a bound.
#include "kernels.h"

enum { TILES = 32, GAP = 16 };

static long plane(long tiles, long channels) { return tiles * channels + GAP; }

static real whole_number(long most) { return (real)((long)(random_bits() % (uint64_t)(2 * most + 1)) - most); }

static void fill_with_whole_numbers(real *p, long count, long most) {
  for (long i = 0; i < count; ++i) p[i] = whole_number(most);
}

static void fill_with(real *p, long count, real value) {
  for (long i = 0; i < count; ++i) p[i] = value;
}

// Kernels whose numbers lie in one of three orders, and the strides of that: of lines, pixels, what is read, and what is written.
static void strides_of_kernels(int how, long k, long cols, long *stride) {
  const long orders[3][4] = {{3 * k * cols, k * cols, cols, 1}, {3, 1, 9, 9 * k}, {-3, -1, 9 * cols, 9}};
  memcpy(stride, orders[how], sizeof orders[how]);
}

static void test_pictures(const char *isa, int how, int exact, long lines, long rows, long cols, long k) {
  const long gap = how, a_row = k + gap, a_line = (rows + 2) * a_row, c_row = cols + gap, c_line = rows * c_row;
  const long a_count = (lines + 1) * a_line + (rows + 1) * a_row + k, c_count = (lines - 1) * c_line + (rows - 1) * c_row + cols;
  const long panels = 16 * ((cols + PANEL - 1) / PANEL * PANEL * k), round = how == 1 ? 12 : TILES;
  const long scratch = 16 * (plane(round, k) + plane(round, cols));
  long stride[4];
  strides_of_kernels(how, k, cols, stride);
  real *a = room(1, a_count), *b = room(2, 9 * k * cols), *c = room(0, c_count), *to = room(3, panels), *work = room(4, scratch);
  if (exact) {
    fill_with_whole_numbers(a, a_count, 8);
    fill_with_whole_numbers(b, 9 * k * cols, 8);
  } else {
    fill_randomly(a, a_count);
    fill_randomly(b, 9 * k * cols);
  }
  fill_with(c, c_count, 99);
  fill_with(to, panels, (real)NAN);
  fill_with(work, scratch, (real)NAN);
  const real *first = b + (stride[0] < 0 ? 8 : 0);
  ((winograd_kernels_kernel *)kernel(isa, "winograd_kernels"))(to, first, stride[0], stride[1], stride[2], stride[3], k, cols);
  ((winograd_kernel *)kernel(isa, "winograd"))(c, c_line, c_row, a, a_line, a_row, to, work, round, lines, rows, cols, k);
  int good = 1;
  const double unit = SINGLE ? 0x1p-24 : 0x1p-53;
  for (long h = 0; h < lines; ++h) {
    for (long w = 0; w < rows; ++w) {
      for (long j = 0; j < c_row && h * c_line + w * c_row + j < c_count; ++j) {
        long double sum = 0;
        for (long tap = 0; tap < 9 && j < cols; ++tap)
          for (long i = 0; i < k; ++i)
            sum += (long double)a[(h + tap / 3) * a_line + (w + tap % 3) * a_row + i] *
                   (long double)first[tap / 3 * stride[0] + tap % 3 * stride[1] + i * stride[2] + j * stride[3]];
        const real result = c[h * c_line + w * c_row + j];
        // Nine sums of k products of up to 4 * 2 and 9 / 4 * 2, with what transforming adds to a chain.
        const double bound = exact ? 0 : unit * (double)(k + 12) * (double)(9 * k) * 4 * 2 * 9 / 4 * 2;
        good &= j < cols ? fabsl((long double)result - sum) <= (long double)bound : result == 99;
      }
    }
  }
  check(good, exact ? "winograd" : "winograd's rounding", isa, lines * 1000 + rows, cols, k);
}

static void test_gradient(const char *isa, int how, int exact, long pictures, long lines, long pixels, long rows, long cols) {
  const long a_pixel = rows + how, a_line = pixels * a_pixel, a_picture = lines * a_line + how;
  const long b_pixel = cols, b_line = (pixels + 2) * b_pixel + how, b_picture = (lines + 2) * b_line + how;
  const long a_count = (pictures - 1) * a_picture + (lines - 1) * a_line + (pixels - 1) * a_pixel + rows;
  const long b_count = (pictures - 1) * b_picture + (lines + 1) * b_line + (pixels + 1) * b_pixel + cols;
  const long c_pixel = cols, c_row = how ? 9 * cols + 1 : 3 * cols, c_line = how ? 3 * cols : rows * c_row;
  const long c_count = 2 * c_line + 2 * c_pixel + (rows - 1) * c_row + cols;
  const long scratch = 16 * (plane(TILES, rows) + plane(TILES, cols) + rows * cols);
  real *a = room(1, a_count), *b = room(2, b_count), *c = room(0, c_count), *work = room(4, scratch);
  if (exact) {
    fill_with_whole_numbers(a, a_count, 4);
    fill_with_whole_numbers(b, b_count, 4);
  } else {
    fill_randomly(a, a_count);
    fill_randomly(b, b_count);
  }
  fill_with(c, c_count, 99);
  fill_with(work, scratch, (real)NAN);
  ((winograd_gradient_kernel *)kernel(isa, "winograd_gradient"))(c, c_line, c_pixel, c_row, a, a_picture, a_line, a_pixel, b, b_picture, b_line,
                                                                 b_pixel, work, pictures, lines, pixels, rows, cols);
  int good = 1;
  const double unit = SINGLE ? 0x1p-24 : 0x1p-53, places = (double)(pictures * ((lines + 1) / 2) * ((pixels + 1) / 2));
  for (long tap = 0; tap < 9; ++tap) {
    for (long r = 0; r < rows; ++r) {
      for (long j = 0; j < cols; ++j) {
        long double sum = 0;
        for (long p = 0; p < pictures; ++p)
          for (long h = 0; h < lines; ++h)
            for (long w = 0; w < pixels; ++w)
              sum += (long double)a[p * a_picture + h * a_line + w * a_pixel + r] *
                     (long double)b[p * b_picture + (h + tap / 3) * b_line + (w + tap % 3) * b_pixel + j];
        const real result = c[tap / 3 * c_line + tap % 3 * c_pixel + r * c_row + j];
        // Sums of products of up to 4 * 2 with 4 * 2, of which a tap takes no more than four in all.
        const double bound = exact ? 0 : unit * (places + 16) * places * 4 * 64;
        good &= fabsl((long double)result - sum) <= (long double)bound;
      }
    }
  }
  if (how) {
    for (long r = 0; r + 1 < rows; ++r) good &= c[r * c_row + 9 * cols] == 99;
  }
  check(good, exact ? "winograd_gradient" : "the rounding of winograd_gradient", isa, pictures * 10000 + lines * 100 + pixels, rows, cols);
}

int main(void) {
  static const long sizes[][2] = {{1, 1}, {2, 2}, {2, 3}, {3, 2}, {5, 7}, {6, 6}, {4, 33}, {17, 9}, {8, 16}, {2, 70}};
  static const long channels[] = {1, 3, 4, 7, 8, 15, 16, 17, 24, 31, 32, 33, 40, 65};
  const int quick = getenv("QUICK") != NULL;
  for (int i = 0; i < COUNT(isas); ++i) {
    const char *isa = isas[i];
    if (kernel(isa, "exp") == NULL) continue;
    for (int s = 0; s < COUNT(sizes); ++s) {
      for (int p = 0; p < COUNT(channels); ++p) {
        for (int q = 0; q < COUNT(channels); ++q) {
          const int how = (s + p + q) % 3;
          if ((quick && (s + 3 * p + 5 * q) % 11 != 0) || (p + q + s) % 2) continue;
          test_pictures(isa, how, 1, sizes[s][0], sizes[s][1], channels[p], channels[q]);
          test_gradient(isa, how % 2, 1, 1 + (p + q) % 3, sizes[s][0], sizes[s][1], channels[p], channels[q]);
        }
      }
      test_pictures(isa, s % 3, 0, sizes[s][0], sizes[s][1], 33, 50);
      test_gradient(isa, s % 2, 0, 3, sizes[s][0], sizes[s][1], 33, 50);
    }
  }
  return report();
}
