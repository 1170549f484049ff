// Double precision, whatever the target has by default: SSE2 on x86-64, NEON on arm64.
#include "variants.h"

#define real double
#define NN_PREFIX "nn_f64_"
#define NN_TABLE nn_plain_f64
#define NN_MATH "../../templates/math_f64.c"
#define NN_VECTOR "../../templates/vector_f64.c"
#include "family.h"
