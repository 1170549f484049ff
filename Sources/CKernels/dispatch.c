// Chooses a variant for the machine and hands its kernels out by name.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "variants.h"

// What a C compiler may call by itself.
static const nn_symbol memory[] = {{"memset", (void *)memset}, {"memcpy", (void *)memcpy}, {"memmove", (void *)memmove}};

enum { MEMORY = sizeof memory / sizeof memory[0], TOTAL = MEMORY + 2 * NN_KERNELS };

typedef struct {
  const char *name;
  const nn_symbol *f32, *f64;
} variant;

// From the best to the one that every machine runs.
static const variant variants[] = {
#if defined(__x86_64__)
  {"avx512", nn_avx512_f32, nn_avx512_f64},
  {"avx2", nn_avx2_f32, nn_avx2_f64},
#endif
  {"plain", nn_plain_f32, nn_plain_f64},
};

enum { VARIANTS = sizeof variants / sizeof variants[0] };

static nn_symbol tables[VARIANTS][TOTAL];
static pthread_once_t joined = PTHREAD_ONCE_INIT;

static void join_tables(void) {
  for (int i = 0; i < VARIANTS; ++i) {
    memcpy(tables[i], memory, sizeof memory);
    memcpy(tables[i] + MEMORY, variants[i].f32, NN_KERNELS * sizeof(nn_symbol));
    memcpy(tables[i] + MEMORY + NN_KERNELS, variants[i].f64, NN_KERNELS * sizeof(nn_symbol));
  }
}

static int machine_runs(const char *isa) {
#if defined(__x86_64__)
  int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (strcmp(isa, "avx2") == 0) return avx2;
  if (strcmp(isa, "avx512") == 0)
    return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("bmi2");
#endif
  return strcmp(isa, "plain") == 0;
}

// The index of a variant by name, or of the best for null; -1 if there is none.
static int variant_named(const char *isa) {
  for (int i = 0; i < VARIANTS; ++i)
    if ((isa == NULL || strcmp(isa, variants[i].name) == 0) && machine_runs(variants[i].name)) return i;
  return -1;
}

static int chosen_variant(const char *isa_or_null) { return variant_named(isa_or_null != NULL ? isa_or_null : getenv("NNCC_ISA")); }

const nn_symbol *nn_kernel_table(const char *isa_or_null, int *count) {
  int chosen = chosen_variant(isa_or_null);
  *count = chosen < 0 ? 0 : TOTAL;
  if (chosen < 0) return NULL;
  pthread_once(&joined, join_tables);
  return tables[chosen];
}

const char *nn_isa_name(void) {
  int chosen = chosen_variant(NULL);
  return chosen < 0 ? "none" : variants[chosen].name;
}
