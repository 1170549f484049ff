// Products of matrices. Every element of C is one chain of (fused) multiply-adds over k in order, so its bits depend neither on
// tiles nor on blocks. B lies in panels of nn_panel columns; A is read one number at a time, at any strides.
#ifndef NNCC
#include "reduce.c"
#include "vector.c"
#endif

// @nn_panel: columns of a panel of B: 128 bytes
enum { nn_panel = 128 / (int)sizeof(real) };

// @nn_tile_rows: rows of C that are held in registers at a time, two vectors each
#if nn_vector_bytes == 64 || defined(__aarch64__)
#define nn_tile_rows 12
#elif nn_vector_bytes == 32
#define nn_tile_rows 6
#else
#define nn_tile_rows 4
#endif

// @nn_operands: where a tile of C and what it is made of are: element (r, c) of C at c[r * c_row + c], of A at a[r * a_row + k * a_k],
// row k of the panel at b + k * b_k
typedef struct {
  real *c;
  long c_row;
  const real *a;
  long a_row, a_k;
  const real *b;
  long b_k, depth;
  int accumulate;
} nn_operands;

// @nn_wide_tile: rows of two vectors, the second at the given column, by all of k. They may overlap: both then hold the same numbers
nn_inlined void nn_wide_tile(const nn_operands *t, long second, const int rows) {
  nn_vector sum[nn_tile_rows][2];
  nn_unroll for (int r = 0; r < rows; ++r) {
    nn_vector zero = {0};
    const real *c = t->c + r * t->c_row;
    sum[r][0] = zero;
    sum[r][1] = zero;
    if (t->accumulate) sum[r][0] = *(const nn_loose_vector *)c;
    if (t->accumulate) sum[r][1] = *(const nn_loose_vector *)(c + second);
  }
  const real *b = t->b, *a[4] = {t->a, t->a + 3 * t->a_row, t->a + 6 * t->a_row, t->a + 9 * t->a_row};
  for (long k = 0; k < t->depth; ++k, b += t->b_k) {
    nn_vector left = *(const nn_loose_vector *)b, right = *(const nn_loose_vector *)(b + second), zero = {0};
    nn_unroll for (int r = 0; r < rows; ++r) {
      nn_vector x = a[r / 3][r % 3 * t->a_row] - zero;
      nn_multiply_add(&sum[r][0], &x, &left);
      nn_multiply_add(&sum[r][1], &x, &right);
    }
    nn_unroll for (int i = 0; i < 4; ++i) a[i] += t->a_k;
  }
  nn_unroll for (int r = 0; r < rows; ++r) {
    real *c = t->c + r * t->c_row;
    *(nn_loose_vector *)c = sum[r][0];
    *(nn_loose_vector *)(c + second) = sum[r][1];
  }
}

// @nn_narrow_tile: rows of one vector, of which the first lanes exist, by all of k
nn_inlined void nn_narrow_tile(const nn_operands *t, const nn_lanes_mask *mask, const int rows) {
  nn_vector sum[nn_tile_rows], zero = {0};
  nn_unroll for (int r = 0; r < rows; ++r) {
    sum[r] = zero;
    if (t->accumulate) nn_load_first(&sum[r], t->c + r * t->c_row, mask);
  }
  const real *b = t->b, *a[4] = {t->a, t->a + 3 * t->a_row, t->a + 6 * t->a_row, t->a + 9 * t->a_row};
  for (long k = 0; k < t->depth; ++k, b += t->b_k) {
    nn_vector left;
    nn_load_first(&left, b, mask);
    nn_unroll for (int r = 0; r < rows; ++r) {
      nn_vector x = a[r / 3][r % 3 * t->a_row] - zero;
      nn_multiply_add(&sum[r], &x, &left);
    }
    nn_unroll for (int i = 0; i < 4; ++i) a[i] += t->a_k;
  }
  nn_unroll for (int r = 0; r < rows; ++r) nn_store_first(t->c + r * t->c_row, &sum[r], mask);
}

// @nn_rows_case: one height of a tile
#define nn_rows_case(height) \
  case height: \
    if (cols > nn_width) \
      nn_wide_tile(t, cols - nn_width, height); \
    else \
      nn_narrow_tile(t, &mask, height); \
    break;

// @nn_any_tile: a tile of up to nn_tile_rows rows and two vectors of columns
nn_wide static void nn_any_tile(const nn_operands *t, long rows, long cols) {
  nn_lanes_mask mask;
  nn_first_lanes(&mask, cols < nn_width ? cols : nn_width);
  switch (rows) {
    nn_rows_case(1) nn_rows_case(2) nn_rows_case(3) nn_rows_case(4)
#if nn_tile_rows > 4
    nn_rows_case(5) nn_rows_case(6)
#endif
#if nn_tile_rows > 6
    nn_rows_case(7) nn_rows_case(8) nn_rows_case(9) nn_rows_case(10) nn_rows_case(11) nn_rows_case(12)
#endif
  }
}

// @nn_product_blocks: how much of k, and how many rows of A, are used again and again while they are in the caches
enum { nn_block_depth = 3072 / (int)sizeof(real), nn_block_tiles = 20 };

// @nn_product_panel: the rows first_tile..<end_tile of C in one panel's columns; the rows are cut into tiles of even height
static inline void nn_product_panel(const nn_operands *panel, long rows, long cols, long first_tile, long end_tile, long tiles) {
  for (long column = 0; column < cols; column += 2 * nn_width) {
    for (long i = first_tile; i < end_tile; ++i) {
      long top = rows * i / tiles, bottom = rows * (i + 1) / tiles;
      nn_operands t = *panel;
      t.c += top * t.c_row + column;
      t.a += top * t.a_row;
      t.b += column;
      nn_any_tile(&t, bottom - top, cols - column < 2 * nn_width ? cols - column : 2 * nn_width);
    }
  }
}

// @nn_product: C[rows, cols] = A * B, or += with accumulate. Panel p of B is at b + p * b_panel
static inline void nn_product(real *c, long c_row, const real *a, long a_row, long a_k, const real *b, long b_k, long b_panel, long rows, long cols,
                              long k, int accumulate) {
  long tiles = (rows + nn_tile_rows - 1) / nn_tile_rows, start = 0;
  do {
    long depth = k - start < nn_block_depth ? k - start : nn_block_depth;
    for (long tile = 0; tile < tiles; tile += nn_block_tiles) {
      long end = tiles - tile < nn_block_tiles ? tiles : tile + nn_block_tiles;
      for (long p = 0; p * nn_panel < cols; ++p) {
        nn_operands panel = {c + p * nn_panel, c_row, a + start * a_k, a_row, a_k, b + p * b_panel + start * b_k, b_k, depth, accumulate | (start > 0)};
        nn_product_panel(&panel, rows, cols - p * nn_panel < nn_panel ? cols - p * nn_panel : nn_panel, tile, end, tiles);
      }
    }
    start += depth;
  } while (start < k);
}

// @nn_pack_size: the numbers that nn_pack writes for k rows and cols columns
static inline long nn_pack_size(long k, long cols) { return (cols + nn_panel - 1) / nn_panel * nn_panel * k; }

// @nn_pack: puts B into panels; the last one is filled up with zeros
static inline void nn_pack(real *panels, const real *b, long b_k, long b_col, long k, long cols) {
  for (long first = 0; first < cols; first += nn_panel) {
    long width = cols - first < nn_panel ? cols - first : nn_panel;
    for (long i = 0; i < k; ++i) {
      const real *row = b + i * b_k + first * b_col;
      for (long j = 0; j < width; ++j) panels[j] = row[j * b_col];
      for (long j = width; j < nn_panel; ++j) panels[j] = 0;
      panels += nn_panel;
    }
  }
}

// @nn_dot: the product of two rows of k numbers, by 16 virtual lanes and one fixed tree
nn_inlined real nn_dot(const real *a, const real *b, long k) {
  enum { vectors = nn_lanes / nn_width };
  nn_vector sum[vectors] = {{0}};
  long i = 0;
  for (; i + nn_lanes <= k; i += nn_lanes) {
    nn_unroll for (int v = 0; v < vectors; ++v) {
      nn_vector x = *(const nn_loose_vector *)(a + i + v * nn_width), y = *(const nn_loose_vector *)(b + i + v * nn_width);
      nn_multiply_add(&sum[v], &x, &y);
    }
  }
  nn_unroll for (int v = 0; v < vectors; ++v) {
    long left = k - i - v * nn_width;
    nn_lanes_mask mask;
    nn_vector x, y;
    nn_first_lanes(&mask, left < 0 ? 0 : left < nn_width ? left : nn_width);
    nn_load_first(&x, a + i + v * nn_width, &mask);
    nn_load_first(&y, b + i + v * nn_width, &mask);
    nn_multiply_add(&sum[v], &x, &y);
  }
  real lane[nn_lanes];
  nn_unroll for (int v = 0; v < vectors; ++v) *(nn_loose_vector *)(lane + v * nn_width) = sum[v];
  for (int half = nn_lanes / 2; half > 0; half /= 2)
    for (int j = 0; j < half; ++j) lane[j] += lane[j + half];
  return lane[0];
}

// @nn_dots: C[rows, cols] of dot products of A's rows with B's columns, k contiguous in both: for few rows, on weights as they are
nn_wide static inline void nn_dots(real *c, long c_row, const real *a, long a_row, const real *b, long b_col, long rows, long cols, long k) {
  for (long j = 0; j < cols; ++j)
    for (long r = 0; r < rows; ++r) c[r * c_row + j] = nn_dot(a + r * a_row, b + j * b_col, k);
}
