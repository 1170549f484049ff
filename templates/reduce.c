// Reductions of matrices. Along a row: in blocks of 1,024 columns, each by 16 virtual lanes and one fixed tree, so that every
// instruction set and every way of running gives the same bits. Along a column: row after row.
#ifndef NNCC
#include "math_f32.c"
#include "vector.c"
#endif

// @nn_lanes: the number of virtual lanes of a reduction
enum { nn_lanes = 16 };

// @nn_block: the number of columns that are summed on their own
enum { nn_block = 1024 };

// @nn_side_by_side: asks clang to keep the short loop that follows and run it as one vector operation
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpass-failed"
#define nn_side_by_side _Pragma("clang loop vectorize(assume_safety) interleave_count(1) unroll(disable)")
#elif nn_vectors
#define nn_side_by_side _Pragma("GCC unroll 1")
#else
#define nn_side_by_side
#endif

// @nn_load_lanes: the next count numbers, step apart, one for each lane; the neutral element in lanes beyond them
nn_inlined void nn_load_lanes(real *lane, const real *a, long step, long count, real neutral) {
  if (count >= nn_lanes) {
    nn_side_by_side for (long j = 0; j < nn_lanes; ++j) lane[j] = a[j * step];
  } else {
    nn_side_by_side for (long j = 0; j < nn_lanes; ++j) lane[j] = j < count ? a[j * step] : neutral;
  }
}

// @nn_tree: the sum of the lanes, by one fixed tree
nn_inlined real nn_tree(real *lane) {
  for (long half = nn_lanes / 2; half > 0; half /= 2)
    for (long j = 0; j < half; ++j) lane[j] += lane[j + half];
  return lane[0];
}

// @nn_sum_lanes: for each lane the sum of every nn_lanes-th of count elements, step apart
nn_inlined void nn_sum_lanes(real *lane, const real *a, long step, long count) {
#if nn_vectors
  if (step == 1) {
    nn_vector sum[nn_lanes / nn_width] = {{0}}, next;
    const long whole = count - count % nn_lanes;
    nn_rolled for (long c = 0; c < whole; c += nn_lanes) {
      nn_unroll for (int v = 0; v < nn_lanes / nn_width; ++v) sum[v] += *(const nn_loose_vector *)(a + c + v * nn_width);
    }
    nn_unroll for (int v = 0; v < nn_lanes / nn_width; ++v) {
      const long left = count - whole - v * nn_width;
      nn_lanes_mask mask;
      nn_first_lanes(&mask, left < 0 ? 0 : left < nn_width ? left : nn_width);
      nn_load_first(&next, a + whole + v * nn_width, &mask);
      *(nn_loose_vector *)(lane + v * nn_width) = sum[v] + next;
    }
    return;
  }
#endif
  real next[nn_lanes];
  for (long j = 0; j < nn_lanes; ++j) lane[j] = 0;
  for (long c = 0; c < count; c += nn_lanes) {
    nn_load_lanes(next, a + c * step, step, count - c, 0);
    nn_side_by_side for (long j = 0; j < nn_lanes; ++j) lane[j] += next[j];
  }
}

// @nn_sum_row: the sum of cols elements, step apart
nn_inlined real nn_sum_row(const real *a, long step, long cols) {
  real total = 0;
  for (long start = 0; start < cols; start += nn_block) {
    real lane[nn_lanes];
    nn_sum_lanes(lane, a + start * step, step, cols - start < nn_block ? cols - start : nn_block);
    total += nn_tree(lane);
  }
  return total;
}

// @nn_extreme_row: the largest of sign * x over cols elements, step apart; NaN if one is. The lanes pass NaN by; it is kept apart
nn_inlined real nn_extreme_row(const real *a, long step, long cols, real sign) {
  real lane[nn_lanes], odd[nn_lanes], next[nn_lanes];
  nn_side_by_side for (long j = 0; j < nn_lanes; ++j) {
    lane[j] = -nn_infinity();
    odd[j] = 0;
  }
  for (long c = 0; c < cols; c += nn_lanes) {
    nn_load_lanes(next, a + c * step, step, cols - c, -sign * nn_infinity());
    nn_side_by_side for (long j = 0; j < nn_lanes; ++j) {
      real x = sign * next[j];
      lane[j] = x > lane[j] ? x : lane[j];
      odd[j] = x != x ? x : odd[j];
    }
  }
  for (long half = nn_lanes / 2; half > 0; half /= 2)
    for (long j = 0; j < half; ++j) lane[j] = lane[j] > lane[j + half] ? lane[j] : lane[j + half];
  real nan = nn_tree(odd);
  return nan == 0 ? lane[0] : nan;
}

// @nn_max_row: the largest of cols elements, step apart; NaN if one is
nn_inlined real nn_max_row(const real *a, long step, long cols) { return nn_extreme_row(a, step, cols, 1); }

// @nn_min_row: the smallest of cols elements, step apart; NaN if one is
nn_inlined real nn_min_row(const real *a, long step, long cols) { return -nn_extreme_row(a, step, cols, -1); }

// @nn_argmax_row: the first index of the largest of cols elements, step apart; of the first NaN if there is one
nn_inlined long nn_argmax_row(const real *a, long step, long cols) {
  real largest = nn_max_row(a, step, cols);
  for (long c = 0; c < cols; ++c) {
    real x = a[c * step];
    if ((x == largest) | (x != x)) return c;
  }
  return 0;
}

// @nn_sum_rows: o[r] += the sum of row r, as nn_sum_row makes it, for a vector of rows at a time, which are neighbours in every column
#if nn_vectors
nn_inlined void nn_sum_rows(real *o, const real *a, long a_col, long rows, long cols) {
  nn_vector zero = {0}, total = zero, lane[nn_lanes], x;
  nn_lanes_mask mask;
  nn_first_lanes(&mask, rows < nn_width ? rows : nn_width);
  for (long start = 0; start < cols; start += nn_block) {
    long end = cols - start < nn_block ? cols : start + nn_block;
    nn_unroll for (int j = 0; j < nn_lanes; ++j) lane[j] = zero;
    for (long c = start; c < end; c += nn_lanes) {
      nn_unroll for (int j = 0; j < nn_lanes; ++j) {
        if (c + j >= end) continue;
        nn_load_first(&x, a + (c + j) * a_col, &mask);
        lane[j] += x;
      }
    }
    nn_unroll for (int half = nn_lanes / 2; half > 0; half /= 2)
      nn_unroll for (int j = 0; j < half; ++j) lane[j] += lane[j + half];
    total += lane[0];
  }
  nn_load_first(&x, o, &mask);
  total += x;
  nn_store_first(o, &total, &mask);
}
#endif

// @nn_turn_short_rows: column v * nn_width + j of up to nn_width rows of up to nn_lanes contiguous columns as square[v][j]; zeros beyond them
#if nn_vectors
nn_inlined void nn_turn_short_rows(nn_vector square[][nn_width], const real *a, long a_row, long rows, long cols) {
  nn_unroll for (int v = 0; v < nn_lanes / nn_width; ++v) {
    const nn_vector zero = {0};
    nn_unroll for (int r = 0; r < nn_width; ++r) square[v][r] = zero;
    const long left = cols - v * nn_width;
    if (left <= 0) continue;
    nn_lanes_mask mask;
    nn_first_lanes(&mask, left < nn_width ? left : nn_width);
    nn_unroll for (int r = 0; r < nn_width; ++r) {
      if (r < rows) nn_load_first(&square[v][r], a + r * a_row + v * nn_width, &mask);
    }
    nn_transpose(square[v]);
  }
}
#endif

// @nn_sum_short_rows: o[r] += the sum of row r, as nn_sum_row makes it, for up to nn_width rows of up to nn_lanes contiguous columns
#if nn_vectors
nn_inlined void nn_sum_short_rows(real *o, const real *a, long a_row, long rows, long cols) {
  nn_vector square[nn_lanes / nn_width][nn_width], zero = {0}, total;
  nn_turn_short_rows(square, a, a_row, rows, cols);
  nn_unroll for (int half = nn_lanes / 2; half > 0; half /= 2) {
    nn_unroll for (int j = 0; j < half; ++j) square[j / nn_width][j % nn_width] += square[(j + half) / nn_width][(j + half) % nn_width];
  }
  nn_lanes_mask mask;
  nn_first_lanes(&mask, rows < nn_width ? rows : nn_width);
  nn_load_first(&total, o, &mask);
  // Sums begin with 0, which makes one of -0.
  total += zero + square[0][0];
  nn_store_first(o, &total, &mask);
}
#endif

// @nn_row_sum: o[r] += the sum of row r
nn_wide static inline void nn_row_sum(real *o, const real *a, long a_row, long a_col, long rows, long cols) {
  long r = 0;
#if nn_vectors
  if (a_row == 1 && a_col != 1 && rows > 1) {
    for (; r < rows; r += nn_width) nn_sum_rows(o + r, a + r, a_col, rows - r, cols);
    return;
  }
  if (a_col == 1 && cols <= nn_lanes)
    for (; rows - r > 3; r += nn_width) nn_sum_short_rows(o + r, a + r * a_row, a_row, rows - r, cols);
#endif
  // Where the rows are a constant, gcc 12 takes a loop that counts up from here for one without end, and warns.
  o += r;
  a += r * a_row;
  for (long left = rows - r; left > 0; --left, ++o, a += a_row) *o += a_col == 1 ? nn_sum_row(a, 1, cols) : nn_sum_row(a, a_col, cols);
}

// @nn_extremes_of_short_rows: as nn_extreme_row for up to nn_width rows of up to nn_lanes contiguous columns; or only 0 if a sum is NaN:
// then a number may be
#if nn_vectors
nn_inlined int nn_extremes_of_short_rows(real *extreme, const real *a, long a_row, long rows, long cols, real sign) {
  nn_vector square[nn_lanes / nn_width][nn_width];
  nn_turn_short_rows(square, a, a_row, rows, cols);
  real lane[nn_lanes * nn_width];
  const nn_vector zero = {0};
  nn_vector total = zero;
  nn_unroll for (int j = 0; j < nn_lanes; ++j) {
    const nn_vector x = square[j / nn_width][j % nn_width];
    total += x;
    *(nn_loose_vector *)(lane + j * nn_width) = j < cols ? sign * x : zero - nn_infinity();
  }
  int is_odd = 0;
  nn_unroll for (int r = 0; r < nn_width; ++r) is_odd |= total[r] != total[r];
  if (is_odd) return 0;
  nn_unroll for (long half = nn_lanes / 2 * nn_width; half >= nn_width; half /= 2) {
    nn_side_by_side for (long i = 0; i < half; ++i) lane[i] = lane[i] > lane[i + half] ? lane[i] : lane[i + half];
  }
  for (long i = 0; i < nn_width; ++i) extreme[i] = lane[i];
  return 1;
}
#endif

// @nn_row_extremes: o[r] = max(o[r], the largest of row r), of all numbers times sign
nn_inlined void nn_row_extremes(real *o, const real *a, long a_row, long a_col, long rows, long cols, real sign) {
  long group = 1;
#if nn_vectors
  real most[nn_width];
  if (a_col == 1 && cols <= nn_lanes) group = nn_width;
#endif
  for (long first = 0; first < rows; first += group) {
    const long end = rows - first < group ? rows : first + group;
#if nn_vectors
    if (end - first > 3 && nn_extremes_of_short_rows(most, a + first * a_row, a_row, end - first, cols, sign)) {
      for (long r = first; r < end; ++r) o[r] = sign * nn_max(sign * o[r], most[r - first]);
      continue;
    }
#endif
    for (long r = first; r < end; ++r) {
      const real *row = a + r * a_row;
      o[r] = sign * nn_max(sign * o[r], a_col == 1 ? nn_extreme_row(row, 1, cols, sign) : nn_extreme_row(row, a_col, cols, sign));
    }
  }
}

// @nn_row_max: o[r] = max(o[r], the largest of row r)
nn_wide static inline void nn_row_max(real *o, const real *a, long a_row, long a_col, long rows, long cols) {
  nn_row_extremes(o, a, a_row, a_col, rows, cols, 1);
}

// @nn_row_min: o[r] = min(o[r], the smallest of row r)
nn_wide static inline void nn_row_min(real *o, const real *a, long a_row, long a_col, long rows, long cols) {
  nn_row_extremes(o, a, a_row, a_col, rows, cols, -1);
}

// @nn_row_argmax: o[r] = the first index of the largest of row r
static inline void nn_row_argmax(real *o, const real *a, long a_row, long a_col, long rows, long cols) {
  for (long r = 0; r < rows; ++r)
    o[r] = (real)(a_col == 1 ? nn_argmax_row(a + r * a_row, 1, cols) : nn_argmax_row(a + r * a_row, a_col, cols));
}

// @nn_col_sum_part: acc[c] += the sum of column c, row after row, for whole vectors of contiguous columns, or the columns that are left
#if nn_vectors
nn_inlined void nn_col_sum_part(real *acc, const real *a, long a_row, long rows, const int vectors, const nn_lanes_mask *mask) {
  nn_vector sum[4], x;
  nn_unroll for (int v = 0; v < vectors; ++v) nn_load_first(&sum[v], acc + v * nn_width, mask);
  nn_rolled for (long r = 0; r < rows; ++r) {
    nn_unroll for (int v = 0; v < vectors; ++v) {
      nn_load_first(&x, a + r * a_row + v * nn_width, mask);
      sum[v] += x;
    }
  }
  nn_unroll for (int v = 0; v < vectors; ++v) nn_store_first(acc + v * nn_width, &sum[v], mask);
}
#endif

// @nn_col_sum: acc[c] += the sum of column c, row after row
nn_wide static inline void nn_col_sum(real *acc, const real *a, long a_row, long a_col, long rows, long cols) {
  // A number that was just written on its own is not read as part of a vector, which would wait for it.
  if (cols == 1) {
    real sum = *acc;
    for (long r = 0; r < rows; ++r) sum += a[r * a_row];
    *acc = sum;
    return;
  }
#if nn_vectors
  if (a_col == 1) {
    long c = 0;
    // Sums side by side do not wait for each other.
    for (; c + 4 * nn_width <= cols; c += 4 * nn_width) nn_col_sum_part(acc + c, a + c, a_row, rows, 4, 0);
    for (; c + 2 * nn_width <= cols; c += 2 * nn_width) nn_col_sum_part(acc + c, a + c, a_row, rows, 2, 0);
    for (; c + nn_width <= cols; c += nn_width) nn_col_sum_part(acc + c, a + c, a_row, rows, 1, 0);
    if (c < cols) {
      nn_lanes_mask mask;
      nn_first_lanes(&mask, cols - c);
      nn_col_sum_part(acc + c, a + c, a_row, rows, 1, &mask);
    }
    return;
  }
#endif
  for (long r = 0; r < rows; ++r)
    for (long c = 0; c < cols; ++c) acc[c] += a[r * a_row + c * a_col];
}

// @nn_col_max: acc[c] = max(acc[c], the largest of column c)
static inline void nn_col_max(real *acc, const real *a, long a_row, long a_col, long rows, long cols) {
  for (long r = 0; r < rows; ++r)
    for (long c = 0; c < cols; ++c) acc[c] = nn_max(acc[c], a[r * a_row + c * a_col]);
}

// @nn_col_min: acc[c] = min(acc[c], the smallest of column c)
static inline void nn_col_min(real *acc, const real *a, long a_row, long a_col, long rows, long cols) {
  for (long r = 0; r < rows; ++r)
    for (long c = 0; c < cols; ++c) acc[c] = nn_min(acc[c], a[r * a_row + c * a_col]);
}
