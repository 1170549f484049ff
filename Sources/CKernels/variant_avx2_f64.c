// Double precision with AVX2 and FMA.
#include "variants.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define nn_vector_bytes 32
#define real double
#define NN_PREFIX "nn_f64_"
#define NN_TABLE nn_avx2_f64
#define NN_MATH "../../templates/math_f64.c"
#define NN_VECTOR "../../templates/vector_f64.c"
#include "family.h"
#pragma clang attribute pop
#endif
