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

// @nn_far: up to three matrices, of rows row apart, whose elements at the places of C will be read next and come from far away; null ends them
typedef struct {
  const real *at[3];
  long row;
} nn_far;

// @nn_ask_far: asks for what lies at rows first..<end of a tile of one or two vectors, the second at the given column
#if nn_vectors
nn_inlined void nn_ask_far(const nn_far *far, long place, long first, long end, long second) {
  for (int i = 0; i < 3 && far->at[i]; ++i) {
    const real *at = far->at[i] + place;
    for (long r = first; r < end; ++r) {
      __builtin_prefetch(at + r * far->row, 1);
      __builtin_prefetch(at + r * far->row + second, 1);
    }
  }
}
#endif

// @nn_operands: where a tile of C and what it is made of are: element (r, c) of C at c[r * c_row + c], of A at
// a[r * a_row + s * a_segment + k * a_k], row k of segment s of the panel at b + s * b_segment + k * b_k. What is far
// is asked for a part with each segment; far_place is where in it the tile begins
typedef struct {
  real *c;
  long c_row;
  const real *a;
  long a_row, a_k, a_segment;
  const real *b;
  long b_k, b_segment, depth, segments;
  int accumulate;
  const nn_far *far;
  long far_place;
} nn_operands;

// @nn_wide_tile: rows of two vectors, the second at the given column, by all of k. They may overlap: both then hold the same numbers
#if nn_vectors
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
  const real *b = t->b, *a[4];
  nn_unroll for (int i = 0; i < 4; ++i) a[i] = t->a + (3 * i < rows ? 3 * i * t->a_row : 0);
  for (long s = 0; s < t->segments; ++s) {
    if (t->far) nn_ask_far(t->far, t->far_place, rows * s / t->segments, rows * (s + 1) / t->segments, second);
    nn_rolled for (long k = 0; k < t->depth; ++k, b += t->b_k) {
      nn_vector left = *(const nn_loose_vector *)b, right = *(const nn_loose_vector *)(b + second), zero = {0};
      nn_unroll for (int r = 0; r < rows; ++r) {
        nn_vector x = a[r / 3][r % 3 * t->a_row] - zero;
        nn_multiply_add(&sum[r][0], &x, &left);
        nn_multiply_add(&sum[r][1], &x, &right);
      }
      nn_unroll for (int i = 0; i < 4; ++i) {
        a[i] += t->a_k;
        nn_opaque(a[i]);
      }
    }
    nn_unroll for (int i = 0; i < 4; ++i) a[i] += t->a_segment - t->depth * t->a_k;
    b += t->b_segment - t->depth * t->b_k;
  }
  nn_unroll for (int r = 0; r < rows; ++r) {
    real *c = t->c + r * t->c_row;
    *(nn_loose_vector *)c = sum[r][0];
    *(nn_loose_vector *)(c + second) = sum[r][1];
  }
}
#endif

// @nn_narrow_tile: rows of one vector, of which the first lanes exist, by all of k; without a mask all do
#if nn_vectors
nn_inlined void nn_narrow_tile(const nn_operands *t, const nn_lanes_mask *mask, const int rows) {
  nn_vector sum[nn_tile_rows], zero = {0};
  nn_unroll for (int r = 0; r < rows; ++r) {
    sum[r] = zero;
    if (t->accumulate) nn_load_first(&sum[r], t->c + r * t->c_row, mask);
  }
  const real *b = t->b, *a[4];
  nn_unroll for (int i = 0; i < 4; ++i) a[i] = t->a + (3 * i < rows ? 3 * i * t->a_row : 0);
  for (long s = 0; s < t->segments; ++s) {
    nn_rolled for (long k = 0; k < t->depth; ++k, b += t->b_k) {
      nn_vector left;
      nn_load_first(&left, b, mask);
      nn_unroll for (int r = 0; r < rows; ++r) {
        nn_vector x = a[r / 3][r % 3 * t->a_row] - zero;
        nn_multiply_add(&sum[r], &x, &left);
      }
      nn_unroll for (int i = 0; i < 4; ++i) {
        a[i] += t->a_k;
        nn_opaque(a[i]);
      }
    }
    nn_unroll for (int i = 0; i < 4; ++i) a[i] += t->a_segment - t->depth * t->a_k;
    b += t->b_segment - t->depth * t->b_k;
  }
  nn_unroll for (int r = 0; r < rows; ++r) nn_store_first(t->c + r * t->c_row, &sum[r], mask);
}
#endif

// @nn_rows_case: one height of a tile
#define nn_rows_case(height) \
  case height: \
    if (cols > nn_width) \
      nn_wide_tile(t, cols - nn_width, height); \
    else if (cols == nn_width) \
      nn_narrow_tile(t, 0, height); \
    else \
      nn_narrow_tile(t, &mask, height); \
    break;

// @nn_any_tile: a tile of up to nn_tile_rows rows and two vectors of columns
#if nn_vectors
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
#endif

// @nn_block_depth: how much of k is worked on at a time: that part of a panel of B, 96 KiB, stays in the caches
enum { nn_block_depth = 3072 / (int)sizeof(real) };

// @nn_block_tiles: how many tiles of rows are worked on at a time: that part of A stays in the second cache for all panels
enum { nn_block_tiles = 20 };

// @nn_product_panel: the rows first_tile..<end_tile of C in one panel's columns; the rows are cut into tiles of even height
#if nn_vectors
static inline void nn_product_panel(const nn_operands *panel, long rows, long cols, long first_tile, long end_tile, long tiles) {
  for (long column = 0; column < cols; column += 2 * nn_width) {
    for (long i = first_tile; i < end_tile; ++i) {
      long top = rows * i / tiles, bottom = rows * (i + 1) / tiles;
      nn_operands t = *panel;
      t.c += top * t.c_row + column;
      t.a += top * t.a_row;
      t.b += column;
      if (t.far) t.far_place += top * t.far->row + column;
      nn_any_tile(&t, bottom - top, cols - column < 2 * nn_width ? cols - column : 2 * nn_width);
    }
  }
}
#endif

// @nn_product_block: adds a part of the sums to all of C, or begins with it
#if nn_vectors
static inline void nn_product_block(const nn_operands *block, long b_panel, long rows, long cols) {
  long tiles = (rows + nn_tile_rows - 1) / nn_tile_rows;
  for (long tile = 0; tile < tiles; tile += nn_block_tiles) {
    long end = tiles - tile < nn_block_tiles ? tiles : tile + nn_block_tiles;
    for (long p = 0; p * nn_panel < cols; ++p) {
      nn_operands panel = *block;
      panel.c += p * nn_panel;
      panel.b += p * b_panel;
      panel.far_place += p * nn_panel;
      nn_product_panel(&panel, rows, cols - p * nn_panel < nn_panel ? cols - p * nn_panel : nn_panel, tile, end, tiles);
    }
  }
}
#endif

// @nn_line_vectors: vectors of one row of C that are held in registers at a time: enough of them that none waits for itself
enum { nn_line_vectors = nn_vector_bytes == 64 ? 16 : 8 };

// @nn_line_part: some vectors of one row of C, the last one at the given column, by all of k
#if nn_vectors
nn_inlined void nn_line_part(real *c, const real *a, long a_k, const real *b, long b_k, long k, long last, const int vectors) {
  nn_vector sum[nn_line_vectors], zero = {0};
  nn_unroll for (int v = 0; v < vectors; ++v) sum[v] = zero;
  nn_rolled for (long i = 0; i < k; ++i) {
    nn_vector x = a[i * a_k] - zero;
    nn_unroll for (int v = 0; v < vectors; ++v) {
      nn_vector y = *(const nn_loose_vector *)(b + i * b_k + (v + 1 < vectors ? v * nn_width : last));
      nn_multiply_add(&sum[v], &x, &y);
    }
  }
  nn_unroll for (int v = 0; v < vectors; ++v) *(nn_loose_vector *)(c + (v + 1 < vectors ? v * nn_width : last)) = sum[v];
}
#endif

// @nn_line_case: a number of vectors, the last of which ends with the columns
#define nn_line_case(vectors) \
  case vectors: nn_line_part(c + j, a, a_k, b + j, b_k, k, cols - j - nn_width, vectors); break;

// @nn_line: one row of C where B lies as it is read, its rows b_k apart: C[cols] = A[k] * B
nn_wide static inline void nn_line(real *c, const real *a, long a_k, const real *b, long b_k, long cols, long k) {
#if nn_vectors
  enum { most = nn_line_vectors * nn_width };
  if (cols < nn_width) {
    nn_lanes_mask mask;
    nn_first_lanes(&mask, cols);
    nn_operands line = {c, 0, a, 0, a_k, 0, b, b_k, 0, k, 1, 0, 0, 0};
    nn_narrow_tile(&line, &mask, 1);
    return;
  }
  for (long j = 0; j < cols; j += most) {
    switch (cols - j < most ? (int)((cols - j + nn_width - 1) / nn_width) : nn_line_vectors) {
      nn_line_case(1) nn_line_case(2) nn_line_case(3) nn_line_case(4)
      nn_line_case(5) nn_line_case(6) nn_line_case(7)
#if nn_vector_bytes == 64
      nn_line_case(8) nn_line_case(9) nn_line_case(10) nn_line_case(11)
      nn_line_case(12) nn_line_case(13) nn_line_case(14) nn_line_case(15)
#endif
      default: {
        long last = cols - j < most ? cols - j - nn_width : most - nn_width;
        nn_line_part(c + j, a, a_k, b + j, b_k, k, last, nn_line_vectors);
      }
    }
  }
#else
  for (long j = 0; j < cols; ++j) {
    real sum = 0;
    for (long i = 0; i < k; ++i) sum += a[i * a_k] * b[i * b_k + j];
    c[j] = sum;
  }
#endif
}

// @nn_product_before: C[rows, cols] = A * B, or += with accumulate, before something else reads what is far. Panel p of B is at b + p * b_panel
static inline void nn_product_before(real *c, long c_row, const real *a, long a_row, long a_k, const real *b, long b_k, long b_panel,
                                     long rows, long cols, long k, int accumulate, const nn_far *far) {
#if nn_vectors
  long start = 0;
  do {
    long depth = k - start < nn_block_depth ? k - start : nn_block_depth, parts = 1;
    const nn_far *asked = start + depth < k ? 0 : far;
    if (asked)
      for (parts = 8; depth % parts;) --parts;
    const long part = depth / parts;
    nn_operands block = {c,    c_row, a + start * a_k, a_row, a_k, part * a_k, b + start * b_k, b_k, part * b_k,
                         part, parts, accumulate | (start > 0), asked, 0};
    nn_product_block(&block, b_panel, rows, cols);
    start += depth;
  } while (start < k);
#else
  (void)far;
  for (long r = 0; r < rows; ++r) {
    for (long j = 0; j < cols; ++j) {
      const real *panel = b + j / nn_panel * b_panel + j % nn_panel;
      real sum = accumulate ? c[r * c_row + j] : 0;
      for (long i = 0; i < k; ++i) sum += a[r * a_row + i * a_k] * panel[i * b_k];
      c[r * c_row + j] = sum;
    }
  }
#endif
}

// @nn_product: the same where nothing is far
static inline void nn_product(real *c, long c_row, const real *a, long a_row, long a_k, const real *b, long b_k, long b_panel, long rows,
                              long cols, long k, int accumulate) {
  nn_product_before(c, c_row, a, a_row, a_k, b, b_k, b_panel, rows, cols, k, accumulate, 0);
}

// @nn_product_asking: the same before up to three matrices are read at the places of C; null ends them
static inline void nn_product_asking(real *c, long c_row, const real *a, long a_row, long a_k, const real *b, long b_k, long b_panel,
                                     long rows, long cols, long k, int accumulate, const real *one, const real *two, const real *three,
                                     long far_row) {
  const nn_far far = {{one, two, three}, far_row};
  nn_product_before(c, c_row, a, a_row, a_k, b, b_k, b_panel, rows, cols, k, accumulate, &far);
}

// @nn_segmented_product: likewise, with sums over segments that lie apart in A and B, and over k within each
static inline void nn_segmented_product(real *c, long c_row, const real *a, long a_row, long a_k, const real *b, long b_k, long b_panel,
                                        long rows, long cols, long k, long segments, long a_segment, long b_segment, int accumulate) {
#if nn_vectors
  const long most = k < nn_block_depth ? nn_block_depth / (k > 0 ? k : 1) : 1;
  long start = 0;
  do {
    long count = segments - start < most ? segments - start : most;
    const real *a_start = a + start * a_segment, *b_start = b + start * b_segment;
    nn_operands block = {c,       c_row, a_start,   a_row, a_k,   a_segment,
                         b_start, b_k,   b_segment, k,     count, accumulate | (start > 0), 0, 0};
    nn_product_block(&block, b_panel, rows, cols);
    start += count;
  } while (start < segments);
#else
  for (long r = 0; r < rows; ++r) {
    for (long j = 0; j < cols; ++j) {
      const real *panel = b + j / nn_panel * b_panel + j % nn_panel;
      real sum = accumulate ? c[r * c_row + j] : 0;
      for (long s = 0; s < segments; ++s)
        for (long i = 0; i < k; ++i) sum += a[r * a_row + s * a_segment + i * a_k] * panel[s * b_segment + i * b_k];
      c[r * c_row + j] = sum;
    }
  }
#endif
}
