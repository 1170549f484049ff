// Tile primitives: elementwise work on rows x cols numbers at a time, for code that cannot vectorise its own loops. Not exported.
// An operand's element (r, c) is at a[r * a_row + c * a_col]; (0, 0) is a scalar, (row, 0) a number for each row, (0, 1) one for
// each column. The output's columns are neighbours; it may be one of the operands.
#ifndef NNCC
#include "packing.c"
#include "random.c"
#endif

// Runs statements for i = 0..<count, which do not depend on each other although their pointers may be equal: whole vectors first, then
// one vector with the lanes beyond the end masked out, where the machine can do that cheaply, or half of one and single numbers.
#define nn_masked _Pragma("clang loop vectorize(assume_safety) interleave_count(1) vectorize_predicate(enable)")
#define nn_halved _Pragma("clang loop vectorize(assume_safety) vectorize_width(nn_width / 2) interleave_count(1)")
#if nn_vector_bytes == 64
#define nn_tail nn_masked
#elif nn_vector_bytes == 32
#define nn_tail nn_halved
#else
#define nn_tail
#endif
#define nn_each(i, count, ...) \
  do { \
    long whole = (count) & -(long)nn_width; \
    _Pragma("clang loop vectorize(assume_safety) interleave_count(1)") for (long i = 0; i < whole; ++i) { __VA_ARGS__; } \
    nn_tail for (long i = whole; i < (count); ++i) { __VA_ARGS__; } \
  } while (0)

// The same for statements that are long chains, such as functions: four vectors take turns at each link, since a processor looks only so far ahead for
// one that need not wait. Beside these even a slow masked end is short, but what follows waits for it: half a vector goes without.
#if nn_vector_bytes > 16
#define nn_chain_tail nn_masked
#else
#define nn_chain_tail
#endif
#define nn_each_chain(i, count, ...) \
  do { \
    long turns = (count) & -(long)(4 * nn_width), whole = (count) & -(long)nn_width; \
    long half = nn_vector_bytes == 32 ? (count) & -(long)(nn_width / 2) : whole; \
    _Pragma("clang loop vectorize(assume_safety) interleave_count(4)") for (long i = 0; i < turns; ++i) { __VA_ARGS__; } \
    _Pragma("clang loop vectorize(assume_safety) interleave_count(1)") for (long i = turns; i < whole; ++i) { __VA_ARGS__; } \
    nn_halved for (long i = whole; i < half; ++i) { __VA_ARGS__; } \
    nn_chain_tail for (long i = half; i < (count); ++i) { __VA_ARGS__; } \
  } while (0)

// The same for every line of a tile: the whole vectors of all lines first, then what is left of all lines. So a line never waits for the
// end of the one before, of which its first vector may be a part.
#define nn_each_line(r, rows, i, count, line, ...) \
  do { \
    long whole = (count) & -(long)nn_width; \
    for (long r = 0; whole > 0 && r < (rows); ++r) { \
      line; \
      _Pragma("clang loop vectorize(assume_safety) interleave_count(1)") for (long i = 0; i < whole; ++i) { __VA_ARGS__; } \
    } \
    for (long r = 0; whole < (count) && r < (rows); ++r) { \
      line; \
      nn_tail for (long i = whole; i < (count); ++i) { __VA_ARGS__; } \
    } \
  } while (0)

// Elements of an operand that is not contiguous are brought together this many at a time.
enum { nn_strip = 512 };

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

// Every second number of each row, side by side.
#if nn_vectors
nn_wide static void nn_move_evens(real *o, long o_row, const real *a, long a_row, long rows, long cols) {
  for (long c = 0; c < cols; c += nn_width) {
    const long count = cols - c < nn_width ? cols - c : nn_width, seen = 2 * count - 1, late = seen - (nn_width - 1);
    nn_lanes_mask left, right, mask;
    nn_first_lanes(&left, seen < nn_width ? seen : nn_width);
    nn_first_lanes(&right, late < 0 ? 0 : late);
    nn_first_lanes(&mask, count);
    for (long r = 0; r < rows; ++r) {
      nn_vector x, y;
      nn_load_first(&x, a + r * a_row + 2 * c, &left);
      nn_load_first(&y, a + r * a_row + 2 * c + nn_width - 1, &right);
      x = __builtin_shufflevector(x, y, nn_even_order);
      nn_store_first(o + r * o_row + c, &x, &mask);
    }
  }
}
#endif

// Brings count elements, col apart, together.
static const real *nn_gather(real *strip, const real *a, long col, long count) {
  if (col == 1) return a;
  if (col == 0) {
    real value = *a;
    nn_each(c, count, strip[c] = value);
#if nn_vectors
  } else if (col == 2) {
    nn_move_evens(strip, 0, a, 0, 1, count);
#endif
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

// Numbers side by side to every second place of each row.
#if nn_vector_bytes == 64
nn_wide static void nn_move_to_evens(real *o, long o_row, const real *a, long a_row, long rows, long cols) {
  for (long c = 0; c < cols; c += nn_width) {
    const long count = cols - c < nn_width ? cols - c : nn_width;
    const long late = 2 * count - nn_width;
    nn_lanes_mask left, right, mask;
    nn_first_lanes(&mask, count);
    nn_first_lanes(&left, late < 0 ? 2 * count : nn_width);
    nn_first_lanes(&right, late < 0 ? 0 : late);
    left &= 0x5555;
    right &= 0x5555;
    for (long r = 0; r < rows; ++r) {
      real *to = o + r * o_row + 2 * c;
      nn_vector x;
      nn_load_first(&x, a + r * a_row + c, &mask);
      const nn_vector low = __builtin_shufflevector(x, x, nn_low_order), high = __builtin_shufflevector(x, x, nn_high_order);
      nn_store_first(to, &low, &left);
      nn_store_first(to + nn_width, &high, &right);
    }
  }
}
#endif

// A strided copy of a matrix; one that turns rows into columns goes square by square, unless it is no wider than a fraction of those. What is left
// goes along rows where these are long, or written side by side.
static void nn_tile_move(real *o, long o_row, long o_col, const real *a, long a_row, long a_col, long rows, long cols) {
  if (o_col != 1 && o_row == 1) {
    nn_tile_move(o, o_col, o_row, a, a_col, a_row, cols, rows);
  } else if (o_col == 1 && a_col == 1) {
    for (long r = 0; r < rows; ++r) {
      real *to = o + r * o_row;
      const real *from = a + r * a_row;
      nn_each(c, cols, to[c] = from[c]);
    }
  } else if (o_col == 1 && a_row == 1 && 4 * cols > nn_width) {
    nn_turn(o, o_row, a, a_col, rows, cols);
#if nn_vectors
  } else if (o_col == 1 && a_col == 2) {
    nn_move_evens(o, o_row, a, a_row, rows, cols);
#endif
#if nn_vector_bytes == 64
  } else if (o_col == 2 && a_col == 1) {
    nn_move_to_evens(o, o_row, a, a_row, rows, cols);
#endif
  } else if (rows < cols || (cols > 4 && o_col < o_row)) {
    for (long r = 0; r < rows; ++r)
      for (long c = 0; c < cols; ++c) o[r * o_row + c * o_col] = a[r * a_row + c * a_col];
  } else {
    for (long c = 0; c < cols; ++c)
      for (long r = 0; r < rows; ++r) o[r * o_row + c * o_col] = a[r * a_row + c * a_col];
  }
}

// How many rows of a dense output are worked on as one line, for which operands are laid side by side: where rows are short, and operands would have
// to be brought together row by row anyway, or the end of each row would be a vector with lanes masked out.
static inline long nn_lines(long rows, long cols, long o_row, const nn_operand *x, int count) {
  if (rows == 1 || o_row != cols || 8 * cols > nn_strip) return 1;
  int has_tails = cols % nn_width != 0, strided = 0;
  for (int i = 0; i < count; ++i) {
    strided |= x[i].col != 0 && x[i].col != 1;
    if (x[i].col == 1 && x[i].row != 0 && x[i].row != cols) has_tails = 0;
  }
  long fitting = nn_strip / cols;
  if (!strided && (!has_tails || rows < fitting)) return 1;
  return rows < fitting ? rows : fitting < nn_width ? fitting : fitting & -(long)nn_width;
}

// Lays rows of an operand side by side in a strip, of which the vector after the last number may be overwritten. What is the same for all rows is
// there already if these are not the first.
static const real *nn_lay(real *strip, const nn_operand *x, long first, long lines, long cols) {
  const real *a = x->at + first * x->row;
  if (nn_is_row(*x, cols) && x->col == 1) return a;
  if (x->row == 0) {
    if (first > 0) return strip;
    if (x->col == 0) return nn_gather(strip, a, 0, lines * cols);
    nn_tile_move(strip, cols, 1, a, 0, x->col, 1, cols);
    for (long done = cols, all = lines * cols, more; done < all; done += more) {
      more = done < all - done ? done : all - done;
      real *to = strip + done;
      nn_each(i, more, to[i] = strip[i]);
    }
  } else if (x->col == 0) {
    for (long r = 0; r < lines; ++r) {
      real *to = strip + r * cols, value = a[r * x->row];
      for (long c = 0; c < cols; c += nn_width) {
        nn_unroll for (int i = 0; i < nn_width; ++i) to[c + i] = value;
      }
    }
  } else {
    nn_tile_move(strip, cols, 1, a, x->row, x->col, lines, cols);
  }
  return strip;
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
      nn_each_chain(c, count, o[c] = nn_##name(x[c])); \
    } \
  } \
  nn_tile_1(name)

// Of a function that is slow far from zero: the near ones of some hundred together where all of them are.
#define nn_unary_near(name) \
  static void nn_line_##name(real *o, const real *a, long a_col, long cols) { \
    real strip[nn_strip]; \
    for (long start = 0, count; start < cols; start += count, o += count, a += count * a_col) { \
      count = cols - start < nn_strip ? cols - start : nn_strip; \
      const real *x = nn_gather(strip, a, a_col, count); \
      int far = 0; \
      nn_each(c, count, far |= nn_is_far(x[c])); \
      if (far) { \
        for (long c = 0; c < count; ++c) o[c] = nn_##name(x[c]); \
      } else { \
        nn_each_chain(c, count, o[c] = nn_##name##_near(x[c])); \
      } \
    } \
  } \
  nn_tile_1(name)

nn_unary(neg)
nn_unary(abs)
nn_unary(square)
nn_unary(sqrt)
nn_unary(exp)
nn_unary(log)
nn_unary(expm1)
nn_unary(log1p)
nn_unary_near(sin)
nn_unary_near(cos)
nn_unary(tanh)
nn_unary(sigmoid)
nn_unary(erf)
nn_unary(floor)
nn_unary(step)
nn_unary(relu)

static void nn_tile_copy(real *o, long o_row, const real *a, long a_row, long a_col, long rows, long cols) {
  if (rows <= 0 || cols <= 0) return;
  nn_operand x = {a, a_row, a_col};
  nn_merge(&rows, &cols, o_row, &x, 1);
  if (x.row == 0 && x.col == 0) {
    nn_fill(o, o_row, *a, rows, cols);
  } else if (x.col == 0 && cols >= nn_width) {
    for (long r = 0; r < rows; ++r) nn_fill(o + r * o_row, cols, a[r * x.row], 1, cols);
  } else {
    nn_tile_move(o, o_row, 1, a, x.row, x.col, rows, cols);
  }
}

#define nn_binary(name) \
  static void nn_gathered_##name(real *o, const nn_operand *a, const nn_operand *b, long r, long cols) { \
    real left[nn_strip], right[nn_strip]; \
    const real *x = a->at + r * a->row, *y = b->at + r * b->row; \
    for (long start = 0, count; start < cols; start += count) { \
      count = cols - start < nn_strip ? cols - start : nn_strip; \
      const real *p = nn_gather(left, x + start * a->col, a->col, count), *q = nn_gather(right, y + start * b->col, b->col, count); \
      nn_each(c, count, o[start + c] = nn_##name(p[c], q[c])); \
    } \
  } \
  static void nn_tile_##name(real *o, long o_row, const real *a, long a_row, long a_col, const real *b, long b_row, long b_col, long rows, \
                             long cols) { \
    if (rows <= 0 || cols <= 0) return; \
    nn_operand from[2] = {{a, a_row, a_col}, {b, b_row, b_col}}; \
    nn_merge(&rows, &cols, o_row, from, 2); \
    nn_operand u = from[0], v = from[1]; \
    long lines = nn_lines(rows, cols, o_row, from, 2); \
    if (lines > 1) { \
      real left[nn_strip + nn_width], right[nn_strip + nn_width]; \
      for (long r = 0, count; r < rows; r += lines) { \
        count = cols * (rows - r < lines ? rows - r : lines); \
        const real *p = nn_lay(left, &u, r, count / cols, cols), *q = nn_lay(right, &v, r, count / cols, cols); \
        real *to = o + r * cols; \
        nn_each(i, count, to[i] = nn_##name(p[i], q[i])); \
      } \
    } else if (u.col == 1 && v.col == 1) { \
      nn_each_line(r, rows, c, cols, real *to = o + r * o_row; const real *x = u.at + r * u.row; const real *y = v.at + r * v.row, \
                   to[c] = nn_##name(x[c], y[c])); \
    } else if (u.col == 1 && v.col == 0) { \
      nn_each_line(r, rows, c, cols, real *to = o + r * o_row; const real *x = u.at + r * u.row; real y = v.at[r * v.row], \
                   to[c] = nn_##name(x[c], y)); \
    } else if (u.col == 0 && v.col == 1) { \
      nn_each_line(r, rows, c, cols, real *to = o + r * o_row; real x = u.at[r * u.row]; const real *y = v.at + r * v.row, \
                   to[c] = nn_##name(x, y[c])); \
    } else { \
      for (long r = 0; r < rows; ++r) nn_gathered_##name(o + r * o_row, &from[0], &from[1], r, cols); \
    } \
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

// a where c is not 0, else b. Single numbers become a strip first, once for all rows; operands that are not contiguous then are brought together line by
// line, or several short lines at a time.
static void nn_tile_select(real *o, long o_row, const real *c, long c_row, long c_col, const real *a, long a_row, long a_col, const real *b,
                           long b_row, long b_col, long rows, long cols) {
  enum { count = 3 };
  if (rows <= 0 || cols <= 0) return;
  nn_operand from[count] = {{c, c_row, c_col}, {a, a_row, a_col}, {b, b_row, b_col}};
  nn_merge(&rows, &cols, o_row, from, count);
  real strips[count][nn_strip + nn_width];
  const real *x[count];
  long lines = nn_lines(rows, cols, o_row, from, count);
  if (lines > 1) {
    for (long r = 0, width; r < rows; r += lines) {
      width = cols * (rows - r < lines ? rows - r : lines);
      nn_unroll for (int k = 0; k < count; ++k) x[k] = nn_lay(strips[k], &from[k], r, width / cols, cols);
      real *to = o + r * cols;
      nn_each(i, width, to[i] = nn_select(x[0][i], x[1][i], x[2][i]));
    }
    return;
  }
  long most = cols;
  nn_unroll for (int k = 0; k < count; ++k) if (from[k].col != 1 && most > nn_strip) most = nn_strip;
  int is_number[count];
  nn_unroll for (int k = 0; k < count; ++k) {
    is_number[k] = from[k].row == 0 && from[k].col == 0;
    if (is_number[k]) from[k].at = nn_gather(strips[k], from[k].at, 0, most);
  }
  for (long start = 0, width; start < cols; start += width) {
    width = cols - start < most ? cols - start : most;
    for (long r = 0; r < rows; ++r) {
      real *to = o + r * o_row + start;
      nn_unroll for (int k = 0; k < count; ++k) {
        x[k] = is_number[k] ? from[k].at : from[k].at + r * from[k].row + start * from[k].col;
        if (!is_number[k]) x[k] = nn_gather(strips[k], x[k], from[k].col, width);
      }
      nn_each(i, width, to[i] = nn_select(x[0][i], x[1][i], x[2][i]));
    }
  }
}

// Whole numbers as reals.
static void nn_tile_from_index(real *o, long o_row, const int *a, long a_row, long a_col, long rows, long cols) {
  for (long r = 0; r < rows; ++r) {
    real *to = o + r * o_row;
    const int *from = a + r * a_row;
    if (a_col == 1) {
      nn_each(c, cols, to[c] = (real)from[c]);
    } else if (a_col == 0) {
      real value = (real)*from;
      nn_each(c, cols, to[c] = value);
    } else {
      for (long c = 0; c < cols; ++c) to[c] = (real)from[c * a_col];
    }
  }
}

// Rows by class number: row r of the output is row classes[r * classes_row] of a, which has count of them, or zeros where it has no such row.
static void nn_tile_gather_rows(real *o, long o_row, const real *a, long a_row, long a_col, const int *classes, long classes_row, long count,
                                long rows, long cols) {
  for (long r = 0; r < rows; ++r) {
    real *to = o + r * o_row;
    long row = classes[r * classes_row];
    if (row < 0 || row >= count) {
      nn_each(c, cols, to[c] = 0);
    } else if (a_col == 1) {
      const real *from = a + row * a_row;
      nn_each(c, cols, to[c] = from[c]);
    } else {
      for (long c = 0; c < cols; ++c) to[c] = a[row * a_row + c * a_col];
    }
  }
}

// The transpose: row r of a is added to row classes[r * classes_row] of the output, in order.
static void nn_tile_scatter_rows(real *o, long o_row, const real *a, long a_row, long a_col, const int *classes, long classes_row, long count,
                                 long rows, long cols) {
  for (long r = 0; r < rows; ++r) {
    long row = classes[r * classes_row];
    if (row < 0 || row >= count) continue;
    real *to = o + row * o_row;
    const real *from = a + r * a_row;
    if (a_col == 1) {
      nn_each(c, cols, to[c] = to[c] + from[c]);
    } else {
      for (long c = 0; c < cols; ++c) to[c] = to[c] + from[c * a_col];
    }
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

enum { nn_short_run = 16 };

// Draws: element (r, c) has linear index L = first + r * row_step + c and is draw number L % per_example of example L / per_example,
// whose stream is stream + that. Where an example has fewer draws than fill a vector, it is written down first which is whose; rows that follow each
// other are one.
#define nn_draws(name) \
  static void nn_tile_##name(real *o, long o_row, unsigned long long stream, unsigned site, long first, long row_step, long per_example, \
                             long rows, long cols) { \
    enum { part = 64 }; \
    if (o_row == cols && row_step == cols) cols *= rows, rows = 1; \
    for (long r = 0; r < rows; ++r) { \
      long linear = first + r * row_step, element = linear % per_example; \
      unsigned long long key = stream + (unsigned long long)(linear / per_example); \
      real *row = o + r * o_row; \
      for (long c = 0, run; c < cols && per_example < nn_short_run; c += run, row += run) { \
        unsigned low[part], high[part], at[part]; \
        run = cols - c < part ? cols - c : part; \
        for (long i = 0; i < run; ++i) { \
          low[i] = (unsigned)key; \
          high[i] = (unsigned)(key >> 32); \
          at[i] = (unsigned)element; \
          if (++element == per_example) element = 0, ++key; \
        } \
        nn_each_chain(i, run, row[i] = nn_##name##_at(low[i], high[i], site, at[i])); \
      } \
      for (long c = 0, run; c < cols && per_example >= nn_short_run; c += run, row += run, element = 0, ++key) { \
        run = per_example - element < cols - c ? per_example - element : cols - c; \
        unsigned low = (unsigned)key, high = (unsigned)(key >> 32); \
        nn_each_chain(i, run, row[i] = nn_##name##_at(low, high, site, (unsigned)(element + i))); \
      } \
    } \
  }

nn_draws(uniform)
nn_draws(normal)
