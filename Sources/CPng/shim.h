#ifndef NNCC_CPNG_SHIM_H
#define NNCC_CPNG_SHIM_H

#include <png.h>
#include <string.h>

/* libpng's simplified interface, which handles errors inside; its formats are macros that Swift does not import. */

/* Nonzero, and the size of the picture, if a picture begins as it should. It has to be ended with png_image_free or nn_png_read. */
static inline int nn_png_begin(png_image *image, const void *bytes, size_t count) {
  memset(image, 0, sizeof *image);
  image->version = PNG_IMAGE_VERSION;
  return png_image_begin_read_from_memory(image, bytes, count);
}

/* Nonzero if all of the picture is in `pixels`, a byte for each of 1 or 3 channels; what is transparent is black. */
static inline int nn_png_read(png_image *image, int channels, void *pixels) {
  png_color black = {0, 0, 0};
  image->format = channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  return png_image_finish_read(image, &black, pixels, 0, NULL);
}

#endif
