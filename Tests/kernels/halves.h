// Stands in for AVX-512 on machines without it, so that the kernels for vectors of 64 bytes are tested everywhere: their few instructions
// lane by lane. See run.sh.
#ifndef HALVES_H
#define HALVES_H

// All of them are inlined, so nothing depends on how such vectors are passed.
#pragma GCC diagnostic ignored "-Wpsabi"

#define halves(suffix, number, lanes)                                                                                           \
  typedef number halves_##suffix __attribute__((vector_size(64)));                                                               \
  static inline __attribute__((always_inline, unused)) halves_##suffix halves_load_##suffix(const void *p, halves_##suffix x,     \
                                                                                            unsigned mask) {                      \
    for (int i = 0; i < lanes; ++i)                                                                                               \
      if (mask >> i & 1) x[i] = ((const number *)p)[i];                                                                           \
    return x;                                                                                                                     \
  }                                                                                                                               \
  static inline __attribute__((always_inline, unused)) void halves_store_##suffix(void *p, halves_##suffix x, unsigned mask) {    \
    for (int i = 0; i < lanes; ++i)                                                                                               \
      if (mask >> i & 1) ((number *)p)[i] = x[i];                                                                                 \
  }
halves(f32, float, 16)
halves(f64, double, 8)
#undef halves

#define __builtin_ia32_loadups512_mask(p, zero, mask) halves_load_f32(p, zero, mask)
#define __builtin_ia32_loadupd512_mask(p, zero, mask) halves_load_f64(p, zero, mask)
#define __builtin_ia32_storeups512_mask(p, x, mask) halves_store_f32(p, x, mask)
#define __builtin_ia32_storeupd512_mask(p, x, mask) halves_store_f64(p, x, mask)
#define __builtin_cpu_supports(name) 1

#endif
