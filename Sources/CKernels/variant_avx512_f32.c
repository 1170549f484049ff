// Single precision with AVX-512.
#include "variants.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)
#pragma clang attribute push(__attribute__((min_vector_width(512))), apply_to = function)
#define nn_vector_bytes 64
#define real float
#define NN_PREFIX "nn_f32_"
#define NN_TABLE nn_avx512_f32
#define NN_MATH "../../templates/math_f32.c"
#define NN_VECTOR "../../templates/vector_f32.c"
#include "family.h"
#pragma clang attribute pop
#pragma clang attribute pop
#endif
