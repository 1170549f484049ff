// Tile primitives: elementwise work on rows x cols numbers at a time, for code that cannot vectorise its own loops. Not exported.
// An operand's element (r, c) is at a[r * a_row + c * a_col]; (0, 0) is a scalar, (row, 0) a number for each row, (0, 1) one for
// each column. The output's columns are neighbours; it may be one of the operands.
#ifndef NNCC
#include "random.c"
#include "vector.c"
#endif

// Runs statements for i = 0..<count, which do not depend on each other although their pointers may be equal: whole vectors first, then
// one vector with the lanes beyond the end masked out, where the machine can do that cheaply.
#if nn_vector_bytes > 16
#define nn_tail _Pragma("clang loop vectorize(assume_safety) interleave_count(1) vectorize_predicate(enable)")
#else
#define nn_tail
#endif
#define nn_each(i, count, ...) \
  do { \
    long whole = (count) & -(long)nn_width; \
    _Pragma("clang loop vectorize(assume_safety) interleave_count(1)") for (long i = 0; i < whole; ++i) { __VA_ARGS__; } \
    nn_tail for (long i = whole; i < (count); ++i) { __VA_ARGS__; } \
  } while (0)

// Elements of an operand that is not contiguous are brought together this many at a time.
enum { nn_strip = 256 };

typedef struct {
  const real *at;
  long row, col;
} nn_operand;

// Whether row after row of the operand makes one long row.
static inline int nn_is_row(nn_operand a, long cols) { return (a.col == 1 && a.row == cols) || (a.row == 0 && a.col == 0); }

static inline void nn_fill(real *o, long o_row, real value, long rows, long cols) {
  if (o_row == cols) {
    cols *= rows;
    rows = 1;
  }
  for (long r = 0; r < rows; ++r) {
    real *row = o + r * o_row;
    nn_each(c, cols, row[c] = value);
  }
}

// Brings count elements, col apart, together.
static const real *nn_gather(real *strip, const real *a, long col, long count) {
  if (col == 1) return a;
  if (col == 0) {
    real value = *a;
    nn_each(c, count, strip[c] = value);
  } else {
    for (long c = 0; c < count; ++c) strip[c] = a[c * col];
  }
  return strip;
}

// Turns a matrix that is one long row into that, and a single column that lies densely in the output too.
static inline void nn_merge(long *rows, long *cols, long o_row, nn_operand *x, int count) {
  int dense = o_row == *cols, column = *cols == 1 && o_row == 1;
  for (int i = 0; i < count; ++i) dense &= nn_is_row(x[i], *cols);
  if (column)
    for (int i = 0; i < count; ++i) x[i].col = x[i].row;
  if (dense || column) {
    *cols *= *rows;
    *rows = 1;
  }
}

// The tile form of a function of one line: merges rows where that is possible, then works line after line.
#define nn_tile_1(name) \
  static void nn_tile_##name(real *o, long o_row, const real *a, long a_row, long a_col, long rows, long cols) { \
    if (rows <= 0 || cols <= 0) return; \
    if (a_row == 0 && a_col == 0) { \
      nn_fill(o, o_row, nn_##name(*a), rows, cols); \
      return; \
    } \
    nn_operand x = {a, a_row, a_col}; \
    nn_merge(&rows, &cols, o_row, &x, 1); \
    for (long r = 0; r < rows; ++r) nn_line_##name(o + r * o_row, x.at + r * x.row, x.col, cols); \
  }

#define nn_unary(name) \
  static void nn_line_##name(real *o, const real *a, long a_col, long cols) { \
    real strip[nn_strip]; \
    for (long start = 0, count; start < cols; start += count, o += count, a += count * a_col) { \
      count = a_col == 1 || cols - start < nn_strip ? cols - start : nn_strip; \
      const real *x = nn_gather(strip, a, a_col, count); \
      nn_each(c, count, o[c] = nn_##name(x[c])); \
    } \
  } \
  nn_tile_1(name)

nn_unary(copy)
nn_unary(neg)
nn_unary(abs)
nn_unary(square)
nn_unary(sqrt)
nn_unary(exp)
nn_unary(log)
nn_unary(expm1)
nn_unary(log1p)
nn_unary(sin)
nn_unary(cos)
nn_unary(tanh)
nn_unary(sigmoid)
nn_unary(erf)
nn_unary(floor)
nn_unary(step)
nn_unary(relu)

#define nn_binary(name) \
  static void nn_line_##name(real *o, const real *a, long a_col, const real *b, long b_col, long cols) { \
    if (a_col == 1 && b_col == 1) { \
      nn_each(c, cols, o[c] = nn_##name(a[c], b[c])); \
      return; \
    } \
    if (a_col == 1 && b_col == 0) { \
      real y = *b; \
      nn_each(c, cols, o[c] = nn_##name(a[c], y)); \
      return; \
    } \
    if (a_col == 0 && b_col == 1) { \
      real x = *a; \
      nn_each(c, cols, o[c] = nn_##name(x, b[c])); \
      return; \
    } \
    real left[nn_strip], right[nn_strip]; \
    for (long start = 0, count; start < cols; start += count, o += count, a += count * a_col, b += count * b_col) { \
      count = cols - start < nn_strip ? cols - start : nn_strip; \
      const real *x = nn_gather(left, a, a_col, count), *y = nn_gather(right, b, b_col, count); \
      nn_each(c, count, o[c] = nn_##name(x[c], y[c])); \
    } \
  } \
  static void nn_tile_##name(real *o, long o_row, const real *a, long a_row, long a_col, const real *b, long b_row, long b_col, long rows, \
                             long cols) { \
    if (rows <= 0 || cols <= 0) return; \
    nn_operand x[2] = {{a, a_row, a_col}, {b, b_row, b_col}}; \
    nn_merge(&rows, &cols, o_row, x, 2); \
    for (long r = 0; r < rows; ++r) \
      nn_line_##name(o + r * o_row, x[0].at + r * x[0].row, x[0].col, x[1].at + r * x[1].row, x[1].col, cols); \
  }

nn_binary(add)
nn_binary(subtract)
nn_binary(multiply)
nn_binary(divide)
nn_binary(max)
nn_binary(min)
nn_binary(pow)
nn_binary(less)
nn_binary(less_equal)
nn_binary(equal)

static void nn_line_select(real *o, nn_operand c, nn_operand a, nn_operand b, long cols) {
  real condition[nn_strip], left[nn_strip], right[nn_strip];
  int contiguous = c.col == 1 && a.col == 1 && b.col == 1;
  for (long start = 0, count; start < cols; start += count, o += count) {
    count = contiguous || cols - start < nn_strip ? cols - start : nn_strip;
    const real *w = nn_gather(condition, c.at + start * c.col, c.col, count);
    const real *x = nn_gather(left, a.at + start * a.col, a.col, count);
    const real *y = nn_gather(right, b.at + start * b.col, b.col, count);
    nn_each(i, count, o[i] = nn_select(w[i], x[i], y[i]));
  }
}

static void nn_tile_select(real *o, long o_row, const real *c, long c_row, long c_col, const real *a, long a_row, long a_col, const real *b,
                           long b_row, long b_col, long rows, long cols) {
  if (rows <= 0 || cols <= 0) return;
  nn_operand x[3] = {{c, c_row, c_col}, {a, a_row, a_col}, {b, b_row, b_col}};
  nn_merge(&rows, &cols, o_row, x, 3);
  for (long r = 0; r < rows; ++r) {
    nn_operand row[3];
    for (int i = 0; i < 3; ++i) row[i] = (nn_operand){x[i].at + r * x[i].row, 0, x[i].col};
    nn_line_select(o + r * o_row, row[0], row[1], row[2], cols);
  }
}

// A sum with a product, which is rounded first: c + a * b or c - a * b. The factors are told apart by their strides only.
#define nn_ternary(name, value) \
  static void nn_line_##name(real *o, nn_operand c, nn_operand a, nn_operand b, long cols) { \
    if (c.col == 1 && a.col == 0 && b.col == 1) { \
      real x = *a.at; \
      nn_each(i, cols, o[i] = value(c.at[i], x, b.at[i])); \
      return; \
    } \
    real first[nn_strip], left[nn_strip], right[nn_strip]; \
    int contiguous = c.col == 1 && a.col == 1 && b.col == 1; \
    for (long start = 0, count; start < cols; start += count, o += count) { \
      count = contiguous || cols - start < nn_strip ? cols - start : nn_strip; \
      const real *z = nn_gather(first, c.at + start * c.col, c.col, count); \
      const real *x = nn_gather(left, a.at + start * a.col, a.col, count); \
      const real *y = nn_gather(right, b.at + start * b.col, b.col, count); \
      nn_each(i, count, o[i] = value(z[i], x[i], y[i])); \
    } \
  } \
  static void nn_tile_##name(real *o, long o_row, const real *c, long c_row, long c_col, const real *a, long a_row, long a_col, \
                             const real *b, long b_row, long b_col, long rows, long cols) { \
    if (rows <= 0 || cols <= 0) return; \
    nn_operand x[3] = {{c, c_row, c_col}, {a, a_row, a_col}, {b, b_row, b_col}}; \
    nn_merge(&rows, &cols, o_row, x, 3); \
    int swapped = x[2].col == 0; \
    for (long r = 0; r < rows; ++r) { \
      nn_operand row[3]; \
      for (int i = 0; i < 3; ++i) row[i] = (nn_operand){x[i].at + r * x[i].row, 0, x[i].col}; \
      nn_line_##name(o + r * o_row, row[0], row[1 + swapped], row[2 - swapped], cols); \
    } \
  }

#define nn_add_product(c, a, b) ((c) + (a) * (b))
#define nn_subtract_product(c, a, b) ((c) - (a) * (b))
nn_ternary(add_product, nn_add_product)
nn_ternary(subtract_product, nn_subtract_product)

// Whole numbers as reals.
static void nn_tile_from_index(real *o, long o_row, const int *a, long a_row, long a_col, long rows, long cols) {
  for (long r = 0; r < rows; ++r) {
    real *to = o + r * o_row;
    const int *from = a + r * a_row;
    if (a_col == 1) {
      nn_each(c, cols, to[c] = (real)from[c]);
    } else {
      for (long c = 0; c < cols; ++c) to[c] = (real)from[c * a_col];
    }
  }
}

// Copies up to nn_width rows and columns of a matrix whose columns are contiguous into one whose rows are.
nn_inlined void nn_move_square(real *o, long o_row, const real *a, long a_col, long rows, long cols) {
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

// A strided copy of a matrix; one that turns rows into columns goes square by square.
static void nn_tile_move(real *o, long o_row, long o_col, const real *a, long a_row, long a_col, long rows, long cols) {
  if (o_col != 1 && o_row == 1) {
    nn_tile_move(o, o_col, o_row, a, a_col, a_row, cols, rows);
  } else if (o_col == 1 && a_col == 1) {
    for (long r = 0; r < rows; ++r) {
      real *to = o + r * o_row;
      const real *from = a + r * a_row;
      nn_each(c, cols, to[c] = from[c]);
    }
  } else if (o_col == 1 && a_row == 1) {
    for (long r = 0; r < rows; r += nn_width)
      for (long c = 0; c < cols; c += nn_width) nn_move_square(o + r * o_row + c, o_row, a + r + c * a_col, a_col, rows - r, cols - c);
  } else {
    for (long r = 0; r < rows; ++r)
      for (long c = 0; c < cols; ++c) o[r * o_row + c * o_col] = a[r * a_row + c * a_col];
  }
}

// Element (r, c) has linear index L = first + r * row_step + c and value (L / inner) % extent.
static void nn_tile_coordinate(real *o, long o_row, long first, long row_step, long inner, long extent, long rows, long cols) {
  for (long r = 0; r < rows; ++r) {
    long linear = first + r * row_step, within = linear % inner, coordinate = linear / inner % extent;
    real *row = o + r * o_row;
    for (long c = 0; c < cols;) {
      long run = inner - within < cols - c ? inner - within : cols - c;
      real value = (real)coordinate;
      for (long end = c + run; c < end; ++c) row[c] = value;
      within = 0;
      coordinate = coordinate + 1 == extent ? 0 : coordinate + 1;
    }
  }
}

// Draws: element (r, c) has linear index L = first + r * row_step + c and is draw number L % per_example of example L / per_example,
// whose stream is stream + that.
#define nn_draws(name) \
  static void nn_tile_##name(real *o, long o_row, unsigned long long stream, unsigned site, long first, long row_step, long per_example, \
                             long rows, long cols) { \
    for (long r = 0; r < rows; ++r) { \
      long linear = first + r * row_step, element = linear % per_example; \
      unsigned long long key = stream + (unsigned long long)(linear / per_example); \
      real *row = o + r * o_row; \
      for (long c = 0, run; c < cols; c += run, row += run, element = 0, ++key) { \
        run = per_example - element < cols - c ? per_example - element : cols - c; \
        unsigned low = (unsigned)key, high = (unsigned)(key >> 32); \
        nn_each(i, run, row[i] = nn_##name##_at(low, high, site, (unsigned)(element + i))); \
      } \
    } \
  }

nn_draws(uniform)
nn_draws(normal)
