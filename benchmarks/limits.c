/* What this machine can do: multiply-adds in registers, and bytes from each level of memory.
 *   cc -O3 -march=native -pthread limits.c -o limits && ./limits THREADS [fma]
 * One line of JSON, the median of some tries each, all threads together; of multiply-adds the best try too. `fma` leaves the memory out. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__AVX512F__)
enum { VECTOR = 64 };
#elif defined(__AVX__)
enum { VECTOR = 32 };
#else
enum { VECTOR = 16 };
#endif
enum { WIDTH = VECTOR / sizeof(float), CHAINS = 12, TRIES = 15, MOST_THREADS = 64 };
typedef float vector __attribute__((vector_size(VECTOR)));

typedef struct {
  long floats, passes; /* of the arrays below, and how often they are gone through */
  float *a, *b, *c;
  float result; /* so that nothing is left out as unused */
} work;

typedef void (*loop)(work *);

static pthread_barrier_t start;

static double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* As many independent chains as it takes to hide the latency of two multiply-adds a cycle. */
static void multiply_add(work *w) {
  volatile float near_one = 0.999f, small = 0.001f;
  vector x = {0}, y = {0}, sum[CHAINS];
  x += near_one;
  y += small;
  for (int i = 0; i < CHAINS; ++i) sum[i] = y * (float)i;
  for (long pass = 0; pass < w->passes; ++pass)
    for (int i = 0; i < CHAINS; ++i) sum[i] = sum[i] * x + y;
  for (int i = 1; i < CHAINS; ++i) sum[0] += sum[i];
  w->result += sum[0][0];
}

static void read_all(work *w) {
  vector sum[8];
  memset(sum, 0, sizeof sum);
  for (long pass = 0; pass < w->passes; ++pass)
    for (long i = 0; i < w->floats; i += 8 * WIDTH)
      for (int j = 0; j < 8; ++j) sum[j] += *(const vector *)(w->b + i + j * WIDTH);
  for (int j = 0; j < 8; ++j) w->result += sum[j][0];
}

/* Two streams in and one out, as in an optimizer's update. */
static void combine(work *w) {
  const vector scale = (vector){0} + 1.5f;
  for (long pass = 0; pass < w->passes; ++pass) {
    for (long i = 0; i < w->floats; i += WIDTH)
      *(vector *)(w->a + i) = *(const vector *)(w->b + i) + scale * *(const vector *)(w->c + i);
    __asm__ volatile("" ::: "memory");
  }
}

static float *array(long floats, float value) {
  float *x = aligned_alloc(4096, ((size_t)floats * sizeof(float) + 4095) / 4096 * 4096);
  if (x == NULL) exit(1);
  for (long i = 0; i < floats; ++i) x[i] = value;
  return x;
}

typedef struct {
  loop run;
  work work;
  double seconds[TRIES];
} lane;

static void *run_lane(void *context) {
  lane *l = context;
  work *w = &l->work;
  if (w->floats > 0) { /* touched first by the thread that uses them */
    w->a = array(w->floats, 0);
    w->b = array(w->floats, 1);
    w->c = array(w->floats, 2);
  }
  for (int i = 0; i < TRIES; ++i) {
    pthread_barrier_wait(&start);
    double begun = seconds_now();
    l->run(w);
    pthread_barrier_wait(&start);
    l->seconds[i] = seconds_now() - begun;
  }
  free(w->a);
  free(w->b);
  free(w->c);
  return NULL;
}

static int compare(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

typedef struct {
  double median, best;
} rates;

/* Billions a second of what one thread does `amount` of in a run. */
static rates rate(int threads, loop run, long floats, long passes, double amount) {
  pthread_t id[MOST_THREADS];
  lane lanes[MOST_THREADS];
  memset(lanes, 0, sizeof lanes);
  pthread_barrier_init(&start, NULL, (unsigned)threads);
  for (int t = 0; t < threads; ++t) {
    lanes[t].run = run;
    lanes[t].work.floats = floats;
    lanes[t].work.passes = passes;
    if (pthread_create(&id[t], NULL, run_lane, &lanes[t]) != 0) exit(1);
  }
  double seconds[TRIES] = {0};
  for (int t = 0; t < threads; ++t) {
    pthread_join(id[t], NULL);
    for (int i = 0; i < TRIES; ++i)
      if (lanes[t].seconds[i] > seconds[i]) seconds[i] = lanes[t].seconds[i];
  }
  pthread_barrier_destroy(&start);
  qsort(seconds, TRIES, sizeof *seconds, compare);
  amount *= threads * 1e-9;
  return (rates){amount / seconds[TRIES / 2], amount / seconds[0]};
}

int main(int count, char **arguments) {
  int threads = count > 1 ? atoi(arguments[1]) : 1;
  if (threads < 1 || threads > MOST_THREADS) return 2;
  const long passes = 4000000;
  rates peak = rate(threads, multiply_add, 0, passes, 2.0 * CHAINS * WIDTH * (double)passes);
  printf("{\"gflops\": %.1f, \"gflops_best\": %.1f", peak.median, peak.best);
  static const struct {
    const char *name;
    long kilobytes; /* of all three arrays together */
  } levels[] = {{"l1", 24}, {"l2", 600}, {"l3", 9216}, {"memory", 393216}};
  for (int i = 0; i < 4 && !(count > 2 && strcmp(arguments[2], "fma") == 0); ++i) {
    long floats = levels[i].kilobytes * 1024 / 12 / 128 * 128, times = 300000000 / (floats * 4) + 1;
    double bytes = 4.0 * (double)floats * (double)times;
    printf(", \"%s_read\": %.1f", levels[i].name, rate(threads, read_all, floats, times, bytes).median);
    printf(", \"%s_update\": %.1f", levels[i].name, rate(threads, combine, floats, times, 3 * bytes).median);
  }
  printf("}\n");
  return 0;
}
