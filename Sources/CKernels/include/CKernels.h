#ifndef NN_CKERNELS_H
#define NN_CKERNELS_H

#ifdef __cplusplus
extern "C" {
#endif

/// A kernel by name: `nn_f32_product`, `nn_f64_exp`, ...
typedef struct {
  const char *name;
  void *address;
} nn_symbol;

/// The kernels for an instruction set (`plain`, `avx2`, `avx512`), or for this machine's best one when `isa_or_null` is null.
/// The environment variable NNCC_ISA chooses for null. NULL if the name is unknown or the machine cannot run it.
const nn_symbol *nn_kernel_table(const char *isa_or_null, int *count);

/// The instruction set that `nn_kernel_table(NULL, ...)` stands for.
const char *nn_isa_name(void);

#ifdef __cplusplus
}
#endif

#endif
