// The instructions that have no portable spelling, for double precision. See vector.c.
#ifndef NNCC
#include "math_f64.c"
#endif

// @nn_fused_512: a * b + c rounded once, in AVX-512
#define nn_fused_512(a, b, c) __builtin_ia32_vfmaddpd512_mask(a, b, c, 255, 4)

// @nn_fused_256: a * b + c rounded once, with FMA
#define nn_fused_256(a, b, c) __builtin_ia32_vfmaddpd256(a, b, c)

// @nn_fused_128: a * b + c rounded once, on arm64
#define nn_fused_128 "fmla %0.2d, %1.2d, %2.2d"

// @nn_fused_lane: a * b + c of numbers, rounded once, with FMA
#define nn_fused_lane(a, b, c) __builtin_fma(a, b, c)

// @nn_lane_mask: which lanes a masked AVX-512 access touches
typedef unsigned char nn_lane_mask;

// @nn_load_512: masked load in AVX-512, zero elsewhere
#define nn_load_512(p, zero, mask) __builtin_ia32_loadupd512_mask(p, zero, mask)

// @nn_store_512: masked store in AVX-512
#define nn_store_512(p, x, mask) __builtin_ia32_storeupd512_mask(p, x, mask)

// @nn_lane_numbers: the lanes of an AVX2 mask
#if nn_vectors
typedef long long nn_lane_numbers __attribute__((vector_size(32)));
#endif

// @nn_lanes_below: the AVX2 mask of the lanes before the given one
#define nn_lanes_below(count) ((nn_lane_numbers){0, 1, 2, 3} < (long long)(count))

// @nn_load_256: masked load in AVX2, zero elsewhere
#define nn_load_256(p, mask) __builtin_ia32_maskloadpd256(p, mask)

// @nn_low_order: how the lower halves of two vectors are interleaved
#if nn_vector_bytes == 64
#define nn_low_order 0, 8, 1, 9, 2, 10, 3, 11
#elif nn_vector_bytes == 32
#define nn_low_order 0, 4, 1, 5
#else
#define nn_low_order 0, 2
#endif

// @nn_high_order: how the upper halves of two vectors are interleaved
#if nn_vector_bytes == 64
#define nn_high_order 4, 12, 5, 13, 6, 14, 7, 15
#elif nn_vector_bytes == 32
#define nn_high_order 2, 6, 3, 7
#else
#define nn_high_order 1, 3
#endif

// @nn_even_order: every second number of a vector, and of one that begins with its last number
#if nn_vector_bytes == 64
#define nn_even_order 0, 2, 4, 6, 9, 11, 13, 15
#elif nn_vector_bytes == 32
#define nn_even_order 0, 2, 5, 7
#else
#define nn_even_order 0, 3
#endif

// @nn_upper_order: how two rows are interleaved when a square is turned: as nn_low_order, but with AVX2 each half of a vector on its own
#if nn_vector_bytes == 32
#define nn_upper_order 0, 4, 2, 6
#else
#define nn_upper_order nn_low_order
#endif

// @nn_lower_order: likewise as nn_high_order
#if nn_vector_bytes == 32
#define nn_lower_order 1, 5, 3, 7
#else
#define nn_lower_order nn_high_order
#endif

// @nn_left_order: the first halves of two AVX2 vectors
#define nn_left_order 0, 1, 4, 5

// @nn_right_order: the second halves of two AVX2 vectors
#define nn_right_order 2, 3, 6, 7
