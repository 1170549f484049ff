#ifndef NNCC_CTINYCC_SHIM_H
#define NNCC_CTINYCC_SHIM_H

#include <libtcc.h>

/* The numbers of the output types were swapped between releases, so they are taken from the header that belongs to the library. */
static inline int nn_tcc_emit_object(TCCState *state) {
  return tcc_set_output_type(state, TCC_OUTPUT_OBJ);
}

/* Hidden from Swift behind _GNU_SOURCE. The flag closes the file in programs that this one starts. */
extern int memfd_create(const char *name, unsigned int flags);
enum { NN_MEMFD_CLOSE_ON_EXEC = 1 };

#endif
