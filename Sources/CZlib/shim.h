#ifndef NNCC_CZLIB_SHIM_H
#define NNCC_CZLIB_SHIM_H

#include <zlib.h>

/* inflateInit2 is a macro that Swift does not import. The window bits choose the format: 15 + 16 is gzip, -15 raw deflate. */
static inline int nn_inflate_start(z_stream *stream, int window_bits) {
  return inflateInit2(stream, window_bits);
}

static inline int nn_deflate_start(z_stream *stream, int level, int window_bits) {
  return deflateInit2(stream, level, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
}

#endif
