// The instructions that have no portable spelling, for single precision. See vector.c.
#ifndef NNCC
#include "math_f32.c"
#endif

// @nn_fused_512: a * b + c rounded once, in AVX-512
#define nn_fused_512(a, b, c) __builtin_ia32_vfmaddps512_mask(a, b, c, -1, 4)

// @nn_fused_256: a * b + c rounded once, with FMA
#define nn_fused_256(a, b, c) __builtin_ia32_vfmaddps256(a, b, c)

// @nn_fused: a * b + c of numbers, rounded once where the machine does so in one instruction
#if defined(__FP_FAST_FMAF) || defined(__FMA__) || defined(__AVX512F__)
#define nn_fused(a, b, c) __builtin_fmaf(a, b, c)
#else
#define nn_fused(a, b, c) ((a) * (b) + (c))
#endif

// @nn_lane_mask: which lanes a masked AVX-512 access touches
typedef unsigned short nn_lane_mask;

// @nn_load_512: masked load in AVX-512, zero elsewhere
#define nn_load_512(p, zero, mask) __builtin_ia32_loadups512_mask(p, zero, mask)

// @nn_store_512: masked store in AVX-512
#define nn_store_512(p, x, mask) __builtin_ia32_storeups512_mask(p, x, mask)

// @nn_lane_numbers: the lanes of an AVX2 mask
typedef int nn_lane_numbers __attribute__((vector_size(32)));

// @nn_lanes_below: the AVX2 mask of the lanes before the given one
static const nn_lane_numbers nn_counting = {0, 1, 2, 3, 4, 5, 6, 7};
#define nn_lanes_below(count) (nn_counting < (int)(count))

// @nn_load_256: masked load in AVX2, zero elsewhere
#define nn_load_256(p, mask) __builtin_ia32_maskloadps256(p, mask)

// @nn_store_256: masked store in AVX2
#define nn_store_256(p, mask, x) __builtin_ia32_maskstoreps256(p, mask, x)
