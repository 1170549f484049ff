/* The product kernel alone, on the shapes of models/: how near it comes to the limit, and what packing costs.
 *   cc -O3 -march=native products.c -o products && ./products
 * One line of JSON for each product, of the best of a number of runs, in the thread's own time. Other constants can be tried
 * in templates/product.c. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define NNCC
#define real float
#include "../templates/arithmetic.c"
#include "../templates/math_f32.c"
#include "../templates/vector_f32.c"
#include "../templates/vector.c"
#include "../templates/reduce.c"
#include "../templates/product.c"
#include "../templates/packing.c"

enum { TRIES = 60, LONGEST_MICROSECONDS = 2000 };

/* C[rows, cols] = A * B over k: where the next row and the next k of A lie, and the next k and the next column of B. */
typedef struct {
  const char *name;
  long rows, cols, k, a_row, a_k, b_k, b_col;
  int is_packed;
} shape;

static const shape shapes[] = {
  {"mlp_mnist, layer 1 forward", 128, 256, 784, 784, 1, 1, 784, 1},
  {"mlp_mnist, layer 1 weight gradient", 256, 784, 128, 1, 256, 784, 1, 0},
  {"mlp_mnist, layer 2 data gradient", 128, 256, 128, 128, 1, 256, 1, 0},
  {"mlp_mnist, layer 3 forward", 128, 10, 128, 128, 1, 1, 128, 1},
  {"mlp_wide, layer 1 forward", 256, 1024, 3072, 3072, 1, 1, 3072, 1},
  {"mlp_wide, layer 1 weight gradient", 1024, 3072, 256, 1, 1024, 3072, 1, 0},
  {"the same, B packed", 1024, 3072, 256, 1, 1024, 3072, 1, 1},
  {"mlp_wide, layer 2 data gradient", 256, 1024, 1024, 1024, 1, 1024, 1, 0},
};

static double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static float *numbers(long count) {
  float *x = aligned_alloc(64, ((size_t)count * sizeof(float) + 63) / 64 * 64);
  if (x == NULL) exit(1);
  for (long i = 0; i < count; ++i) x[i] = (float)(i % 17) * 0.1f - 0.8f;
  return x;
}

static double least(double a, double b) { return a < b ? a : b; }

static void time_product(const shape *s) {
  float *a = numbers(s->rows * s->k), *b = numbers(s->cols * s->k), *c = numbers(s->rows * s->cols);
  float *panels = numbers(nn_pack_size(s->k, s->cols));
  double flops = 2.0 * (double)s->rows * (double)s->cols * (double)s->k, product = 1e30, packing = 1e30;
  long repeats = 1 + (long)(LONGEST_MICROSECONDS * 1e5 / flops);
  for (int i = 0; i < TRIES; ++i) {
    double begun = seconds_now();
    for (long r = 0; r < repeats && s->is_packed; ++r) nn_pack(panels, s->k, b, s->b_k, s->b_col, s->k, s->cols);
    double packed = seconds_now();
    for (long r = 0; r < repeats; ++r) {
      const float *from = s->is_packed ? panels : b;
      long step = s->is_packed ? nn_panel : s->b_k, panel = s->is_packed ? nn_panel * s->k : nn_panel;
      nn_product(c, s->cols, a, s->a_row, s->a_k, from, step, panel, s->rows, s->cols, s->k, 0);
    }
    packing = least(packing, (packed - begun) / (double)repeats);
    product = least(product, (seconds_now() - packed) / (double)repeats);
  }
  if (!s->is_packed) packing = 0;
  printf("{\"product\": \"%s\", \"us\": %.2f, \"packing_us\": %.2f, \"gflops\": %.1f, \"gflops_with_packing\": %.1f}\n", s->name,
         product * 1e6, packing * 1e6, flops / product * 1e-9, flops / (product + packing) * 1e-9);
  free(a);
  free(b);
  free(c);
  free(panels);
}

int main(void) {
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; ++i) time_product(&shapes[i]);
  return 0;
}
