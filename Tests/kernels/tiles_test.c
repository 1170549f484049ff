// Tile primitives over shapes and strides. What a kernel gives for one element alone is the reference for that element anywhere:
// accuracy_test.c has checked it.
#include "kernels.h"

static const long row_counts[] = {1, 2, 3, 5, 16, 17}, col_counts[] = {1, 2, 3, 7, 8, 9, 10, 15, 16, 17, 31, 33, 64, 100, 257, 300};
static const long short_counts[] = {3, 6, 16, 33};

// How an operand lies in memory.
typedef enum { DENSE, PADDED, SCALAR, PER_ROW, PER_COLUMN, TRANSPOSED, STEPPED, LAYOUTS } layout;

typedef struct {
  real *at;
  long row, col, count;
} operand;

static operand operand_of(int slot, layout how, long rows, long cols) {
  operand a[LAYOUTS] = {{0, cols, 1, rows * cols},  {0, cols + 3, 1, rows * (cols + 3) - 3}, {0, 0, 0, 1},
                        {0, 1, 0, rows},            {0, 0, 1, cols},                         {0, 1, rows, rows * cols},
                        {0, 2 * cols + 1, 2, (rows - 1) * (2 * cols + 1) + 2 * cols - 1}};
  a[how].at = room(slot, a[how].count);
  fill_randomly(a[how].at, a[how].count);
  return a[how];
}

static real element(operand a, long r, long c) { return a.at[r * a.row + c * a.col]; }

static const real canary = (real)12345;

// An output with gaps that must stay as they are.
static operand output_of(long rows, long cols, long gap) {
  operand o = {0, cols + gap, 1, rows * (cols + gap)};
  o.at = room(0, o.count);
  for (long i = 0; i < o.count; ++i) o.at[i] = canary;
  return o;
}

static int gaps_untouched(operand o, long rows, long cols) {
  for (long r = 0; r < rows; ++r)
    for (long c = cols; c < o.row; ++c)
      if (o.at[r * o.row + c] != canary) return 0;
  return 1;
}

static real bounded_for(const char *name, real x) {
  int positive = strcmp(name, "log") == 0 || strcmp(name, "sqrt") == 0 || strcmp(name, "pow") == 0;
  return positive && x < 0 ? -x : x;
}

static void test_unary(const char *isa, const char *name, layout how, long rows, long cols, long gap) {
  unary_kernel *f = kernel(isa, name);
  operand a = operand_of(1, how, rows, cols), o = output_of(rows, cols, gap);
  for (long i = 0; i < a.count; ++i) a.at[i] = bounded_for(name, a.at[i]);
  // Some functions go another way from where on a number is large.
  if (gap > 0) a.at[a.count / 2] *= (real)1e7;
  f(o.at, o.row, a.at, a.row, a.col, rows, cols);
  int good = gaps_untouched(o, rows, cols);
  for (long r = 0; r < rows; ++r) {
    for (long c = 0; c < cols; ++c) {
      real x = element(a, r, c), y;
      f(&y, 1, &x, 1, 1, 1, 1);
      good &= same_bits(y, element(o, r, c));
    }
  }
  check(good, name, isa, rows, cols, (long)how);
}

static void test_binary(const char *isa, const char *name, layout left, layout right, long rows, long cols, long gap) {
  binary_kernel *f = kernel(isa, name);
  operand a = operand_of(1, left, rows, cols), b = operand_of(2, right, rows, cols), o = output_of(rows, cols, gap);
  for (long i = 0; i < a.count; ++i) a.at[i] = bounded_for(name, a.at[i]);
  f(o.at, o.row, a.at, a.row, a.col, b.at, b.row, b.col, rows, cols);
  int good = gaps_untouched(o, rows, cols);
  for (long r = 0; r < rows; ++r) {
    for (long c = 0; c < cols; ++c) {
      real x = element(a, r, c), y = element(b, r, c), z;
      f(&z, 1, &x, 1, 1, &y, 1, 1, 1, 1);
      good &= same_bits(z, element(o, r, c));
    }
  }
  check(good, name, isa, rows * 1000 + cols, (long)left, (long)right);
}

static void test_select(const char *isa, layout how_c, layout how_a, layout how_b, long rows, long cols) {
  select_kernel *f = kernel(isa, "select");
  operand c = operand_of(1, how_c, rows, cols), a = operand_of(2, how_a, rows, cols), b = operand_of(3, how_b, rows, cols);
  operand o = output_of(rows, cols, 0);
  for (long i = 0; i < c.count; ++i) c.at[i] = i % 3 == 0 ? 0 : i % 3 == 1 ? 1 : (real)NAN;
  f(o.at, o.row, c.at, c.row, c.col, a.at, a.row, a.col, b.at, b.row, b.col, rows, cols);
  int good = 1;
  for (long r = 0; r < rows; ++r)
    for (long j = 0; j < cols; ++j) good &= same_bits(element(o, r, j), element(c, r, j) != 0 ? element(a, r, j) : element(b, r, j));
  check(good, "select", isa, rows, cols, (long)(how_c * 100 + how_a * 10 + how_b));
}

// The output may be an operand.
static void test_in_place(const char *isa, long rows, long cols, long gap) {
  operand a = operand_of(1, DENSE, rows, cols + gap), b = operand_of(2, DENSE, rows, cols + gap);
  operand copy = operand_of(3, DENSE, rows, cols + gap);
  memcpy(copy.at, a.at, sizeof(real) * (size_t)a.count);
  ((unary_kernel *)kernel(isa, "tanh"))(a.at, a.row, a.at, a.row, 1, rows, cols);
  ((binary_kernel *)kernel(isa, "subtract"))(a.at, a.row, a.at, a.row, 1, b.at, b.row, 1, rows, cols);
  ((binary_kernel *)kernel(isa, "multiply"))(a.at, a.row, b.at, b.row, 1, a.at, a.row, 1, rows, cols);
  int good = 1;
  for (long r = 0; r < rows; ++r) {
    for (long c = 0; c < a.row; ++c) {
      real x = element(copy, r, c), y = x;
      if (c < cols) ((unary_kernel *)kernel(isa, "tanh"))(&y, 1, &x, 1, 1, 1, 1), y = element(b, r, c) * (y - element(b, r, c));
      good &= same_bits(element(a, r, c), y);
    }
  }
  check(good, "in place", isa, rows, cols, gap);
}

static void test_fill_and_index(const char *isa, long rows, long cols, long gap) {
  operand o = output_of(rows, cols, gap);
  ((void (*)(real *, long, real, long, long))kernel(isa, "fill"))(o.at, o.row, (real)2.5, rows, cols);
  int good = gaps_untouched(o, rows, cols);
  for (long i = 0; i < rows * cols; ++i) good &= element(o, i / cols, i % cols) == (real)2.5;
  check(good, "fill", isa, rows, cols, gap);
  for (int transposed = 0; transposed < 2; ++transposed) {
    int *index = malloc(sizeof(int) * (size_t)(rows * cols));
    for (long i = 0; i < rows * cols; ++i) index[i] = (int)(i * 7 - 20);
    long row = transposed ? 1 : cols, col = transposed ? rows : 1;
    ((void (*)(real *, long, const int *, long, long, long, long))kernel(isa, "from_index"))(o.at, o.row, index, row, col, rows, cols);
    good = gaps_untouched(o, rows, cols);
    for (long r = 0; r < rows; ++r)
      for (long c = 0; c < cols; ++c) good &= element(o, r, c) == (real)index[r * row + c * col];
    check(good, "from_index", isa, rows, cols, transposed);
    free(index);
  }
}

// Rows by class number and back, with numbers that are none of the classes.
static void test_rows(const char *isa, layout how, long count, long rows, long cols) {
  typedef void rows_kernel(real *, long, const real *, long, long, const int *, long, long, long, long);
  operand table = operand_of(1, how, count, cols), a = operand_of(2, how, rows, cols), o = output_of(rows, cols, 2), sum = output_of(count, cols, 2);
  int *classes = malloc(sizeof(int) * (size_t)(2 * rows)), good = 1;
  for (long i = 0; i < 2 * rows; ++i) classes[i] = (int)(random_bits() % (uint64_t)(count + 2)) - 1;
  ((rows_kernel *)kernel(isa, "gather_rows"))(o.at, o.row, table.at, table.row, table.col, classes, 2, count, rows, cols);
  for (long r = 0; r < rows; ++r)
    for (long c = 0; c < cols; ++c) {
      int from = classes[2 * r];
      good &= same_bits(element(o, r, c), from < 0 || from >= count ? 0 : element(table, from, c));
    }
  check(good && gaps_untouched(o, rows, cols), "gather_rows", isa, rows, cols, (long)how);
  good = 1;
  for (long r = 0; r < count; ++r)
    for (long c = 0; c < cols; ++c) sum.at[r * sum.row + c] = 0;
  ((rows_kernel *)kernel(isa, "scatter_rows"))(sum.at, sum.row, a.at, a.row, a.col, classes, 2, count, rows, cols);
  for (long v = 0; v < count; ++v)
    for (long c = 0; c < cols; ++c) {
      real expected = 0;
      for (long r = 0; r < rows; ++r)
        if (classes[2 * r] == v) expected += element(a, r, c);
      good &= same_bits(element(sum, v, c), expected);
    }
  check(good && gaps_untouched(sum, count, cols), "scatter_rows", isa, rows, cols, (long)how);
  free(classes);
}

static void test_move(const char *isa, layout how, int output_transposed, long rows, long cols) {
  operand a = operand_of(1, how, rows, cols), o = output_of(output_transposed ? cols : rows, output_transposed ? rows : cols, 2);
  long o_row = output_transposed ? 1 : o.row, o_col = output_transposed ? o.row : 1;
  void (*move)(real *, long, long, const real *, long, long, long, long) = kernel(isa, "move");
  move(o.at, o_row, o_col, a.at, a.row, a.col, rows, cols);
  int good = gaps_untouched(o, output_transposed ? cols : rows, output_transposed ? rows : cols);
  for (long r = 0; r < rows; ++r)
    for (long c = 0; c < cols; ++c) good &= same_bits(o.at[r * o_row + c * o_col], element(a, r, c));
  check(good, "move", isa, rows, cols, (long)how * 2 + output_transposed);
}

static void test_coordinate(const char *isa, long first, long row_step, long inner, long extent, long rows, long cols) {
  operand o = output_of(rows, cols, 1);
  void (*coordinate)(real *, long, long, long, long, long, long, long) = kernel(isa, "coordinate");
  coordinate(o.at, o.row, first, row_step, inner, extent, rows, cols);
  int good = gaps_untouched(o, rows, cols);
  for (long r = 0; r < rows; ++r)
    for (long c = 0; c < cols; ++c) good &= element(o, r, c) == (real)((first + r * row_step + c) / inner % extent);
  check(good, "coordinate", isa, inner, extent, cols);
}

static void test_shapes(const char *isa, long rows, long cols) {
  for (int i = 0; i < COUNT(unary_names); ++i)
    for (int how = 0; how < LAYOUTS; ++how) test_unary(isa, unary_names[i], (layout)how, rows, cols, (how + i) % 2 * 3);
  for (int i = 0; i < COUNT(binary_names); ++i)
    for (int how = 0; how < LAYOUTS * LAYOUTS; ++how)
      if (i < 3 || (how + i + cols) % 5 == 0)
        test_binary(isa, binary_names[i], (layout)(how / LAYOUTS), (layout)(how % LAYOUTS), rows, cols, how % 2 * 3);
  for (int how = 0; how < LAYOUTS * LAYOUTS * LAYOUTS; how += 5)
    test_select(isa, (layout)(how / LAYOUTS / LAYOUTS), (layout)(how / LAYOUTS % LAYOUTS), (layout)(how % LAYOUTS), rows, cols);
  for (long gap = 0; gap < 4; gap += 3) {
    test_in_place(isa, rows, cols, gap);
    test_fill_and_index(isa, rows, cols, gap);
  }
  for (int how = 0; how < LAYOUTS; ++how) test_rows(isa, (layout)how, 1 + (rows + how) % 7, rows, cols);
  for (int how = 0; how < 2 * LAYOUTS; ++how) test_move(isa, (layout)(how / 2), how % 2, rows, cols);
  test_coordinate(isa, 0, cols, 1, 7, rows, cols);
  test_coordinate(isa, 3, 100, 5, 4, rows, cols);
  test_coordinate(isa, 1000, 0, 64, 3, rows, cols);
}

int main(void) {
  int quick = getenv("QUICK") != NULL;
  for (int i = 0; i < COUNT(isas); ++i) {
    if (kernel(isas[i], "exp") == NULL) continue;
    for (int r = 0; r < COUNT(row_counts); ++r)
      for (int c = 0; c < COUNT(col_counts); ++c)
        if (!quick || (r + c) % 4 == 0) test_shapes(isas[i], row_counts[r], col_counts[c]);
    // Many short rows, several of which are one line, and some that are left.
    for (int c = 0; c < COUNT(short_counts); c += quick ? 3 : 1) test_shapes(isas[i], 1024 / short_counts[c] + 5, short_counts[c]);
  }
  return report();
}
