// Products, packing and row dots against their definition: one chain of multiply-adds over k, fused where the instruction set fuses.
#include "kernels.h"

typedef enum { ROWS, PADDED, COLUMNS, ONE_ROW, STRIDES } stride;

// C of the given size, A at one of several strides, B as it is or packed from either orientation.
static void test_product(const char *isa, stride how, int packed, int accumulate, long rows, long cols, long k) {
  long a_row = how == ROWS ? k : how == PADDED ? k + 5 : how == COLUMNS ? 1 : 0, a_k = how == COLUMNS ? rows : 1;
  long a_count = (rows - 1) * a_row + (k > 0 ? (k - 1) * a_k : 0) + 1;
  long c_row = cols + (accumulate ? 3 : 0), b_row = cols + (packed ? 0 : 2);
  real *a = room(1, a_count), *b = room(2, k == 0 ? 1 : (k - 1) * b_row + cols);
  real *c = room(0, rows * c_row), *before = room(4, rows * c_row);
  fill_randomly(a, a_count);
  fill_randomly(b, k == 0 ? 1 : (k - 1) * b_row + cols);
  fill_randomly(before, rows * c_row);
  memcpy(c, before, sizeof(real) * (size_t)(rows * c_row));
  const real *panels = b;
  if (packed) {
    real *room_for_panels = room(3, ((pack_size_kernel *)kernel(isa, "pack_size"))(k, cols));
    ((pack_kernel *)kernel(isa, "pack"))(room_for_panels, k, b, b_row, 1, k, cols);
    panels = room_for_panels;
  }
  product_kernel *product = kernel(isa, "product");
  product(c, c_row, a, a_row, a_k, panels, packed ? PANEL : b_row, packed ? PANEL * k : PANEL, rows, cols, k, accumulate);
  int good = 1, fused = fuses(isa);
  for (long r = 0; r < rows; ++r) {
    for (long j = 0; j < c_row; ++j) {
      real sum = accumulate || j >= cols ? before[r * c_row + j] : 0;
      for (long i = 0; i < k && j < cols; ++i) sum = multiply_add(fused, a[r * a_row + i * a_k], b[i * b_row + j], sum);
      good &= same_bits(sum, c[r * c_row + j]);
    }
  }
  check(good, "product", isa, rows, cols, k);
  // The same bits while what is far is asked for, which reads nothing.
  real *again = room(5, rows * c_row);
  memcpy(again, before, sizeof(real) * (size_t)(rows * c_row));
  asking_kernel *asking = kernel(isa, "product_asking");
  asking(again, c_row, a, a_row, a_k, panels, packed ? PANEL : b_row, packed ? PANEL * k : PANEL, rows, cols, k, accumulate, b + rows, a, 0,
         cols + 7);
  check(memcmp(again, c, sizeof(real) * (size_t)(rows * c_row)) == 0, "product_asking", isa, rows, cols, k);
}

// Sums over segments that lie apart in A and in B, which is packed as one.
static void test_segments(const char *isa, int turned, int packed, int accumulate, long rows, long cols, long k, long segments) {
  long a_row = turned ? 1 : k + 3, a_k = turned ? rows : 1, a_segment = turned ? rows * k + 2 : (k + 3) * rows;
  long b_segment = k * cols + 5, depth = k * segments, a_count = segments * (rows + 1) * (k + 3), b_count = segments * b_segment;
  real *a = room(1, a_count), *b = room(2, b_count), *c = room(0, rows * cols), *before = room(4, rows * cols);
  fill_randomly(a, a_count);
  fill_randomly(b, b_count);
  fill_randomly(before, rows * cols);
  memcpy(c, before, sizeof(real) * (size_t)(rows * cols));
  const real *panels = b;
  if (packed) {
    real *to = room(3, ((pack_size_kernel *)kernel(isa, "pack_size"))(depth, cols));
    for (long s = 0; s < segments; ++s)
      ((pack_kernel *)kernel(isa, "pack"))(to + s * k * PANEL, depth, b + s * b_segment, cols, 1, k, cols);
    panels = to;
  }
  segmented_kernel *product = kernel(isa, "segmented_product");
  product(c, cols, a, a_row, a_k, panels, packed ? PANEL : cols, packed ? PANEL * depth : PANEL, rows, cols, k, segments, a_segment,
          packed ? PANEL * k : b_segment, accumulate);
  int good = 1, fused = fuses(isa);
  for (long r = 0; r < rows; ++r) {
    for (long j = 0; j < cols; ++j) {
      real sum = accumulate ? before[r * cols + j] : 0;
      for (long s = 0; s < segments; ++s)
        for (long i = 0; i < k; ++i) sum = multiply_add(fused, a[r * a_row + s * a_segment + i * a_k], b[s * b_segment + i * cols + j], sum);
      good &= same_bits(sum, c[r * cols + j]);
    }
  }
  check(good, "segmented_product", isa, rows, cols, k);
}

// Packing from rows, columns and odd strides: zeros fill the last panel, nothing else is read.
static void test_pack(const char *isa, int how, long k, long cols) {
  long b_k = how == 0 ? cols : how == 1 ? 1 : how == 2 ? 1 : 3 * cols + 1, b_col = how == 0 ? 1 : how == 1 ? k : how == 2 ? k + 3 : 3;
  long count = (k - 1) * b_k + (cols - 1) * b_col + 1, size = (cols + PANEL - 1) / PANEL * PANEL * k;
  real *b = room(2, count), *panels = room(3, size);
  fill_randomly(b, count);
  fill_randomly(panels, size);
  ((pack_kernel *)kernel(isa, "pack"))(panels, k, b, b_k, b_col, k, cols);
  int good = ((pack_size_kernel *)kernel(isa, "pack_size"))(k, cols) == size;
  for (long i = 0; i < size; ++i) {
    long j = i / (PANEL * k) * PANEL + i % PANEL, row = i / PANEL % k;
    good &= same_bits(panels[i], j < cols ? b[row * b_k + j * b_col] : 0);
  }
  check(good, "pack", isa, how, k, cols);
}

static void test_dots(const char *isa, long rows, long cols, long k) {
  long a_row = k + 1, b_col = k + 2, c_row = cols + 1, a_count = (rows - 1) * a_row + k, b_count = (cols - 1) * b_col + k;
  real *a = room(1, a_count), *b = room(2, b_count), *c = room(0, rows * c_row);
  fill_randomly(a, a_count);
  fill_randomly(b, b_count);
  for (long i = 0; i < rows * c_row; ++i) c[i] = 99;
  ((dots_kernel *)kernel(isa, "dots"))(c, c_row, a, a_row, b, b_col, rows, cols, k);
  int good = 1, fused = fuses(isa);
  for (long r = 0; r < rows; ++r) {
    for (long j = 0; j < cols; ++j) {
      real lane[16] = {0};
      for (long i = 0; i < k; ++i) lane[i % 16] = multiply_add(fused, a[r * a_row + i], b[j * b_col + i], lane[i % 16]);
      for (int half = 8; half > 0; half /= 2)
        for (int i = 0; i < half; ++i) lane[i] += lane[i + half];
      good &= same_bits(c[r * c_row + j], lane[0]);
    }
    good &= c[r * c_row + cols] == 99;
  }
  check(good, "dots", isa, rows, cols, k);
}

int main(void) {
  static const long rows[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 17, 24, 25, 31, 33}, depths[] = {0, 1, 2, 7, 64};
  static const long cols[] = {1, 2, 3, 4, 5, 7, 8, 9, 10, 13, 15, 16, 17, 24, 31, 32, 33, 40, 64, 65, 100};
  int quick = getenv("QUICK") != NULL;
  for (int i = 0; i < COUNT(isas); ++i) {
    const char *isa = isas[i];
    if (kernel(isa, "exp") == NULL) continue;
    for (int r = 0; r < COUNT(rows); ++r)
      for (int c = 0; c < COUNT(cols); ++c)
        for (int k = 0; k < COUNT(depths); ++k)
          for (int how = 0; how < STRIDES * 4; ++how) {
            if (quick && (r + c + k + how) % 7 != 0) continue;
            test_product(isa, (stride)(how / 4), how % 2, how / 2 % 2, rows[r], cols[c], depths[k]);
          }
    for (long k = 383; k < 2000; k += 385) {
      test_product(isa, ROWS, 1, 0, 13, 33, k);
      test_product(isa, COLUMNS, 0, 1, 26, 40, k + 1);
    }
    test_product(isa, ROWS, 1, 0, 300, 70, 800);
    // A's columns, B's rows, or both, at distances for which caches have few places.
    test_product(isa, COLUMNS, 0, 0, 256, 62, 200);
    test_product(isa, COLUMNS, 0, 1, 512, 101, 257);
    test_product(isa, ROWS, 0, 1, 97, 254, 130);
    // A's rows likewise, which are cut into lower tiles: about as many as one tile has, and more than are worked on at a time.
    for (long count = 7; count < 27; ++count) test_product(isa, ROWS, count % 2, 0, count, 33, 1024);
    test_product(isa, ROWS, 1, 1, 173, 40, 1024);
    test_product(isa, PADDED, 0, 0, 25, 1022, 64);
    for (int r = 0; r < COUNT(rows); ++r)
      for (int c = 0; c < COUNT(cols); ++c)
        for (int how = 0; how < 8; ++how)
          if (!quick || (r + c + how) % 5 == 0) test_segments(isa, how % 2, how / 2 % 2, how / 4, rows[r], cols[c], 1 + (r + c) % 9, 3 + how);
    test_segments(isa, 0, 1, 0, 25, 40, 100, 20);
    test_segments(isa, 1, 0, 1, 13, 33, 900, 3);
    test_segments(isa, 1, 0, 1, 256, 64, 40, 9);
    test_segments(isa, 0, 0, 0, 50, 256, 21, 4);
    for (int c = 0; c < COUNT(cols); ++c)
      for (long k = 1; k < 40; k += 3)
        for (int how = 0; how < 4; ++how) test_pack(isa, how, k, cols[c]);
    for (long r = 1; r < 5; ++r)
      for (int c = 0; c < COUNT(cols); ++c)
        for (long k = 1; k < 100; k += 7) test_dots(isa, r, cols[c], k);
  }
  return report();
}
