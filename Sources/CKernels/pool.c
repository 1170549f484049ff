// A few threads that run the chunks of one task after the other. Whoever is free takes the next chunk, the caller too, so a thread that is still
// asleep holds nobody up. Workers spin for a short while after their last chunk, since the next task mostly follows at once, and sleep then.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "include/CKernels.h"

enum { SPIN_NANOSECONDS = 50000, MOST_LANES = 256 };

typedef struct {
  nn_pool *pool;
  pthread_t thread;
  int lane;
} worker;

struct nn_pool {
  /// The number of the task in the high half, how many of its chunks nobody has taken yet in the low half.
  _Atomic uint64_t ticket;
  /// Of the current task; stable while one of its chunks is taken and not done.
  nn_task *task;
  void *frame;
  long chunks;
  atomic_long done;
  atomic_int sleepers, caller_sleeps, stops;
  pthread_mutex_t lock, running;
  pthread_cond_t wake, finished;
  int lanes;
  int64_t spin;
  worker workers[];
};

static int64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

int nn_free_cores(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  return (int)sysconf(_SC_NPROCESSORS_ONLN);
}

static int is_open(uint64_t ticket) { return (uint32_t)ticket > 0; }

// Takes chunks until there are none left.
static void work(nn_pool *pool, int lane) {
  uint64_t ticket = atomic_load(&pool->ticket);
  while (is_open(ticket)) {
    if (!atomic_compare_exchange_weak(&pool->ticket, &ticket, ticket - 1)) continue;
    long chunks = pool->chunks;
    pool->task(pool->frame, chunks - (long)(uint32_t)ticket, lane);
    if (atomic_fetch_add(&pool->done, 1) + 1 == chunks && atomic_load(&pool->caller_sleeps)) {
      pthread_mutex_lock(&pool->lock);
      pthread_cond_signal(&pool->finished);
      pthread_mutex_unlock(&pool->lock);
    }
    ticket = atomic_load(&pool->ticket);
  }
}

// Waits, awake, until `is_over` says so; returns whether it did in time.
static int spins_until(nn_pool *pool, int (*is_over)(nn_pool *)) {
  int64_t end = 0;
  for (;;) {
    for (int i = 0; i < 64; ++i) {
      if (is_over(pool)) return 1;
      relax();
    }
    int64_t now = nanoseconds();
    if (end == 0) end = now + pool->spin;
    if (now >= end) return is_over(pool);
  }
}

static int has_work(nn_pool *pool) { return is_open(atomic_load(&pool->ticket)) || atomic_load(&pool->stops); }

static int is_finished(nn_pool *pool) { return atomic_load(&pool->done) == pool->chunks; }

static void *work_for_ever(void *context) {
  worker *self = context;
  nn_pool *pool = self->pool;
  while (!atomic_load(&pool->stops)) {
    work(pool, self->lane);
    if (spins_until(pool, has_work)) continue;
    pthread_mutex_lock(&pool->lock);
    atomic_fetch_add(&pool->sleepers, 1);
    while (!has_work(pool)) pthread_cond_wait(&pool->wake, &pool->lock);
    atomic_fetch_sub(&pool->sleepers, 1);
    pthread_mutex_unlock(&pool->lock);
  }
  return NULL;
}

static void wake_sleepers(nn_pool *pool) {
  if (atomic_load(&pool->sleepers) == 0) return;
  pthread_mutex_lock(&pool->lock);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->lock);
}

nn_pool *nn_pool_make(int lanes) {
  if (lanes < 1 || lanes > MOST_LANES) return NULL;
  nn_pool *pool = calloc(1, sizeof *pool + (size_t)lanes * sizeof(worker));
  if (pool == NULL) return NULL;
  pthread_mutex_init(&pool->lock, NULL);
  pthread_mutex_init(&pool->running, NULL);
  pthread_cond_init(&pool->wake, NULL);
  pthread_cond_init(&pool->finished, NULL);
  pool->spin = lanes <= nn_free_cores() ? SPIN_NANOSECONDS : 0;
  pool->lanes = 1;
  for (int lane = 1; lane < lanes; ++lane) {
    worker *self = &pool->workers[lane];
    *self = (worker){.pool = pool, .lane = lane};
    if (pthread_create(&self->thread, NULL, work_for_ever, self) != 0) break;
    pool->lanes = lane + 1;
  }
  return pool;
}

void nn_pool_free(nn_pool *pool) {
  if (pool == NULL) return;
  atomic_store(&pool->stops, 1);
  wake_sleepers(pool);
  for (int lane = 1; lane < pool->lanes; ++lane) pthread_join(pool->workers[lane].thread, NULL);
  pthread_cond_destroy(&pool->finished);
  pthread_cond_destroy(&pool->wake);
  pthread_mutex_destroy(&pool->running);
  pthread_mutex_destroy(&pool->lock);
  free(pool);
}

int nn_pool_lanes(const nn_pool *pool) { return pool == NULL ? 1 : pool->lanes; }

static void run_alone(nn_task *task, void *frame, long chunks) {
  for (long chunk = 0; chunk < chunks; ++chunk) task(frame, chunk, 0);
}

static void wait_for_others(nn_pool *pool) {
  if (spins_until(pool, is_finished)) return;
  pthread_mutex_lock(&pool->lock);
  atomic_store(&pool->caller_sleeps, 1);
  while (!is_finished(pool)) pthread_cond_wait(&pool->finished, &pool->lock);
  atomic_store(&pool->caller_sleeps, 0);
  pthread_mutex_unlock(&pool->lock);
}

void nn_pool_run(void *context, nn_task *task, void *frame, long chunks) {
  nn_pool *pool = context;
  // One caller at a time has the workers; another one works by itself.
  if (pool == NULL || pool->lanes == 1 || chunks < 2 || chunks > INT32_MAX || pthread_mutex_trylock(&pool->running) != 0) {
    run_alone(task, frame, chunks);
    return;
  }
  pool->task = task;
  pool->frame = frame;
  pool->chunks = chunks;
  atomic_store(&pool->done, 0);
  uint64_t number = (atomic_load(&pool->ticket) >> 32) + 1;
  atomic_store(&pool->ticket, number << 32 | (uint64_t)chunks);
  wake_sleepers(pool);
  work(pool, 0);
  wait_for_others(pool);
  pthread_mutex_unlock(&pool->running);
}

nn_parallel nn_pool_parallel(nn_pool *pool) { return (nn_parallel){nn_pool_run, pool, nn_pool_lanes(pool)}; }
