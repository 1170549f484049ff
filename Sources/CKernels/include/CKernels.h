#ifndef NN_CKERNELS_H
#define NN_CKERNELS_H

#ifdef __cplusplus
extern "C" {
#endif

/// A kernel by name: `nn_f32_product`, `nn_f64_exp`, ...
typedef struct {
  const char *name;
  void *address;
} nn_symbol;

/// The kernels for an instruction set (`plain`, `avx2`, `avx512`), or for this machine's best one when `isa_or_null` is null.
/// The environment variable NNCC_ISA chooses for null. NULL if the name is unknown or the machine cannot run it.
const nn_symbol *nn_kernel_table(const char *isa_or_null, int *count);

/// The instruction set that `nn_kernel_table(NULL, ...)` stands for.
const char *nn_isa_name(void);

/// One chunk of a task, on the lane (0 ..< lanes) of a pool; two chunks that run at once have different lanes.
typedef void nn_task(void *frame, long chunk, int lane);

/// Threads that run the chunks of tasks.
typedef struct nn_pool nn_pool;

/// A pool with that many lanes, the caller's included; fewer where the system refuses threads. NULL without memory.
nn_pool *nn_pool_make(int lanes);
void nn_pool_free(nn_pool *pool);
int nn_pool_lanes(const nn_pool *pool);

/// Runs chunks 0 ..< chunks, in any order, and returns when all are done. A pool of NULL, or one that runs another task, leaves them to the caller.
void nn_pool_run(void *pool, nn_task *task, void *frame, long chunks);

/// How generated programs ask for chunks to be run.
typedef struct {
  void (*run)(void *context, nn_task *task, void *frame, long chunks);
  void *context;
  int lanes;
} nn_parallel;

nn_parallel nn_pool_parallel(nn_pool *pool);

/// Operations a second, a multiply-add counted as two, that the lanes of a pool do in registers on floats (4 bytes) or doubles (8), at best.
double nn_operation_rate(nn_pool *pool, int real_bytes);

/// Bytes a second that go by when the lanes read, or read and write, these numbers again and again, at best.
double nn_byte_rate(nn_pool *pool, float *numbers, long count);

/// The number of cores that this process may use.
int nn_free_cores(void);

/// Has the memory system bring bytes near that will be read soon. Rows in random order come from far away, one wait after the other, without it.
static inline void nn_fetch(const void *address, long bytes) {
  for (long offset = 0; offset < bytes; offset += 64) __builtin_prefetch((const char *)address + offset);
}

#ifdef __cplusplus
}
#endif

#endif
