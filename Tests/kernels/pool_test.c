// The pool: every chunk runs once, lanes are exclusive, tasks follow each other at any pace, callers may come from several threads.
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../Sources/CKernels/include/CKernels.h"

enum { CHUNKS = 300, LANES = 8 };

static long passed, failed;

static void expect(int condition, const char *what, long number) {
  if (condition) {
    ++passed;
  } else if (++failed < 20) {
    printf("FAILED %s at %ld\n", what, number);
  }
}

typedef struct {
  int counts[CHUNKS];
  atomic_int busy[LANES];
  atomic_int collisions;
  volatile double waste;
} frame;

static void count(void *context, long chunk, int lane) {
  frame *f = context;
  if (atomic_fetch_add(&f->busy[lane], 1) != 0) atomic_fetch_add(&f->collisions, 1);
  // Not atomic on purpose: the thread sanitizer sees it if a chunk runs twice, or is read before it is done.
  f->counts[chunk] += 1;
  atomic_fetch_sub(&f->busy[lane], 1);
}

static void run_and_check(nn_pool *pool, long chunks, frame *f) {
  memset(f->counts, 0, sizeof f->counts);
  nn_pool_run(pool, count, f, chunks);
  int right = 1;
  for (long i = 0; i < CHUNKS; ++i) right &= f->counts[i] == (i < chunks);
  expect(right, "every chunk once", chunks);
  expect(atomic_load(&f->collisions) == 0, "lanes are exclusive", chunks);
}

static void *call_often(void *pool) {
  frame *f = calloc(1, sizeof *f);
  for (long i = 0; i < 300; ++i) {
    memset(f->counts, 0, sizeof f->counts);
    nn_pool_run(pool, count, f, 1 + i % 40);
    for (long c = 0; c <= i % 40; ++c)
      if (f->counts[c] != 1) abort();
  }
  free(f);
  return NULL;
}

int main(void) {
  const int sizes[] = {1, 2, 3, 8};
  for (int s = 0; s < 4; ++s) {
    nn_pool *pool = nn_pool_make(sizes[s]);
    expect(pool != NULL && nn_pool_lanes(pool) >= 1 && nn_pool_lanes(pool) <= sizes[s], "lanes", sizes[s]);
    frame *f = calloc(1, sizeof *f);
    for (long i = 0; i < 400; ++i) {
      run_and_check(pool, i % CHUNKS, f);
      // Now and then long enough for the workers to fall asleep.
      if (i % 50 == 0) usleep(300);
    }
    free(f);
    pthread_t callers[3];
    for (int i = 0; i < 3; ++i) pthread_create(&callers[i], NULL, call_often, pool);
    for (int i = 0; i < 3; ++i) pthread_join(callers[i], NULL);
    ++passed;
    nn_pool_free(pool);
  }
  frame *f = calloc(1, sizeof *f);
  run_and_check(NULL, 7, f);
  free(f);
  expect(nn_pool_make(0) == NULL && nn_pool_make(-1) == NULL, "no lanes", 0);
  nn_pool_free(NULL);
  printf("%ld %ld\n", passed, failed);
  return failed != 0;
}
