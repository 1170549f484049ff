// What the kernel tests share: `real` is the precision under test.
#ifndef KERNELS_H
#define KERNELS_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../Sources/CKernels/include/CKernels.h"

typedef void unary_kernel(real *o, long o_row, const real *a, long a_row, long a_col, long rows, long cols);
typedef void binary_kernel(real *o, long o_row, const real *a, long a_row, long a_col, const real *b, long b_row, long b_col, long rows,
                           long cols);
typedef void select_kernel(real *o, long o_row, const real *c, long c_row, long c_col, const real *a, long a_row, long a_col, const real *b,
                           long b_row, long b_col, long rows, long cols);
typedef void reduce_kernel(real *o, const real *a, long a_row, long a_col, long rows, long cols);
typedef void draw_kernel(real *o, long o_row, unsigned long long stream, unsigned site, long first, long row_step, long per_example,
                         long rows, long cols);
typedef void line_kernel(real *c, const real *a, long a_k, const real *b, long b_k, long cols, long k);
typedef void product_kernel(real *c, long c_row, const real *a, long a_row, long a_k, const real *b, long b_k, long b_panel, long rows,
                            long cols, long k, int accumulate);
typedef void asking_kernel(real *c, long c_row, const real *a, long a_row, long a_k, const real *b, long b_k, long b_panel, long rows,
                           long cols, long k, int accumulate, const real *one, const real *two, const real *three, long far_row);
typedef void segmented_kernel(real *c, long c_row, const real *a, long a_row, long a_k, const real *b, long b_k, long b_panel, long rows,
                              long cols, long k, long segments, long a_segment, long b_segment, int accumulate);
typedef void pack_kernel(real *panels, long height, const real *b, long b_k, long b_col, long k, long cols);
typedef void turn_kernel(real *o, long o_row, const real *a, long a_col, long rows, long cols);
typedef long pack_size_kernel(long k, long cols);
typedef void winograd_kernels_kernel(real *panels, const real *b, long b_line, long b_pixel, long b_k, long b_col, long k, long cols);
typedef void winograd_kernel(real *c, long c_line, long c_row, const real *a, long a_line, long a_row, const real *kernels, real *scratch,
                             long round, long lines, long rows, long cols, long k);
typedef void winograd_gradient_kernel(real *c, long c_line, long c_pixel, long c_row, const real *a, long a_picture, long a_line,
                                      long a_pixel, const real *b, long b_picture, long b_line, long b_pixel, real *scratch, long pictures,
                                      long lines, long pixels, long rows, long cols);
typedef void pixels_kernel(real *c, long c_row, const real *a, long a_row, const real *b, long b_line, long rows, long lines, long pixels,
                           long planes, long a_plane, long b_plane, long segments, long a_segment, long b_segment, long first, long end, long k,
                           long a_k, long b_k);
typedef void taps_kernel(real *c, long c_row, const real *a, long a_row, const real *b, long b_col, long rows, long cols, long pictures,
                         long a_picture, long b_picture, long lines, long a_line, long b_line, long k, int accumulate);
typedef void dots_kernel(real *c, long c_row, const real *a, long a_row, const real *b, long b_col, long rows, long cols, long k);

enum { SINGLE = sizeof(real) == 4, PANEL = 128 / sizeof(real) };

static const char *const unary_names[] = {"copy", "neg", "abs", "square", "sqrt", "exp", "log", "expm1", "log1p",
                                          "sin", "cos", "tanh", "sigmoid", "erf", "floor", "step", "relu"};
static const char *const binary_names[] = {"add", "subtract", "multiply", "divide", "max", "min", "pow", "less", "less_equal", "equal"};
static const char *const reduce_names[] = {"row_sum", "row_max", "row_min", "row_argmax", "col_sum", "col_max", "col_min"};
static const char *const isas[] = {"plain", "avx2", "avx512"};

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static int passed, failed;

static inline void check(int ok, const char *what, const char *isa, long p, long q, long r) {
  if (ok) {
    ++passed;
  } else if (++failed <= 20) {
    fprintf(stderr, "failed: %s %s (%s) %ld %ld %ld\n", what, SINGLE ? "f32" : "f64", isa, p, q, r);
  }
}

/// The last line of a test program, added up by run.sh.
static inline int report(void) {
  printf("%d %d\n", passed, failed);
  return failed != 0;
}

static inline void *find(const nn_symbol *table, int count, const char *name) {
  char full[64];
  snprintf(full, sizeof full, "nn_%s_%s", SINGLE ? "f32" : "f64", name);
  for (int i = 0; i < count; ++i)
    if (strcmp(table[i].name, full) == 0) return table[i].address;
  fprintf(stderr, "no kernel %s\n", full);
  exit(1);
}

/// A kernel of an instruction set; null if the machine lacks that.
static inline void *kernel(const char *isa, const char *name) {
  int count;
  const nn_symbol *table = nn_kernel_table(isa, &count);
  return table == NULL ? NULL : find(table, count, name);
}

/// Room for count numbers that ends where an inaccessible page begins; each slot is one such place.
static inline real *room(int slot, long count) {
  enum { SLOTS = 8, BYTES = 1 << 24 };
  static char *start[SLOTS];
  long page = sysconf(_SC_PAGESIZE);
  if (start[slot] == NULL) {
    start[slot] = mmap(NULL, (size_t)(BYTES + page), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start[slot] == MAP_FAILED || mprotect(start[slot] + BYTES, (size_t)page, PROT_NONE) != 0) exit(2);
  }
  if (count * (long)sizeof(real) > BYTES) exit(2);
  return (real *)(start[slot] + BYTES) - count;
}

static inline uint64_t random_bits(void) {
  static uint64_t state = 88172645463325252u;
  state ^= state << 13;
  state ^= state >> 7;
  return state ^= state << 17;
}

/// A number between -2 and 2.
static inline real random_number(void) { return (real)((double)(random_bits() >> 11) * 0x1p-51 - 2); }

static inline void fill_randomly(real *p, long count) {
  for (long i = 0; i < count; ++i) p[i] = random_number();
}

static inline int same_bits(real a, real b) { return memcmp(&a, &b, sizeof a) == 0 || (a != a && b != b); }

// Whether products are added with a single rounding.
static inline int fuses(const char *isa) {
#if defined(__x86_64__)
  return strcmp(isa, "plain") != 0;
#else
  (void)isa;
  return 1;
#endif
}

static inline real multiply_add(int fused, real a, real b, real c) {
  if (!fused) return a * b + c;
  return SINGLE ? (real)fmaf((float)a, (float)b, (float)c) : (real)fma((double)a, (double)b, (double)c);
}

#endif
