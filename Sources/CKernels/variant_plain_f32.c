// Single precision, whatever the target has by default: SSE2 on x86-64, NEON on arm64.
#include "variants.h"

#define real float
#define NN_PREFIX "nn_f32_"
#define NN_TABLE nn_plain_f32
#define NN_MATH "../../templates/math_f32.c"
#define NN_VECTOR "../../templates/vector_f32.c"
#include "family.h"
