#ifndef NNCC_CPNG_SHIM_H
#define NNCC_CPNG_SHIM_H

#include <png.h>
#include <setjmp.h>
#include <string.h>

/* Numbers as they are stored: no curve is applied to them, whatever the file says of its light. Errors of libpng end in the functions below. */

typedef struct {
  png_structp png;
  png_infop info;
  const unsigned char *bytes;
  size_t left;
  unsigned width, height;
  int channels; /* of nn_png_read: 1 to 4; the even ones have transparency last */
  char message[96];
} nn_png;

static inline void nn_png_fail(png_structp png, png_const_charp message) {
  nn_png *image = (nn_png *)png_get_error_ptr(png);
  strncpy(image->message, message, sizeof image->message - 1);
  png_longjmp(png, 1);
}

static inline void nn_png_pass(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static inline void nn_png_take(png_structp png, png_bytep target, size_t count) {
  nn_png *image = (nn_png *)png_get_io_ptr(png);
  if (count > image->left) png_error(png, "it ends too early");
  memcpy(target, image->bytes, count);
  image->bytes += count;
  image->left -= count;
}

/* libpng gets to know where `image` is, anew with each call: it may have been moved. */
static inline void nn_png_settle(nn_png *image) {
  png_set_error_fn(image->png, image, nn_png_fail, nn_png_pass);
  png_set_read_fn(image->png, image, nn_png_take);
}

/* Nonzero, and the size of the picture, if a picture begins as it should. It has to be ended with nn_png_end in any case. */
static inline int nn_png_begin(nn_png *image, const void *bytes, size_t count) {
  memset(image, 0, sizeof *image);
  image->bytes = (const unsigned char *)bytes;
  image->left = count;
  image->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, image, nn_png_fail, nn_png_pass);
  if (image->png) image->info = png_create_info_struct(image->png);
  if (!image->info) return 0;
  if (setjmp(png_jmpbuf(image->png))) return 0;
  nn_png_settle(image);
  png_read_info(image->png, image->info);
  png_set_expand(image->png);
  png_set_scale_16(image->png);
  png_set_interlace_handling(image->png);
  png_read_update_info(image->png, image->info);
  image->width = png_get_image_width(image->png, image->info);
  image->height = png_get_image_height(image->png, image->info);
  image->channels = png_get_channels(image->png, image->info);
  return png_get_bit_depth(image->png, image->info) == 8 && image->channels >= 1 && image->channels <= 4;
}

/* Nonzero if all of the picture is in `pixels`, whose rows follow each other; `rows` has room for a pointer to each. */
static inline int nn_png_read(nn_png *image, unsigned char *pixels, unsigned char **rows) {
  for (size_t row = 0; row < image->height; ++row) rows[row] = pixels + row * image->width * (size_t)image->channels;
  if (setjmp(png_jmpbuf(image->png))) return 0;
  nn_png_settle(image);
  png_read_image(image->png, rows);
  return 1;
}

static inline void nn_png_end(nn_png *image) { png_destroy_read_struct(&image->png, &image->info, NULL); }

#endif
