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
  real *const first = t->c;
  const long c_row = t->c_row;
  nn_unroll for (int r = 0; r < rows; ++r) {
    nn_vector zero = {0};
    const real *c = first + r * c_row;
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
    real *c = first + r * c_row;
    *(nn_loose_vector *)c = sum[r][0];
    *(nn_loose_vector *)(c + second) = sum[r][1];
  }
}
#endif

// @nn_narrow_tile: rows of one vector, of which the first lanes exist, by all of k; without a mask all do
#if nn_vectors
nn_inlined void nn_narrow_tile(const nn_operands *t, const nn_lanes_mask *mask, const int rows) {
  nn_vector sum[nn_tile_rows], zero = {0};
  real *const first = t->c;
  const long c_row = t->c_row;
  nn_unroll for (int r = 0; r < rows; ++r) {
    sum[r] = zero;
    if (t->accumulate) nn_load_first(&sum[r], first + r * c_row, mask);
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
  nn_unroll for (int r = 0; r < rows; ++r) nn_store_first(first + r * c_row, &sum[r], mask);
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

// @nn_block_depth: how much of k is worked on at a time: that part of a panel of B, at most 96 KiB, stays in the caches
enum { nn_block_depth = 3072 / (int)sizeof(real) };

// @nn_block_tiles: how many tiles of rows are worked on at a time: that part of A stays in the second cache for all panels
enum { nn_block_tiles = 20 };

// @nn_lays: whether parts of A and B are laid down where they would drive each other out of the caches. Where there is AVX2 and no more,
// caches are small, and have few places for numbers that lie a power of two apart; with AVX-512 nothing is gained
#define nn_lays (nn_vectors && nn_vector_bytes == 32)

// @nn_lay_depth: how much of k is worked on at a time where something is laid down, on the stack: at most 32 KiB of a panel of B
enum { nn_lay_depth = 1024 / (int)sizeof(real) };

// @nn_lay_tiles: how many tiles of rows then: 72 KiB of A
enum { nn_lay_tiles = 12 };

// @nn_crowds: whether so many numbers of a stride are too many for a cache of 32 KiB with 8 ways: those of a power of two share few places of it
#if nn_vectors
nn_inlined int nn_crowds(long stride, long count) {
  const long bytes = stride * (long)sizeof(real);
  return count <= nn_lay_depth && count > 0 && (bytes & -bytes) > 32768 / count;
}
#endif

// @nn_depth: how much of k is worked on at a time, by the strides of A and B
#if nn_vectors
nn_inlined long nn_depth(long a_row, long a_k, long b_k) {
#if nn_lays
  if (nn_crowds(b_k, nn_lay_depth) || (a_row == 1 && nn_crowds(a_k, nn_lay_depth))) return nn_lay_depth;
#else
  (void)a_row;
  (void)a_k;
  (void)b_k;
#endif
  return nn_block_depth;
}
#endif

// @nn_crowded_rows: rows of a tile where those of A crowd. With AVX-512 all 12 would share one place of the first cache, which has room for 8 or 12
// lines: they would drive each other out as soon as anything comes in between
#if nn_vector_bytes == 64
enum { nn_crowded_rows = 8 };
#else
enum { nn_crowded_rows = nn_tile_rows };
#endif

// @nn_tiles: how many tiles the rows of C are cut into
#if nn_vectors
nn_inlined long nn_tiles(long rows, long a_row, long a_k) {
  const long most = a_k == 1 && nn_crowds(a_row, nn_tile_rows) ? nn_crowded_rows : nn_tile_rows;
  return (rows + most - 1) / most;
}
#endif

// @nn_tile_top: the first row of a tile; all have the same height, or one row less
#if nn_vectors
nn_inlined long nn_tile_top(long rows, long tiles, long tile) {
  const long more = rows % tiles;
  return rows / tiles * tile + (tile < more ? tile : more);
}
#endif

// @nn_lay_distance: from a tile of A that is laid down to the next: a vector is left for what is written beyond the rows of the last k
#if nn_vectors
nn_inlined long nn_lay_distance(const nn_operands *t) { return t->depth * t->segments * nn_tile_rows + nn_width; }
#endif

// @nn_lay_rows: lays down up to nn_lay_tiles tiles of an A whose rows are neighbours, each k after k; all tiles' part of a k is read at once,
// since the next k may be in another page
#if nn_lays
static inline void nn_lay_rows(real *o, const nn_operands *t, long rows, long first_tile, long end_tile, long tiles) {
  const long count = end_tile - first_tile, distance = nn_lay_distance(t);
  long top[nn_lay_tiles + 1];
  for (long i = 0; i <= count; ++i) top[i] = nn_tile_top(rows, tiles, first_tile + i);
  for (long s = 0; s < t->segments; ++s) {
    for (long k = 0; k < t->depth; ++k, o += nn_tile_rows) {
      const real *a = t->a + s * t->a_segment + k * t->a_k;
      for (long i = 0; i < count; ++i) {
        for (long r = top[i]; r < top[i + 1]; r += nn_width) {
          nn_vector x;
          if (r + nn_width <= rows) {
            x = *(const nn_loose_vector *)(a + r);
          } else {
            nn_lanes_mask mask;
            nn_first_lanes(&mask, rows - r);
            nn_load_first(&x, a + r, &mask);
          }
          *(nn_loose_vector *)(o + i * distance + r - top[i]) = x;
        }
      }
    }
  }
}
#endif

// @nn_lay_columns: lays down up to two vectors of columns of B, k after k
#if nn_lays
nn_inlined void nn_lay_columns(real *o, const nn_operands *t, long cols) {
  nn_lanes_mask mask;
  nn_first_lanes(&mask, cols < nn_width ? cols : nn_width);
  const long second = cols > nn_width ? cols - nn_width : 0;
  for (long s = 0; s < t->segments; ++s) {
    for (long k = 0; k < t->depth; ++k, o += 2 * nn_width) {
      const real *b = t->b + s * t->b_segment + k * t->b_k;
      nn_vector left, right;
      nn_load_first(&left, b, &mask);
      nn_load_first(&right, b + second, &mask);
      *(nn_loose_vector *)o = left;
      *(nn_loose_vector *)(o + second) = right;
    }
  }
}
#endif

// @nn_product_columns: the tiles first_tile..<end_tile of C in up to two vectors of columns; the rows are cut into tiles of even height.
// A that is laid down begins with the first of these tiles, else it is null
#if nn_vectors
static inline void nn_product_columns(const nn_operands *columns, long rows, long cols, long first_tile, long end_tile, long tiles,
                                      const real *laid) {
  nn_operands t = *columns;
#if nn_lays
  nn_aligned real laid_b[2 * nn_width * nn_lay_depth];
  if (end_tile - first_tile > 3 && nn_crowds(t.b_k, t.depth * t.segments)) {
    nn_lay_columns(laid_b, &t, cols);
    t.b = laid_b;
    t.b_k = 2 * nn_width;
    t.b_segment = t.depth * 2 * nn_width;
  }
#endif
  long top = nn_tile_top(rows, tiles, first_tile);
  for (long i = first_tile; i < end_tile; ++i) {
    const long end = nn_tile_top(rows, tiles, i + 1);
    t.c = columns->c + top * t.c_row;
    if (laid) {
      t.a = laid;
      t.a_k = nn_tile_rows;
      t.a_segment = nn_tile_rows * t.depth;
      laid += nn_lay_distance(&t);
    } else {
      t.a = columns->a + top * t.a_row;
    }
    if (t.far) t.far_place = columns->far_place + top * t.far->row;
    nn_any_tile(&t, end - top, cols);
    top = end;
  }
}
#endif

// @nn_product_rows: likewise in all columns
#if nn_vectors
static inline void nn_product_rows(const nn_operands *block, long b_panel, long rows, long cols, long first_tile, long end_tile, long tiles,
                                   const real *laid) {
  for (long column = 0; column < cols; column += 2 * nn_width) {
    nn_operands t = *block;
    t.c += column;
    t.b += column / nn_panel * b_panel + column % nn_panel;
    if (t.far) t.far_place += column;
    nn_product_columns(&t, rows, cols - column < 2 * nn_width ? cols - column : 2 * nn_width, first_tile, end_tile, tiles, laid);
  }
}
#endif

// @nn_product_laid: nn_product_block where rows of A are neighbours, and laid down; apart, so that other products need no such stack
#if nn_lays
nn_apart static void nn_product_laid(const nn_operands *block, long b_panel, long rows, long cols, long tiles) {
  real laid[nn_lay_tiles * (nn_tile_rows * nn_lay_depth + nn_width)];
  for (long tile = 0; tile < tiles; tile += nn_lay_tiles) {
    const long end = tiles - tile < nn_lay_tiles ? tiles : tile + nn_lay_tiles;
    nn_lay_rows(laid, block, rows, tile, end, tiles);
    nn_product_rows(block, b_panel, rows, cols, tile, end, tiles, laid);
  }
}
#endif

// @nn_product_block: adds a part of the sums to all of C, or begins with it
#if nn_vectors
static inline void nn_product_block(const nn_operands *block, long b_panel, long rows, long cols) {
  const long tiles = nn_tiles(rows, block->a_row, block->a_k);
#if nn_lays
  if (block->a_row == 1 && cols > nn_panel && nn_crowds(block->a_k, block->depth * block->segments)) {
    nn_product_laid(block, b_panel, rows, cols, tiles);
    return;
  }
#endif
  for (long tile = 0; tile < tiles; tile += nn_block_tiles)
    nn_product_rows(block, b_panel, rows, cols, tile, tiles - tile < nn_block_tiles ? tiles : tile + nn_block_tiles, tiles, 0);
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
  const long most = nn_depth(a_row, a_k, b_k), blocks = k > most ? (k + most - 1) / most : 1;
  long start = 0;
  for (long i = 0; i < blocks; ++i) {
    const long depth = k / blocks + (i < k % blocks);
    const nn_far *asked = i + 1 < blocks ? 0 : far;
    long parts = 1;
    if (asked)
      for (parts = 8; depth % parts;) --parts;
    const long part = depth / parts;
    nn_operands block = {c,    c_row, a + start * a_k, a_row, a_k, part * a_k, b + start * b_k, b_k, part * b_k,
                         part, parts, accumulate | (start > 0), asked, 0};
    nn_product_block(&block, b_panel, rows, cols);
    start += depth;
  }
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
#if nn_vectors
  if (rows <= nn_tile_rows && cols <= 2 * nn_width && k <= nn_block_depth) {
    // One tile of a small net: it takes less time than finding out how many there are.
    nn_operands tile = {c, c_row, a, a_row, a_k, 0, b, b_k, 0, k, 1, accumulate, 0, 0};
    nn_any_tile(&tile, rows, cols);
    return;
  }
#endif
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
  const long depth = nn_depth(a_row, a_k, b_k), most = k < depth ? depth / (k > 0 ? k : 1) : 1;
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
