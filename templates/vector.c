// Vectors by the extensions that gcc and clang share; vector_f32.c and vector_f64.c spell the few instructions that need names.
// The functions take pointers, since how vectors are passed by value depends on the instruction set; all are inlined.
#ifndef NNCC
#include "vector_f32.c"
#endif

// @nn_vector_bytes: the width of a register: AVX-512, AVX2 with FMA, or 16 bytes as on SSE2 and NEON
#ifndef nn_vector_bytes
#if defined(__AVX512F__)
#define nn_vector_bytes 64
#elif defined(__AVX2__) && defined(__FMA__)
#define nn_vector_bytes 32
#else
#define nn_vector_bytes 16
#endif
#endif

// @nn_wide: asks clang for registers of 512 bits in a function over vectors
#if defined(__clang__) && nn_vector_bytes == 64
#define nn_wide __attribute__((min_vector_width(512)))
#else
#define nn_wide
#endif

// @nn_vector: a register full of numbers, aligned or at any address
typedef real nn_vector __attribute__((vector_size(nn_vector_bytes)));
typedef real nn_loose_vector __attribute__((vector_size(nn_vector_bytes), aligned(sizeof(real)), may_alias));

// @nn_width: numbers in a vector
enum { nn_width = nn_vector_bytes / (int)sizeof(real) };

// @nn_unroll: unrolls the loop that follows, whose bounds are constant
#if defined(__clang__)
#define nn_unroll _Pragma("clang loop unroll(full)")
#else
#define nn_unroll _Pragma("GCC unroll 16")
#endif

// @nn_multiply_add: sum += a * b, rounded once where the machine does so in one instruction
nn_inlined void nn_multiply_add(nn_vector *sum, const nn_vector *a, const nn_vector *b) {
#if defined(__clang__)
#pragma STDC FP_CONTRACT ON
  *sum = *a * *b + *sum;
#elif nn_vector_bytes == 64
  *sum = nn_fused_512(*a, *b, *sum);
#elif nn_vector_bytes == 32
  *sum = nn_fused_256(*a, *b, *sum);
#else
  for (int lane = 0; lane < nn_width; ++lane) (*sum)[lane] = nn_fused((*a)[lane], (*b)[lane], (*sum)[lane]);
#endif
}

// @nn_lanes_mask: marks the first lanes of a vector
#if nn_vector_bytes == 64
typedef nn_lane_mask nn_lanes_mask;
#elif nn_vector_bytes == 32
typedef nn_lane_numbers nn_lanes_mask;
#else
typedef int nn_lanes_mask;
#endif

// @nn_first_lanes: the mask of the first count lanes, 0 <= count <= nn_width
nn_inlined void nn_first_lanes(nn_lanes_mask *mask, long count) {
#if nn_vector_bytes == 64
  *mask = (nn_lane_mask)((1u << count) - 1u);
#elif nn_vector_bytes == 32
  *mask = nn_lanes_below(count);
#else
  *mask = (int)count;
#endif
}

// @nn_load_first: loads the first lanes and zeroes the others; nothing beyond them is read
nn_inlined void nn_load_first(nn_vector *x, const real *p, const nn_lanes_mask *mask) {
#if nn_vector_bytes == 64
  nn_vector zero = {0};
  *x = nn_load_512((const void *)p, zero, *mask);
#elif nn_vector_bytes == 32
  *x = nn_load_256((const void *)p, *mask);
#else
  nn_vector loaded = {0};
  for (int lane = 0; lane < *mask; ++lane) loaded[lane] = p[lane];
  *x = loaded;
#endif
}

// @nn_store_first: stores the first lanes
nn_inlined void nn_store_first(real *p, const nn_vector *x, const nn_lanes_mask *mask) {
#if nn_vector_bytes == 64
  nn_store_512((void *)p, *x, *mask);
#elif nn_vector_bytes == 32
  nn_store_256((void *)p, *mask, *x);
#else
  for (int lane = 0; lane < *mask; ++lane) p[lane] = (*x)[lane];
#endif
}
