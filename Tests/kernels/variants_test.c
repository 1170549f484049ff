// The same bits from every way of compiling a kernel: between instruction sets where that is promised and, when linked with the
// exported text (-DEXPORTED and the instruction set it was compiled for), between that and the kernels of the program.
#include "kernels.h"

enum { COUNT_MAX = 5000 };

typedef struct {
  const char *name;
  void *address;
} entry;

#ifdef EXPORTED
#define TEXT(name) TEXT_OF(name)
#define TEXT_OF(name) #name

extern const entry ex_entries[];
extern const int ex_entry_count;

static void *exported(const char *name) {
  for (int i = 0; i < ex_entry_count; ++i)
    if (strcmp(ex_entries[i].name, name) == 0) return ex_entries[i].address;
  fprintf(stderr, "no exported %s\n", name);
  exit(1);
}
#endif

// Ordinary numbers, and now and then something special.
static void fill_with_anything(real *p, long count) {
  static const double special[] = {0, -0.0, INFINITY, -INFINITY, NAN, 1e-42, 1e30, -1e30, 100, -100,
                                   0x1.fffffffffffffp-1, 0x1.0000000000001p+0, 0x1.ffffffffffffep+0, 0x1.fffffffffffffp+1};
  for (long i = 0; i < count; ++i) {
    p[i] = random_number() * (real)(1 << (i % 8));
    if (i % 13 == 5) p[i] = (real)special[random_bits() % COUNT(special)];
  }
}

static int same(const real *a, const real *b, long count) {
  for (long i = 0; i < count; ++i)
    if (!same_bits(a[i], b[i])) return 0;
  return 1;
}

typedef struct {
  real *a, *b, *c, *one, *two;
} buffers;

static buffers filled(void) {
  buffers x = {room(1, COUNT_MAX), room(2, COUNT_MAX), room(3, COUNT_MAX), room(4, COUNT_MAX), room(5, COUNT_MAX)};
  fill_with_anything(x.a, COUNT_MAX);
  fill_with_anything(x.b, COUNT_MAX);
  for (long i = 0; i < COUNT_MAX; ++i) x.c[i] = i % 3 == 0 ? 0 : 1;
  fill_randomly(x.one, COUNT_MAX);
  memcpy(x.two, x.one, sizeof(real) * COUNT_MAX);
  return x;
}

#ifdef EXPORTED
static void compare_elementwise(const char *isa, buffers x, long n) {
  for (int i = 0; i < COUNT(unary_names); ++i) {
    ((unary_kernel *)kernel(isa, unary_names[i]))(x.one, n, x.a, n, 1, 1, n);
    ((void (*)(real *, const real *, long))exported(unary_names[i]))(x.two, x.a, n);
    check(same(x.one, x.two, n), unary_names[i], isa, n, 0, 0);
  }
  for (int i = 0; i < COUNT(binary_names); ++i) {
    ((binary_kernel *)kernel(isa, binary_names[i]))(x.one, n, x.a, n, 1, x.b, n, 1, 1, n);
    ((void (*)(real *, const real *, const real *, long))exported(binary_names[i]))(x.two, x.a, x.b, n);
    check(same(x.one, x.two, n), binary_names[i], isa, n, 0, 0);
  }
  ((select_kernel *)kernel(isa, "select"))(x.one, n, x.c, n, 1, x.a, n, 1, x.b, n, 1, 1, n);
  ((void (*)(real *, const real *, const real *, const real *, long))exported("select"))(x.two, x.c, x.a, x.b, n);
  check(same(x.one, x.two, n), "select", isa, n, 0, 0);
  static const char *const draws[] = {"uniform", "normal"};
  for (int i = 0; i < 2; ++i) {
    ((draw_kernel *)kernel(isa, draws[i]))(x.one, n, 1ull << 40, 3, 0, n, n, 1, n);
    ((void (*)(real *, unsigned long long, unsigned, long))exported(draws[i]))(x.two, 1ull << 40, 3, n);
    check(same(x.one, x.two, n), draws[i], isa, n, 0, 0);
  }
}
#endif

static void compare_reductions(const char *isa, void *(*other)(const char *), buffers x, long rows, long cols) {
  for (int i = 0; i < COUNT(reduce_names) * 2; ++i) {
    const char *name = reduce_names[i / 2];
    long row = i % 2 ? 1 : cols, col = i % 2 ? rows : 1;
    ((reduce_kernel *)kernel(isa, name))(x.one, x.b, row, col, rows, cols);
    ((reduce_kernel *)other(name))(x.two, x.b, row, col, rows, cols);
    check(same(x.one, x.two, COUNT_MAX), name, isa, rows, cols, i % 2);
  }
}

// A and B whose rows lie so far apart that they drive each other out of small caches.
static void compare_crowded_products(const char *isa, void *(*other)(const char *)) {
  enum { rows = 256, cols = 49, k = 40, b_row = 256 };
  static real a[rows * k], b[b_row * k], one[rows * cols], two[rows * cols];
  fill_with_anything(a, rows * k);
  fill_with_anything(b, b_row * k);
  ((product_kernel *)kernel(isa, "product"))(one, cols, a, 1, rows, b, b_row, PANEL, rows, cols, k, 0);
  ((product_kernel *)other("product"))(two, cols, a, 1, rows, b, b_row, PANEL, rows, cols, k, 0);
  check(same(one, two, rows * cols), "product", isa, rows, cols, k);
}

static void compare_products(const char *isa, void *(*other)(const char *), buffers x, long rows, long cols, long k) {
  for (int accumulate = 0; accumulate < 2; ++accumulate) {
    ((product_kernel *)kernel(isa, "product"))(x.one, cols, x.a, k, 1, x.b, cols, PANEL, rows, cols, k, accumulate);
    ((product_kernel *)other("product"))(x.two, cols, x.a, k, 1, x.b, cols, PANEL, rows, cols, k, accumulate);
    check(same(x.one, x.two, COUNT_MAX), "product", isa, rows, cols, k);
  }
  ((dots_kernel *)kernel(isa, "dots"))(x.one, cols, x.a, k, x.b, k, rows, cols, k);
  ((dots_kernel *)other("dots"))(x.two, cols, x.a, k, x.b, k, rows, cols, k);
  check(same(x.one, x.two, COUNT_MAX), "dots", isa, rows, cols, k);
  for (int turned = 0; turned < 2; ++turned) {
    ((pack_kernel *)kernel(isa, "pack"))(x.one, k, x.b, turned ? 1 : cols, turned ? k : 1, k, cols);
    ((pack_kernel *)other("pack"))(x.two, k, x.b, turned ? 1 : cols, turned ? k : 1, k, cols);
    check(same(x.one, x.two, COUNT_MAX), "pack", isa, turned, cols, k);
  }
  ((turn_kernel *)kernel(isa, "turn"))(x.one, cols, x.b, rows, rows, cols);
  ((turn_kernel *)other("turn"))(x.two, cols, x.b, rows, rows, cols);
  check(same(x.one, x.two, COUNT_MAX), "turn", isa, rows, cols, 0);
}

// Pictures of 6 by 5 pixels, twice as many for the gradient of their kernels.
static void compare_winograd(const char *isa, void *(*other)(const char *), long cols, long k) {
  enum { LINES = 6, PIXELS = 5, PICTURES = 2 };
  const long a_line = (PIXELS + 2) * k, a_picture = (LINES + 2) * a_line, results = LINES * PIXELS * cols, panels = 16 * (cols + PANEL) * k;
  const long scratch = 16 * (33 * (k + cols) + k * cols);
  real *a = room(1, PICTURES * a_picture), *b = room(2, 9 * k * cols + PICTURES * results), *to = room(3, panels), *work = room(6, scratch);
  real *one = room(4, results + 9 * k * cols), *two = room(5, results + 9 * k * cols);
  fill_randomly(a, PICTURES * a_picture);
  fill_randomly(b, 9 * k * cols + PICTURES * results);
  for (int i = 0; i < 2; ++i) {
    real *c = i ? two : one;
    ((winograd_kernels_kernel *)(i ? other("winograd_kernels") : kernel(isa, "winograd_kernels")))(to, b, 3, 1, 9, 9 * k, k, cols);
    ((winograd_kernel *)(i ? other("winograd") : kernel(isa, "winograd")))(c, PIXELS * cols, cols, a, a_line, k, to, work, 32, LINES, PIXELS,
                                                                                  cols, k);
    ((winograd_gradient_kernel *)(i ? other("winograd_gradient") : kernel(isa, "winograd_gradient")))(
      c + results, 3 * k * cols, k, 3 * k, b, results, PIXELS * cols, cols, a, a_picture, a_line, k, work, PICTURES, LINES, PIXELS, cols, k);
  }
  check(same(one, two, results + 9 * k * cols), "winograd", isa, cols, k, 0);
}

// Three lines of pixels, and the taps that see them.
static void compare_pixels(const char *isa, void *(*other)(const char *), buffers x, long rows, long pixels) {
  enum { LINES = 3, PLANES = 2, TAPS = 5 };
  const long line = pixels + TAPS - 1, plane = (LINES + TAPS - 1) * line, a_row = PLANES * TAPS * TAPS, c_row = LINES * pixels;
  for (int i = 0; i < 2; ++i) {
    ((pixels_kernel *)(i ? other("pixels") : kernel(isa, "pixels")))(i ? x.two : x.one, c_row, x.a, a_row, x.b, line, rows, LINES, pixels, PLANES,
                                                                     TAPS * TAPS, plane, TAPS, TAPS, line, 0, LINES + TAPS - 1, TAPS, 1, 1);
  }
  check(same(x.one, x.two, COUNT_MAX), "pixels", isa, rows, pixels, 0);
  for (int i = 0; i < 2; ++i) {
    ((taps_kernel *)(i ? other("taps") : kernel(isa, "taps")))(i ? x.two : x.one, TAPS, x.a, c_row, x.b, 1, rows, TAPS, 1, 0, 0, LINES, pixels, line,
                                                               pixels, 0);
  }
  check(same(x.one, x.two, COUNT_MAX), "taps", isa, rows, pixels, 0);
}

#ifdef EXPORTED
// One row, which exported programs compute by a kernel of its own.
static void compare_lines(const char *isa, buffers x, long cols, long k) {
  ((product_kernel *)kernel(isa, "product"))(x.one, cols, x.a, k, 1, x.b, cols, PANEL, 1, cols, k, 0);
  ((line_kernel *)exported("line"))(x.two, x.a, 1, x.b, cols, cols, k);
  check(same(x.one, x.two, COUNT_MAX), "line", isa, 1, cols, k);
}
#endif

#ifndef EXPORTED
static void *from_avx2(const char *name) { return kernel("avx2", name); }
static void *from_plain(const char *name) { return kernel("plain", name); }

// Whether a function has products and sums that are rounded once where the machine does so.
static int is_fused(const char *name) {
  static const char *const fused[] = {"exp", "expm1", "log", "log1p", "sigmoid", "tanh", "erf"};
  for (int i = 0; i < COUNT(fused); ++i)
    if (SINGLE && strcmp(fused[i], name) == 0) return 1;
  return 0;
}

static void compare_elementwise_with_others(const char *isa, buffers x, long n) {
  for (int i = 0; i < COUNT(unary_names); ++i) {
    const char *name = unary_names[i], *other = is_fused(name) ? "avx2" : "plain";
    if (strcmp(isa, other) == 0) continue;
    ((unary_kernel *)kernel(isa, name))(x.one, n, x.a, n, 1, 1, n);
    ((unary_kernel *)kernel(other, name))(x.two, n, x.a, n, 1, 1, n);
    check(same(x.one, x.two, n), unary_names[i], isa, n, 0, 0);
  }
  for (int i = 0; i < COUNT(binary_names); ++i) {
    ((binary_kernel *)kernel(isa, binary_names[i]))(x.one, n, x.a, n, 1, x.b, n, 1, 1, n);
    ((binary_kernel *)from_plain(binary_names[i]))(x.two, n, x.a, n, 1, x.b, n, 1, 1, n);
    check(same(x.one, x.two, n), binary_names[i], isa, n, 0, 0);
  }
}
#endif

static const long shapes[][3] = {{1, 1, 1}, {2, 10, 100}, {7, 33, 20}, {12, 32, 40}, {13, 31, 60}, {4, 17, 130}, {31, 65, 9}, {3, 1500, 1}};

int main(void) {
  buffers x = filled();
#ifdef EXPORTED
  const char *isa = TEXT(EXPORTED);
  if (kernel(isa, "exp") == NULL) return report();
  for (long n = 1; n < COUNT_MAX; n = n * 3 + 1) compare_elementwise(isa, x, n);
  for (int i = 0; i < COUNT(shapes); ++i) {
    compare_reductions(isa, exported, x, shapes[i][0], shapes[i][1]);
    compare_products(isa, exported, x, shapes[i][0], shapes[i][1], shapes[i][2]);
  }
  compare_crowded_products(isa, exported);
  for (long k = 1; k <= 40; k += 3) compare_winograd(isa, exported, 41 - k, k);
  for (long rows = 1; rows <= 9; ++rows) compare_pixels(isa, exported, x, rows, 4 * rows + 1);
  for (long cols = 1; cols <= 600; cols += cols < 40 ? 1 : 37) compare_lines(isa, x, cols, 1 + cols % 7);
#else
  for (int isa = 1; isa < COUNT(isas); ++isa) {
    if (kernel(isas[isa], "exp") == NULL) continue;
    for (long n = 1; n < COUNT_MAX; n = n * 3 + 1) compare_elementwise_with_others(isas[isa], x, n);
    for (int i = 0; i < COUNT(shapes); ++i) {
      compare_reductions(isas[isa], from_plain, x, shapes[i][0], shapes[i][1]);
      compare_products(isas[isa], from_avx2, x, shapes[i][0], shapes[i][1], shapes[i][2]);
    }
    compare_crowded_products(isas[isa], from_avx2);
    for (long k = 1; k <= 40; k += 3) compare_winograd(isas[isa], from_avx2, 41 - k, k);
    for (long rows = 1; rows <= 9; ++rows) compare_pixels(isas[isa], from_avx2, x, rows, 4 * rows + 1);
  }
#endif
  return report();
}
