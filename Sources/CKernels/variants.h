// The tables of all variants: an instruction set and a precision each.
#ifndef NN_VARIANTS_H
#define NN_VARIANTS_H

#include "include/CKernels.h"

enum { NN_KERNELS = 61 };

extern const nn_symbol nn_plain_f32[NN_KERNELS], nn_plain_f64[NN_KERNELS];
#if defined(__x86_64__)
extern const nn_symbol nn_avx2_f32[NN_KERNELS], nn_avx2_f64[NN_KERNELS];
extern const nn_symbol nn_avx512_f32[NN_KERNELS], nn_avx512_f64[NN_KERNELS];
#endif

#endif
