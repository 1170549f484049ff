// Times what the machine can do at most, with the instructions that programs use and the threads that run them.
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "include/CKernels.h"

enum { TRIES = 7, CHUNKS_PER_LANE = 8, PASSES = 100000, LEAST_NUMBERS = 1 << 22, UNIT = 512 };

typedef long multiply_adds(void *result, long passes);
typedef long walk(void *numbers, long count);

typedef struct {
  multiply_adds *compute;
  walk *move;
  float *numbers;
  long part, passes;
  _Atomic long done;
} work;

static void *kernel(const char *name) {
  int count = 0;
  const nn_symbol *table = nn_kernel_table(NULL, &count);
  for (int i = 0; i < count; ++i)
    if (strcmp(table[i].name, name) == 0) return table[i].address;
  return NULL;
}

static int64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void compute(void *frame, long chunk, int lane) {
  (void)chunk, (void)lane;
  work *w = frame;
  double result;
  w->done += w->compute(&result, w->passes);
}

static void move(void *frame, long chunk, int lane) {
  (void)lane;
  work *w = frame;
  long moved = 0;
  for (long pass = 0; pass < w->passes; ++pass) moved += w->move(w->numbers + chunk * w->part, w->part);
  w->done += moved;
}

// What is done a second, at best.
static double rate(nn_pool *pool, nn_task *task, work *w, long chunks) {
  double best = 0;
  for (int try = 0; try < TRIES; ++try) {
    w->done = 0;
    int64_t start = nanoseconds();
    nn_pool_run(pool, task, w, chunks);
    int64_t taken = nanoseconds() - start;
    double found = (double)w->done * 1e9 / (double)(taken > 0 ? taken : 1);
    if (found > best) best = found;
  }
  return best;
}

double nn_operation_rate(nn_pool *pool, int real_bytes) {
  work w = {.compute = (multiply_adds *)kernel(real_bytes == 4 ? "nn_f32_multiply_adds" : "nn_f64_multiply_adds"), .passes = PASSES};
  return w.compute == NULL ? 0 : rate(pool, compute, &w, (long)CHUNKS_PER_LANE * nn_pool_lanes(pool));
}

double nn_byte_rate(nn_pool *pool, float *numbers, long count) {
  long lanes = nn_pool_lanes(pool), part = count / lanes / UNIT * UNIT;
  if (part == 0) return 0;
  work w = {.numbers = numbers, .part = part, .passes = LEAST_NUMBERS / part + 1, .move = (walk *)kernel("nn_f32_read_all")};
  double read = w.move == NULL ? 0 : rate(pool, move, &w, lanes);
  w.move = (walk *)kernel("nn_f32_update_all");
  double updated = w.move == NULL ? 0 : rate(pool, move, &w, lanes);
  return sizeof(float) * (read > updated ? read : updated);
}
