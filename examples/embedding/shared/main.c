/* Loads a network at run time, makes sure that it is the one this was compiled for, and trains it. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

/* The header would have us linked with the network. */
#define XOR_LOADED
#include "xor.h"

typedef void initializer(float *params, float *state, unsigned long long seed);
typedef float stepper(float *params, float *state, float *optimizer, int n, const float *x, const float *t, float rate,
                      unsigned long long step, unsigned long long stream, void *workspace);

static float params[XOR_PARAMS], optimizer[XOR_OPTIMIZER + 1];
static char workspace[XOR_WORKSPACE];

int main(int argc, char **argv) {
  void *library = argc == 2 ? dlopen(argv[1], RTLD_NOW) : NULL;
  if (library == NULL) {
    fprintf(stderr, "%s\n", argc == 2 ? dlerror() : "usage: host LIBRARY");
    return 2;
  }
  const xor_model *info = dlsym(library, "xor_info");
  if (info == NULL || info->interface_hash != XOR_INTERFACE) {
    fprintf(stderr, "%s is not the network that this program was compiled for\n", argv[1]);
    return EXIT_FAILURE;
  }
  initializer *init;
  stepper *step;
  *(void **)&init = dlsym(library, "xor_init");
  *(void **)&step = dlsym(library, "xor_step");
  const float x[] = {0, 0, 0, 1, 1, 0, 1, 1}, t[] = {0, 1, 1, 0};
  init(params, NULL, 7);
  float loss = 0;
  for (unsigned long long i = 0; i < 2000; ++i) loss = step(params, NULL, optimizer, 4, x, t, 0.5f, i, 4 * i, workspace);
  printf("loss %.6f after 2000 steps\n", loss);
  return loss < 0.1f ? EXIT_SUCCESS : EXIT_FAILURE;
}
