// Single precision with AVX2 and FMA.
#include "variants.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define nn_vector_bytes 32
#define real float
#define NN_PREFIX "nn_f32_"
#define NN_TABLE nn_avx2_f32
#define NN_MATH "../../templates/math_f32.c"
#define NN_VECTOR "../../templates/vector_f32.c"
#include "family.h"
#pragma clang attribute pop
#endif
