// Elementwise arithmetic that reads the same in both precisions. `real` is the element type.
//
// How the files of this folder are written: each is ordinary C, and is used twice. The program includes them all, once for every
// instruction set and precision. Generated C carries the text of what it uses: every definition begins with a line `// @NAME: what it
// is` and ends before the next such line; it may mention other definitions, whose names all begin with nn_, and these are carried
// too. `real` is then replaced by float or double and nn_ by the model's prefix. What precedes a file's first definition lets the file
// be compiled alone and is not carried. `nn_rounding` is always carried, first. Nothing here needs a header or a library.
#ifndef real
#define real float
#endif

// @nn_rounding: every operation rounds on its own (no contraction), so that all compilers and flavours agree bit for bit; gcc may
// compute what it then does not select, as vectors do
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__) && !defined(__TINYC__)
#pragma GCC optimize("fp-contract=off", "no-trapping-math")
#endif

// @nn_vectors: whether kernels are written with the compiler's vectors, for SSE2, NEON and WebAssembly; elsewhere they are plain loops,
// which are smaller, and which compilers for machines with other vectors may turn into these
#if defined(__GNUC__) && !defined(__TINYC__) && (defined(__SSE2__) || defined(__ARM_NEON) || defined(__wasm_simd128__))
#define nn_vectors 1
#else
#define nn_vectors 0
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

// @nn_aligned: where a long table begins: no vector of it then lies in two lines of the cache
#if nn_vectors
#define nn_aligned __attribute__((aligned(nn_vector_bytes)))
#else
#define nn_aligned
#endif

// @nn_inlined: how small functions are declared, so that a loop over them can become vector instructions; some compilers need fewer of them
#if nn_vectors
#define nn_inlined static inline __attribute__((always_inline, unused))
#else
#define nn_inlined static inline
#endif

// @nn_apart: how a function is declared that is called from very many places, so that no compiler copies it to all of them
#if defined(__GNUC__) && !defined(__TINYC__)
#define nn_apart __attribute__((noinline))
#else
#define nn_apart
#endif

// @nn_copy: x itself
nn_inlined real nn_copy(real x) { return x; }

// @nn_neg: -x
nn_inlined real nn_neg(real x) { return -x; }

// @nn_abs: |x|
nn_inlined real nn_abs(real x) { return x > 0 ? x : 0 - x; }

// @nn_square: x * x
nn_inlined real nn_square(real x) { return x * x; }

// @nn_step: 1 where x > 0, else 0
nn_inlined real nn_step(real x) { return x > 0 ? (real)1 : (real)0; }

// @nn_relu: x where x > 0, else 0; NaN stays NaN
nn_inlined real nn_relu(real x) { return x <= 0 ? (real)0 : x; }

// @nn_add: a + b
nn_inlined real nn_add(real a, real b) { return a + b; }

// @nn_subtract: a - b
nn_inlined real nn_subtract(real a, real b) { return a - b; }

// @nn_multiply: a * b
nn_inlined real nn_multiply(real a, real b) { return a * b; }

// @nn_divide: a / b
nn_inlined real nn_divide(real a, real b) { return a / b; }

// @nn_max: the larger of a and b; NaN if either is
nn_inlined real nn_max(real a, real b) {
  real larger = a > b ? a : b;
  return a != a ? a : larger;
}

// @nn_min: the smaller of a and b; NaN if either is
nn_inlined real nn_min(real a, real b) {
  real smaller = a < b ? a : b;
  return a != a ? a : smaller;
}

// @nn_less: 1 where a < b, else 0
nn_inlined real nn_less(real a, real b) { return a < b ? (real)1 : (real)0; }

// @nn_less_equal: 1 where a <= b, else 0
nn_inlined real nn_less_equal(real a, real b) { return a <= b ? (real)1 : (real)0; }

// @nn_equal: 1 where a == b, else 0
nn_inlined real nn_equal(real a, real b) { return a == b ? (real)1 : (real)0; }
