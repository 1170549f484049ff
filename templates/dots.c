// Dot products, for products of few rows: on weights as they are, k contiguous in both operands.
#ifndef NNCC
#include "product.c"
#endif

// @nn_dot_columns: columns of B whose dot products with a row of A are computed together
enum { nn_dot_columns = 4 };

// @nn_fold: the lower half of x and that of y, plus their upper halves, in turn
#if nn_vectors
nn_inlined void nn_fold(nn_vector *x, const nn_vector *y) {
  *x = __builtin_shufflevector(*x, *y, nn_low_order) + __builtin_shufflevector(*x, *y, nn_high_order);
}
#endif

// @nn_four_trees: the sums of the lanes of four sets of vectors, each by the tree of nn_tree
#if nn_vectors
nn_inlined void nn_four_trees(real *c, nn_vector (*sum)[nn_lanes / nn_width]) {
  enum { vectors = nn_lanes / nn_width };
  nn_unroll for (int half = vectors / 2; half > 0; half /= 2) {
    nn_unroll for (int j = 0; j < 4; ++j)
      nn_unroll for (int v = 0; v < half; ++v) sum[j][v] += sum[j][v + half];
  }
  nn_fold(&sum[0][0], &sum[2][0]);
  nn_fold(&sum[1][0], &sum[3][0]);
  if (nn_width == 2) {
    for (int j = 0; j < 4; ++j) c[j] = sum[j % 2][0][j / 2];
    return;
  }
  nn_fold(&sum[0][0], &sum[1][0]);
  real lane[nn_width];
  *(nn_loose_vector *)lane = sum[0][0];
  nn_unroll for (int half = nn_width / 2; half >= 4; half /= 2) {
    nn_unroll for (int j = 0; j < half; ++j) lane[j] += lane[j + half];
  }
  for (int j = 0; j < 4; ++j) c[j] = lane[j];
}
#endif

// @nn_dots_whole: adds to vector v of each sum the products of a vector of A with one of each column of B
#if nn_vectors
nn_inlined void nn_dots_whole(nn_vector (*sum)[nn_lanes / nn_width], const real *a, const real *b, long b_col, int v, const int columns) {
  nn_vector x = *(const nn_loose_vector *)a;
  nn_unroll for (int j = 0; j < columns; ++j) {
    nn_vector y = *(const nn_loose_vector *)(b + j * b_col);
    nn_multiply_add(&sum[j][v], &x, &y);
  }
}
#endif

// @nn_dots_of: the dot products of a row of A with columns of B, each by 16 virtual lanes and one fixed tree
#if nn_vectors
nn_inlined void nn_dots_of(real *c, const real *a, const real *b, long b_col, long k, const int columns) {
  enum { vectors = nn_lanes / nn_width };
  nn_vector sum[nn_dot_columns][vectors], zero = {0};
  nn_unroll for (int j = 0; j < columns; ++j)
    nn_unroll for (int v = 0; v < vectors; ++v) sum[j][v] = zero;
  long i = 0;
  for (; i + nn_lanes <= k; i += nn_lanes) {
    nn_unroll for (int v = 0; v < vectors; ++v) nn_dots_whole(sum, a + i + v * nn_width, b + i + v * nn_width, b_col, v, columns);
  }
  nn_unroll for (int v = 0; v < vectors; ++v) {
    long at = i + v * nn_width, left = k - at;
    // After whole blocks a lane may be -0, which products of nothing make 0 on every machine.
    if (k < nn_lanes && left <= 0) break;
    if (left >= nn_width) {
      nn_dots_whole(sum, a + at, b + at, b_col, v, columns);
      continue;
    }
    nn_lanes_mask mask;
    nn_vector x, y;
    nn_first_lanes(&mask, left < 0 ? 0 : left);
    nn_load_first(&x, a + at, &mask);
    nn_unroll for (int j = 0; j < columns; ++j) {
      nn_load_first(&y, b + j * b_col + at, &mask);
      nn_multiply_add(&sum[j][v], &x, &y);
    }
  }
  if (columns == 4) {
    nn_four_trees(c, sum);
    return;
  }
  nn_unroll for (int j = 0; j < columns; ++j) {
    real lane[nn_lanes];
    nn_unroll for (int v = 0; v < vectors; ++v) *(nn_loose_vector *)(lane + v * nn_width) = sum[j][v];
    c[j] = nn_tree(lane);
  }
}
#else
nn_inlined void nn_dots_of(real *c, const real *a, const real *b, long b_col, long k, const int columns) {
  for (int j = 0; j < columns; ++j) {
    real lane[nn_lanes] = {0};
    for (long i = 0; i < k; ++i) lane[i % nn_lanes] += a[i] * b[j * b_col + i];
    c[j] = nn_tree(lane);
  }
}
#endif

// @nn_dots: C[rows, cols] of dot products of A's rows with B's columns, k contiguous in both: for few rows, on weights as they are
nn_wide static inline void nn_dots(real *c, long c_row, const real *a, long a_row, const real *b, long b_col, long rows, long cols,
                                   long k) {
  const long whole = cols - cols % nn_dot_columns;
  for (long j = 0; j < whole; j += nn_dot_columns)
    for (long r = 0; r < rows; ++r) nn_dots_of(c + r * c_row + j, a + r * a_row, b + j * b_col, b_col, k, nn_dot_columns);
  for (long j = whole; j < cols; ++j) {
    long r = 0;
    // Rows take the columns' place.
    for (; r + nn_dot_columns <= rows; r += nn_dot_columns) {
      real dots[nn_dot_columns];
      nn_dots_of(dots, b + j * b_col, a + r * a_row, a_row, k, nn_dot_columns);
      for (int i = 0; i < nn_dot_columns; ++i) c[(r + i) * c_row + j] = dots[i];
    }
    for (; r < rows; ++r) nn_dots_of(c + r * c_row + j, a + r * a_row, b + j * b_col, b_col, k, 1);
  }
}
