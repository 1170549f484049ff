// Vectors by the extensions that gcc and clang share; vector_f32.c and vector_f64.c spell the few instructions that need names.
// The functions take pointers, since how vectors are passed by value depends on the instruction set; all are inlined.
#ifndef NNCC
#include "vector_f32.c"
#endif

// @nn_wide: asks clang for registers of 512 bits in a function over vectors
#if defined(__clang__) && nn_vector_bytes == 64
#define nn_wide __attribute__((min_vector_width(512)))
#else
#define nn_wide
#endif

// @nn_ask: asks for numbers that will be read soon, so that they are on their way while others are computed
static inline void nn_ask(const real *a, long count) {
#if defined(__GNUC__) && !defined(__TINYC__)
  for (long i = 0; i < count; i += 64 / (long)sizeof(real)) __builtin_prefetch(a + i);
#else
  (void)a;
  (void)count;
#endif
}

// @nn_vector: a register full of numbers
#if nn_vectors
typedef real nn_vector __attribute__((vector_size(nn_vector_bytes)));
#endif

// @nn_loose_vector: the same at any address
#if nn_vectors
typedef real nn_loose_vector __attribute__((vector_size(nn_vector_bytes), aligned(sizeof(real)), may_alias));
#endif

// @nn_width: numbers in a vector
#if nn_vectors
enum { nn_width = nn_vector_bytes / (int)sizeof(real) };
#endif

// @nn_unroll: unrolls the loop that follows, whose bounds are constant; a compiler told not to optimise need not obey
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpass-failed"
#define nn_unroll _Pragma("clang loop unroll(full)")
#elif nn_vectors
#define nn_unroll _Pragma("GCC unroll 16")
#else
#define nn_unroll
#endif

// @nn_opaque: keeps compilers from giving each row of a tile a pointer of its own, for which there are not enough registers, and from warning of
// what masked loads behind an array do not read
#if nn_vectors
#define nn_opaque(pointer) __asm__("" : "+r"(pointer))
#else
#define nn_opaque(pointer) (void)0
#endif

// @nn_held: keeps gcc from loading a vector anew wherever it is used
#if defined(__x86_64__) && !defined(__clang__)
#define nn_held(vector) __asm__("" : "+v"(vector))
#else
#define nn_held(vector) (void)0
#endif

// @nn_rolled: keeps the loop that follows as it is, since its body fills the registers or all of its turns fill a vector
#if defined(__clang__)
#define nn_rolled _Pragma("clang loop unroll(disable)")
#elif nn_vectors
#define nn_rolled _Pragma("GCC unroll 1")
#else
#define nn_rolled
#endif

// @nn_multiply_add: sum += a * b, rounded once where the machine does so in one instruction
#if nn_vectors
nn_inlined void nn_multiply_add(nn_vector *sum, const nn_vector *a, const nn_vector *b) {
#if defined(__clang__)
#pragma STDC FP_CONTRACT ON
  *sum = *a * *b + *sum;
#elif nn_vector_bytes == 64
  *sum = nn_fused_512(*a, *b, *sum);
#elif nn_vector_bytes == 32
  *sum = nn_fused_256(*a, *b, *sum);
#elif defined(__aarch64__)
  __asm__(nn_fused_128 : "+w"(*sum) : "w"(*a), "w"(*b));
#elif defined(__FMA__)
  for (int lane = 0; lane < nn_width; ++lane) (*sum)[lane] = nn_fused_lane((*a)[lane], (*b)[lane], (*sum)[lane]);
#else
  *sum = *a * *b + *sum;
#endif
}
#endif

// @nn_lanes_mask: marks the first lanes of a vector
#if nn_vectors
#if nn_vector_bytes == 64
typedef nn_lane_mask nn_lanes_mask;
#elif nn_vector_bytes == 32
typedef struct {
  nn_lane_numbers lanes;
  int count;
} nn_lanes_mask;
#else
typedef int nn_lanes_mask;
#endif
#endif

// @nn_first_lanes: the mask of the first count lanes, 0 <= count <= nn_width
#if nn_vectors
nn_inlined void nn_first_lanes(nn_lanes_mask *mask, long count) {
#if nn_vector_bytes == 64
  *mask = (nn_lane_mask)((1u << count) - 1u);
#elif nn_vector_bytes == 32
  mask->lanes = nn_lanes_below(count);
  mask->count = (int)count;
#else
  *mask = (int)count;
#endif
}
#endif

// @nn_load_first: loads the first lanes and zeroes the others; nothing beyond them is read. A mask of null stands for all lanes
#if nn_vectors
nn_inlined void nn_load_first(nn_vector *x, const real *p, const nn_lanes_mask *mask) {
  if (!mask) {
    *x = *(const nn_loose_vector *)p;
    return;
  }
#if nn_vector_bytes == 64
  nn_vector zero = {0};
  *x = nn_load_512((const void *)p, zero, *mask);
#elif nn_vector_bytes == 32
  *x = nn_load_256((const void *)p, mask->lanes);
#else
  nn_vector loaded = {0};
  for (int lane = 0; lane < *mask; ++lane) loaded[lane] = p[lane];
  *x = loaded;
#endif
}
#endif

// @nn_store_first: stores the first lanes, or all of them without a mask. Whoever reads what a masked store wrote waits until the cache has it.
// With AVX2 there is none: it takes some processors as long as twelve whole vectors
#if nn_vectors
nn_inlined void nn_store_first(real *p, const nn_vector *x, const nn_lanes_mask *mask) {
  if (!mask) {
    *(nn_loose_vector *)p = *x;
    return;
  }
#if nn_vector_bytes == 64
  nn_store_512((void *)p, *x, *mask);
#elif nn_vector_bytes == 32
  const int count = mask->count;
  if (count == nn_width) {
    *(nn_loose_vector *)p = *x;
    return;
  }
  real all[nn_width];
  const real *from = all;
  *(nn_loose_vector *)all = *x;
  if (count & 4) {
    __builtin_memcpy(p, from, 4 * sizeof(real));
    p += 4;
    from += 4;
  }
  if (count & 2) {
    __builtin_memcpy(p, from, 2 * sizeof(real));
    p += 2;
    from += 2;
  }
  if (count & 1) *p = *from;
#else
  for (int lane = 0; lane < *mask; ++lane) p[lane] = (*x)[lane];
#endif
}
#endif

// @nn_transpose: turns a square of numbers, one vector a row, on its diagonal: rounds of interleaving the upper rows with the lower. With AVX2
// squares of 16 bytes are turned so, four at a time, and exchanged
#if nn_vectors
nn_inlined void nn_transpose(nn_vector *row) {
  enum { side = (nn_vector_bytes == 32 ? 16 : nn_vector_bytes) / (int)sizeof(real) };
  nn_unroll for (int spread = side; spread > 1; spread /= 2) {
    nn_vector mixed[nn_width];
    nn_unroll for (int i = 0; i < nn_width / 2; ++i) {
      const nn_vector *upper = row + i / (side / 2) * side + i % (side / 2);
      mixed[2 * i] = __builtin_shufflevector(upper[0], upper[side / 2], nn_upper_order);
      mixed[2 * i + 1] = __builtin_shufflevector(upper[0], upper[side / 2], nn_lower_order);
    }
    nn_unroll for (int i = 0; i < nn_width; ++i) row[i] = mixed[i];
  }
#if nn_vector_bytes == 32
  nn_unroll for (int i = 0; i < side; ++i) {
    const nn_vector left = row[i], right = row[i + side];
    row[i] = __builtin_shufflevector(left, right, nn_left_order);
    row[i + side] = __builtin_shufflevector(left, right, nn_right_order);
  }
#endif
}
#endif
