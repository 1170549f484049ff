// Convolutions to few channels, and the gradients of their kernels, against their definition.
#include "kernels.h"

typedef struct {
  long rows, lines, pixels, planes, segments, k;
} sizes;

// Kernels in their own order or backwards, windows that spread in both directions or not, with zeros around the picture or without.
static void test_pixels(const char *isa, sizes n, int backwards, long spread, long above, long below) {
  const long a_row = n.planes * n.segments * n.k + 1, a_count = n.rows * a_row, b_line = n.pixels + (n.k - 1) * spread;
  const long b_segment = above || below ? b_line : spread * b_line, b_lines = n.lines + (n.segments - 1) * (b_segment / b_line);
  const long b_plane = b_lines * b_line, b_count = n.planes * b_plane, c_row = n.lines * n.pixels + spread - 1, c_count = n.rows * c_row;
  real *a = room(1, a_count), *b = room(2, b_count), *c = room(0, c_count);
  fill_randomly(a, a_count);
  fill_randomly(b, b_count);
  for (long i = 0; i < b_count; ++i)
    if (i % b_plane / b_line < above || i % b_plane / b_line >= b_lines - below) b[i] = 0;
  for (long i = 0; i < c_count; ++i) c[i] = 99;
  const long sign = backwards ? -1 : 1;
  const real *kernels = a + (backwards ? n.segments * n.k - 1 : 0);
  ((pixels_kernel *)kernel(isa, "pixels"))(c, c_row, kernels, a_row, b, b_line, n.rows, n.lines, n.pixels, n.planes, n.segments * n.k, b_plane,
                                           n.segments, sign * n.k, b_segment, above, b_lines - below, n.k, sign, spread);
  int good = 1, fused = fuses(isa);
  for (long r = 0; r < n.rows; ++r) {
    for (long i = 0; i < c_row; ++i) {
      real sum = i < n.lines * n.pixels ? 0 : 99;
      for (long p = 0; p < n.planes && i < n.lines * n.pixels; ++p)
        for (long s = 0; s < n.segments; ++s)
          for (long k = 0; k < n.k; ++k)
            sum = multiply_add(fused, kernels[r * a_row + p * n.segments * n.k + s * sign * n.k + k * sign],
                               b[i / n.pixels * b_line + i % n.pixels + p * b_plane + s * b_segment + k * spread], sum);
      // A sum of zeros of either sign may be left out.
      good &= same_bits(c[r * c_row + i], sum) || (c[r * c_row + i] == 0 && sum == 0);
    }
  }
  check(good, "pixels", isa, n.rows, n.lines * 1000 + n.pixels, (n.planes * 10 + n.segments) * 10 + n.k);
}

static void test_taps(const char *isa, long rows, long cols, long pictures, long lines, long k, long gap, int accumulate) {
  const long a_line = k + gap, a_row = lines * a_line + gap, a_picture = rows * a_row, b_line = k + cols, b_picture = lines * b_line + gap;
  const long a_count = (pictures - 1) * a_picture + (rows - 1) * a_row + (lines - 1) * a_line + k;
  const long b_count = (pictures - 1) * b_picture + (lines - 1) * b_line + k + cols - 1, c_row = cols + gap;
  real *a = room(1, a_count), *b = room(2, b_count), *c = room(0, rows * c_row);
  fill_randomly(a, a_count);
  fill_randomly(b, b_count);
  for (long i = 0; i < rows * c_row; ++i) c[i] = 99;
  ((taps_kernel *)kernel(isa, "taps"))(c, c_row, a, a_row, b, 1, rows, cols, pictures, a_picture, b_picture, lines, a_line, b_line, k,
                                       accumulate);
  int good = 1, fused = fuses(isa);
  for (long r = 0; r < rows; ++r) {
    for (long j = 0; j < cols; ++j) {
      real lane[16] = {0};
      for (long line = 0; line < pictures * lines; ++line)
        for (long i = 0; i < k; ++i)
          lane[i % 16] = multiply_add(fused, a[r * a_row + line / lines * a_picture + line % lines * a_line + i],
                                      b[j + line / lines * b_picture + line % lines * b_line + i], lane[i % 16]);
      for (int half = 8; half > 0; half /= 2)
        for (int i = 0; i < half; ++i) lane[i] += lane[i + half];
      good &= same_bits(c[r * c_row + j], accumulate ? 99 + lane[0] : lane[0]);
    }
    for (long j = cols; j < c_row; ++j) good &= c[r * c_row + j] == 99;
  }
  check(good, "taps", isa, rows, cols, pictures * 10000 + lines * 100 + k);
}

int main(void) {
  static const long pixels[] = {1, 2, 4, 5, 7, 8, 9, 12, 14, 15, 16, 17, 24, 28, 31, 32, 33, 40, 47, 48, 49, 65};
  const int quick = getenv("QUICK") != NULL;
  for (int i = 0; i < COUNT(isas); ++i) {
    const char *isa = isas[i];
    if (kernel(isa, "exp") == NULL) continue;
    for (long rows = 1; rows <= 17; ++rows) {
      for (int p = 0; p < COUNT(pixels); ++p) {
        if (quick && (rows + p) % 5 != 0) continue;
        const sizes n = {rows, 1 + (rows + p) % 6, pixels[p], 1 + p % 3, 1 + (rows + p) % 5, 1 + (p + 2 * rows) % 7};
        for (int backwards = 0; backwards < 2; ++backwards) {
          test_pixels(isa, n, backwards, 1 + p % 2, 0, 0);
          test_pixels(isa, n, backwards, 1, rows % 3 < n.segments ? rows % 3 : 0, p % 2);
        }
        test_taps(isa, rows, 1 + p % 12, 1 + (rows + p) % 3, n.lines, pixels[p], p % 3, (int)(rows + p) % 2);
      }
    }
    // Padding that whole lines of windows lie in.
    const sizes tall = {6, 14, 14, 2, 5, 5};
    test_pixels(isa, tall, 1, 1, 4, 4);
  }
  return report();
}
