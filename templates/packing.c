// Matrices laid down in the order in which products read them, and turned: squares of numbers go through registers.
#ifndef NNCC
#include "product.c"
#endif

// @nn_pack_size: the numbers that nn_pack writes for k rows and cols columns
nn_inlined long nn_pack_size(long k, long cols) { return (cols + nn_panel - 1) / nn_panel * nn_panel * k; }

// @nn_pack_square: packs up to nn_width rows and columns of a B whose columns are contiguous, by a transpose in registers
#if nn_vectors
nn_inlined void nn_pack_square(real *panel, const real *b, long b_col, long k, long cols) {
  nn_vector row[nn_width], zero = {0};
  nn_lanes_mask mask;
  nn_first_lanes(&mask, k < nn_width ? k : nn_width);
  nn_unroll for (int j = 0; j < nn_width; ++j) {
    row[j] = zero;
    if (j < cols) nn_load_first(&row[j], b + j * b_col, &mask);
  }
  nn_transpose(row);
  nn_unroll for (int i = 0; i < nn_width; ++i) {
    if (i < k) *(nn_loose_vector *)(panel + i * nn_panel) = row[i];
  }
}
#endif

// @nn_pack_line: packs one row of a B whose rows are contiguous
#if nn_vectors
nn_inlined void nn_pack_line(real *panel, const real *b, long cols) {
  nn_unroll for (int j = 0; j < nn_panel; j += nn_width) {
    nn_vector x = {0};
    if (cols >= j + nn_width) {
      x = *(const nn_loose_vector *)(b + j);
    } else if (cols > j) {
      nn_lanes_mask mask;
      nn_first_lanes(&mask, cols - j);
      nn_load_first(&x, b + j, &mask);
    }
    *(nn_loose_vector *)(panel + j) = x;
  }
}
#endif

// @nn_pack_panel: puts up to nn_panel columns of B side by side, and zeros after them
static inline void nn_pack_panel(real *panel, const real *b, long b_k, long b_col, long k, long cols) {
#if nn_vectors
  if (b_col == 1) {
    for (long i = 0; i < k; ++i) nn_pack_line(panel + i * nn_panel, b + i * b_k, cols);
    return;
  }
  if (b_k == 1) {
    for (long i = 0; i < k; i += nn_width)
      for (long j = 0; j < nn_panel; j += nn_width) nn_pack_square(panel + i * nn_panel + j, b + i + j * b_col, b_col, k - i, cols - j);
    return;
  }
#endif
  for (long i = 0; i < k; ++i) {
    for (long j = 0; j < cols; ++j) panel[i * nn_panel + j] = b[i * b_k + j * b_col];
    for (long j = cols; j < nn_panel; ++j) panel[i * nn_panel + j] = 0;
  }
}

// @nn_pack: puts k rows of B into panels, each nn_panel columns wide and so many rows high; the last one is filled up with zeros
nn_wide static inline void nn_pack(real *panels, long height, const real *b, long b_k, long b_col, long k, long cols) {
  for (long first = 0; first < cols; first += nn_panel)
    nn_pack_panel(panels + first * height, b + first * b_col, b_k, b_col, k, cols - first < nn_panel ? cols - first : nn_panel);
}

// @nn_turn_square: copies up to nn_width rows and columns of a matrix whose columns are contiguous into one whose rows are
#if nn_vectors
nn_inlined void nn_turn_square(real *o, long o_row, const real *a, long a_col, long rows, long cols) {
  nn_vector square[nn_width], zero = {0};
  nn_lanes_mask mask;
  nn_first_lanes(&mask, rows < nn_width ? rows : nn_width);
  nn_unroll for (int c = 0; c < nn_width; ++c) {
    square[c] = zero;
    if (c < cols) nn_load_first(&square[c], a + c * a_col, &mask);
  }
  nn_transpose(square);
  nn_first_lanes(&mask, cols < nn_width ? cols : nn_width);
  nn_unroll for (int r = 0; r < nn_width; ++r) {
    if (r < rows) nn_store_first(o + r * o_row, &square[r], &mask);
  }
}
#endif

// @nn_turn: o[r * o_row + c] = a[r + c * a_col]
nn_wide static inline void nn_turn(real *o, long o_row, const real *a, long a_col, long rows, long cols) {
#if nn_vectors
  for (long r = 0; r < rows; r += nn_width)
    for (long c = 0; c < cols; c += nn_width) nn_turn_square(o + r * o_row + c, o_row, a + r + c * a_col, a_col, rows - r, cols - c);
#else
  for (long r = 0; r < rows; ++r)
    for (long c = 0; c < cols; ++c) o[r * o_row + c] = a[r + c * a_col];
#endif
}
