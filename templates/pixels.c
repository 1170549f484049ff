// Convolutions to few channels, for which the pixels of a line fill vectors. Row r of C is a channel of the result, with the pixels of its lines one
// after the other; A is the kernels, read one number at a time; lines of B are read as they lie, from any pixel on. Every element of C is one chain
// of (fused) multiply-adds over planes, segments and k in order.
#ifndef NNCC
#include "product.c"
#endif

// @nn_pixel_rows: rows of C that are held in registers at a time, two vectors each
#define nn_pixel_rows (nn_tile_rows < 8 ? nn_tile_rows : 8)

// @nn_pixel_operands: where two vectors of pixels are in C, the second one at c_second, what they are multiplied with in A, and where they begin in B,
// the second one at b_second; segments before the first one are all zeros, as are those from segments on
typedef struct {
  real *c;
  long c_row, c_second;
  const real *a;
  long a_row;
  const real *b;
  long b_second;
  long planes, a_plane, b_plane, segment, segments, a_segment, b_segment, k, a_k, b_k;
} nn_pixel_operands;

// @nn_pixel_tile: rows of two vectors, of which the first lanes exist; without a mask all do. Both may be the same: they then hold the same numbers
#if nn_vectors
nn_inlined void nn_pixel_tile(const nn_pixel_operands *t, const nn_lanes_mask *mask, const int rows) {
  nn_vector sum[nn_pixel_rows][2], zero = {0};
  nn_unroll for (int r = 0; r < rows; ++r) {
    sum[r][0] = zero;
    sum[r][1] = zero;
  }
  for (long p = 0; p < t->planes; ++p) {
    for (long s = t->segment; s < t->segments; ++s) {
      const real *a[3], *b = t->b + p * t->b_plane + s * t->b_segment;
      nn_unroll for (int i = 0; i < 3; ++i) a[i] = t->a + p * t->a_plane + s * t->a_segment + (3 * i < rows ? 3 * i * t->a_row : 0);
      nn_rolled for (long k = 0; k < t->k; ++k, b += t->b_k) {
        nn_vector left, right;
        nn_load_first(&left, b, mask);
        nn_load_first(&right, b + t->b_second, mask);
        nn_unroll for (int r = 0; r < rows; ++r) {
          nn_vector x = a[r / 3][r % 3 * t->a_row] - zero;
          nn_multiply_add(&sum[r][0], &x, &left);
          nn_multiply_add(&sum[r][1], &x, &right);
        }
        nn_unroll for (int i = 0; i < 3; ++i) {
          a[i] += t->a_k;
          nn_opaque(a[i]);
        }
      }
    }
  }
  nn_unroll for (int r = 0; r < rows; ++r) {
    nn_store_first(t->c + r * t->c_row, &sum[r][0], mask);
    nn_store_first(t->c + r * t->c_row + t->c_second, &sum[r][1], mask);
  }
}
#endif

// @nn_pixel_case: one height of a tile
#define nn_pixel_case(height) \
  case height: \
    if (mask) \
      nn_pixel_tile(t, mask, height); \
    else \
      nn_pixel_tile(t, 0, height); \
    break;

// @nn_any_pixel_tile: a tile of up to nn_pixel_rows rows
#if nn_vectors
nn_wide static void nn_any_pixel_tile(const nn_pixel_operands *t, const nn_lanes_mask *mask, long rows) {
  switch (rows) {
    nn_pixel_case(1) nn_pixel_case(2) nn_pixel_case(3) nn_pixel_case(4)
#if nn_tile_rows > 4
    nn_pixel_case(5) nn_pixel_case(6)
#endif
#if nn_tile_rows > 6
    nn_pixel_case(7) nn_pixel_case(8)
#endif
  }
}
#endif

// @nn_pixel_lines: how far apart lines of B are, and which of them, counted in segments of the first line of C, are not all zeros
typedef struct {
  long stride, first, end;
} nn_pixel_lines;

// @nn_skip_zeros: leaves out the segments that are zeros for a line and for the other one of its pair, which may be computed with it
nn_inlined void nn_skip_zeros(nn_pixel_operands *t, const nn_pixel_lines *seen, long line, long lines) {
  const long even = line - line % 2, odd = even + 1 < lines ? even + 1 : even;
  t->segment = seen->first > odd ? seen->first - odd : 0;
  t->segments = seen->end - even < t->segments ? seen->end - even : t->segments;
}

// @nn_pixel_strip: some rows of all lines. Where a line is an odd number of vectors the last ones of two lines are computed together; the last one of
// a line ends with its pixels, and overlaps the one before it
#if nn_vectors
static inline void nn_pixel_strip(const nn_pixel_operands *strip, const nn_pixel_lines *seen, long rows, long lines, long pixels) {
  const long vectors = (pixels + nn_width - 1) / nn_width, last = pixels < nn_width ? 0 : pixels - nn_width;
  nn_lanes_mask few;
  nn_first_lanes(&few, pixels < nn_width ? pixels : nn_width);
  for (long line = 0; line < lines; ++line) {
    const int alone = line + 1 == lines;
    nn_pixel_operands t = *strip;
    nn_skip_zeros(&t, seen, line, lines);
    for (long v = 0; v + 2 <= vectors; v += 2) {
      t.c = strip->c + line * pixels + v * nn_width;
      t.b = strip->b + line * seen->stride + v * nn_width;
      t.c_second = t.b_second = v + 2 == vectors ? last - v * nn_width : nn_width;
      nn_any_pixel_tile(&t, 0, rows);
    }
    if (vectors % 2 == 0 || line % 2 > 0) continue;
    t.c = strip->c + line * pixels + last;
    t.b = strip->b + line * seen->stride + last;
    t.c_second = alone ? 0 : pixels;
    t.b_second = alone ? 0 : seen->stride;
    nn_any_pixel_tile(&t, pixels < nn_width ? &few : 0, rows);
  }
}
#endif

// @nn_pixels: C[row][line][pixel] = the sum over planes, segments and k of A[row * a_row + ...] * B[line * b_line + pixel + ...], the dots being the
// places of these three. Lines of B before the first or from the end on, counted in segments of the first line of C, are zeros
nn_wide static inline void nn_pixels(real *c, long c_row, const real *a, long a_row, const real *b, long b_line, long rows, long lines, long pixels,
                                     long planes, long a_plane, long b_plane, long segments, long a_segment, long b_segment, long first, long end,
                                     long k, long a_k, long b_k) {
  const nn_pixel_lines seen = {b_line, first, end};
#if nn_vectors
  const long tiles = (rows + nn_pixel_rows - 1) / nn_pixel_rows;
  for (long i = 0; i < tiles; ++i) {
    const long top = rows * i / tiles, bottom = rows * (i + 1) / tiles;
    const nn_pixel_operands strip = {c + top * c_row, c_row, 0,        a + top * a_row, a_row,     b, 0,   planes,
                                     a_plane,         b_plane, 0, segments, a_segment,       b_segment, k, a_k, b_k};
    nn_pixel_strip(&strip, &seen, bottom - top, lines, pixels);
  }
#else
  for (long r = 0; r < rows; ++r) {
    for (long line = 0; line < lines; ++line) {
      nn_pixel_operands t = {.segments = segments};
      nn_skip_zeros(&t, &seen, line, lines);
      for (long x = 0; x < pixels; ++x) {
        real sum = 0;
        for (long p = 0; p < planes; ++p)
          for (long s = t.segment; s < t.segments; ++s)
            for (long i = 0; i < k; ++i)
              sum += a[r * a_row + p * a_plane + s * a_segment + i * a_k] * b[line * b_line + x + p * b_plane + s * b_segment + i * b_k];
        c[r * c_row + line * pixels + x] = sum;
      }
    }
  }
#endif
}

// @nn_tap_rows: rows and columns of a gradient of kernels whose sums are held in registers at a time
#if nn_vector_bytes == 64
#define nn_tap_rows (sizeof(real) == 4 ? 4 : 3)
#else
#define nn_tap_rows (sizeof(real) == 4 ? 2 : 1)
#endif

// @nn_tap_columns: as many columns
enum { nn_tap_columns = nn_vector_bytes == 64 ? 5 : 3 };

// @nn_tap_operands: where the sums of a tile go, and what they are sums of
typedef struct {
  real *c;
  long c_row;
  const real *a;
  long a_row;
  const real *b;
  long b_col, pictures, a_picture, b_picture, lines, a_line, b_line, k;
  int accumulate;
} nn_tap_operands;

// @nn_tap_step: adds the products of some pixels, as many as there are virtual lanes; masks say which of them exist
#if nn_vectors
nn_inlined void nn_tap_step(nn_vector (*sum)[nn_tap_columns][nn_lanes / nn_width], const nn_tap_operands *t, const real *a, const real *b,
                            const nn_lanes_mask *mask, const int rows, const int cols) {
  const long a_row = t->a_row, b_col = t->b_col;
  nn_unroll for (int v = 0; v < nn_lanes / nn_width; ++v) {
    nn_vector x[4], y;
    nn_unroll for (int r = 0; r < rows; ++r) nn_load_first(&x[r], a + r * a_row + v * nn_width, mask ? mask + v : 0);
    nn_unroll for (int j = 0; j < cols; ++j) {
      nn_load_first(&y, b + j * b_col + v * nn_width, mask ? mask + v : 0);
      nn_held(y);
      nn_unroll for (int r = 0; r < rows; ++r) nn_multiply_add(&sum[r][j][v], &x[r], &y);
    }
  }
}
#endif

// @nn_tap_sums: the sums of a tile, one for each virtual lane
#if nn_vectors
typedef real nn_tap_sums[4][nn_tap_columns][nn_lanes];
#endif

// @nn_tap_tile: the sums of so many rows and columns
#if nn_vectors
nn_inlined void nn_tap_tile(nn_tap_sums sums, const nn_tap_operands *t, const nn_lanes_mask *mask, const int rows, const int cols) {
  nn_vector sum[4][nn_tap_columns][nn_lanes / nn_width], zero = {0};
  const long whole = t->k - t->k % nn_lanes;
  nn_unroll for (int r = 0; r < rows; ++r)
    nn_unroll for (int j = 0; j < cols; ++j)
      nn_unroll for (int v = 0; v < nn_lanes / nn_width; ++v) sum[r][j][v] = zero;
  for (long p = 0; p < t->pictures; ++p) {
    const real *a = t->a + p * t->a_picture, *b = t->b + p * t->b_picture;
    for (long line = 0; line < t->lines; ++line, a += t->a_line, b += t->b_line) {
      nn_rolled for (long i = 0; i < whole; i += nn_lanes) nn_tap_step(sum, t, a + i, b + i, 0, rows, cols);
      if (whole < t->k) nn_tap_step(sum, t, a + whole, b + whole, mask, rows, cols);
    }
  }
  nn_unroll for (int r = 0; r < rows; ++r)
    nn_unroll for (int j = 0; j < cols; ++j)
      nn_unroll for (int v = 0; v < nn_lanes / nn_width; ++v) *(nn_loose_vector *)(sums[r][j] + v * nn_width) = sum[r][j][v];
}
#endif

// @nn_tap_case: one width of a tile
#define nn_tap_case(width) \
  case width: \
    if (rows == 1) \
      nn_tap_tile(sums, t, mask, 1, width); \
    else if (nn_tap_rows >= 2 && rows == 2) \
      nn_tap_tile(sums, t, mask, 2, width); \
    else if (nn_tap_rows >= 3 && rows == 3) \
      nn_tap_tile(sums, t, mask, 3, width); \
    else if (nn_tap_rows >= 4) \
      nn_tap_tile(sums, t, mask, 4, width); \
    break;

// @nn_any_tap_tile: a tile of up to nn_tap_rows rows and nn_tap_columns columns, each number by 16 virtual lanes and one fixed tree
#if nn_vectors
nn_wide static void nn_any_tap_tile(const nn_tap_operands *t, const nn_lanes_mask *mask, long rows, long cols) {
  nn_tap_sums sums;
  switch (cols) {
    nn_tap_case(1) nn_tap_case(2) nn_tap_case(3)
#if nn_vector_bytes == 64
    nn_tap_case(4) nn_tap_case(5)
#endif
  }
  for (long r = 0; r < rows; ++r) {
    for (long j = 0; j < cols; ++j) {
      real *c = t->c + r * t->c_row + j;
      *c = t->accumulate ? *c + nn_tree(sums[r][j]) : nn_tree(sums[r][j]);
    }
  }
}
#endif

// @nn_taps: C[row][col] = the sum over pictures, lines and k of A[row * a_row + ...] * B[col * b_col + ...], the dots being the places of these three;
// k is contiguous in both. With accumulate it is added to what is there
nn_wide static inline void nn_taps(real *c, long c_row, const real *a, long a_row, const real *b, long b_col, long rows, long cols, long pictures,
                                   long a_picture, long b_picture, long lines, long a_line, long b_line, long k, int accumulate) {
#if nn_vectors
  const long tall = (rows + nn_tap_rows - 1) / nn_tap_rows, wide = (cols + nn_tap_columns - 1) / nn_tap_columns;
  nn_lanes_mask mask[nn_lanes / nn_width];
  for (int v = 0; v < nn_lanes / nn_width; ++v) {
    const long left = k % nn_lanes - v * nn_width;
    nn_first_lanes(&mask[v], left < 0 ? 0 : left < nn_width ? left : nn_width);
  }
  for (long i = 0; i < tall; ++i) {
    for (long j = 0; j < wide; ++j) {
      const long top = rows * i / tall, first = cols * j / wide;
      const nn_tap_operands t = {c + top * c_row + first, c_row,     a + top * a_row, a_row, b + first * b_col, b_col, pictures, a_picture,
                                 b_picture,               lines,     a_line,          b_line, k, accumulate};
      nn_any_tap_tile(&t, mask, rows * (i + 1) / tall - top, cols * (j + 1) / wide - first);
    }
  }
#else
  for (long r = 0; r < rows; ++r) {
    for (long j = 0; j < cols; ++j) {
      real lane[nn_lanes] = {0};
      for (long p = 0; p < pictures; ++p)
        for (long line = 0; line < lines; ++line)
          for (long i = 0; i < k; ++i)
            lane[i % nn_lanes] += a[r * a_row + p * a_picture + line * a_line + i] * b[j * b_col + p * b_picture + line * b_line + i];
      c[r * c_row + j] = accumulate ? c[r * c_row + j] + nn_tree(lane) : nn_tree(lane);
    }
  }
#endif
}
