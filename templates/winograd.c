// Convolutions with windows of 3 by 3 that move on by one, in fewer multiplications: Winograd's F(2x2, 3x3). A tile of 4 by 4 numbers of a
// channel is transformed into 16 sums, which are multiplied with those of the kernel, and what comes out is transformed into 2 by 2 results:
// 16 multiply-adds for each channel instead of 36. So a convolution is 16 products of small matrices, one for each place in a tile.
//
// A picture is at a, its lines a_line and its pixels a_row apart, the channels of a pixel side by side. Tiles at the edge of a picture with an odd
// number of lines or pixels have results that nobody wants: what they would read beyond the edge is replaced by the line or pixel before it.
#ifndef NNCC
#include "packing.c"
#endif

// @nn_winograd_tiles: how many tiles are worked on at a time
enum { nn_winograd_tiles = 32 };

// @nn_winograd_gap: what keeps the places in tiles from being a power of two apart, of which a cache holds few
enum { nn_winograd_gap = 16 };

// @nn_winograd_plane: numbers from one place in so many tiles to the next
nn_inlined long nn_winograd_plane(long tiles, long channels) { return tiles * channels + nn_winograd_gap; }

// @nn_piece: the channels that are transformed at a time
#if nn_vectors
typedef nn_vector nn_piece;
#else
typedef real nn_piece;
#endif

// @nn_piece_width: how many these are
#if nn_vectors
enum { nn_piece_width = nn_width };
#else
enum { nn_piece_width = 1 };
#endif

// @nn_piece_mask: marks those that exist; null stands for all
#if nn_vectors
typedef nn_lanes_mask nn_piece_mask;
#else
typedef int nn_piece_mask;
#endif

// @nn_first_of_piece: the mask of the first count channels
nn_inlined void nn_first_of_piece(nn_piece_mask *mask, long count) {
#if nn_vectors
  nn_first_lanes(mask, count);
#else
  *mask = (int)count;
#endif
}

// @nn_load_piece: loads the channels that exist
nn_inlined void nn_load_piece(nn_piece *x, const real *p, const nn_piece_mask *mask) {
#if nn_vectors
  nn_load_first(x, p, mask);
#else
  (void)mask;
  *x = *p;
#endif
}

// @nn_store_piece: stores them
nn_inlined void nn_store_piece(real *p, const nn_piece *x, const nn_piece_mask *mask) {
#if nn_vectors
  nn_store_first(p, x, mask);
#else
  (void)mask;
  *p = *x;
#endif
}

// @nn_each_piece: does something for all channels, a piece at a time: c is the first one of it
#define nn_each_piece(c, channels, mask, ...) \
  do { \
    long c = 0; \
    for (; c + nn_piece_width <= (channels); c += nn_piece_width) { \
      const nn_piece_mask *const mask = 0; \
      __VA_ARGS__; \
    } \
    if (c < (channels)) { \
      nn_piece_mask exist; \
      nn_first_of_piece(&exist, (channels) - c); \
      const nn_piece_mask *const mask = &exist; \
      __VA_ARGS__; \
    } \
  } while (0)

// @nn_winograd_input: B' x of four numbers that are step apart
nn_inlined void nn_winograd_input(nn_piece *o, const nn_piece *x, int step) {
  o[0] = x[0] - x[2 * step];
  o[1] = x[step] + x[2 * step];
  o[2] = x[2 * step] - x[step];
  o[3] = x[step] - x[3 * step];
}

// @nn_winograd_tile: B' x B for a piece of a tile, whose four lines and pixels are at the given distances, into 16 planes
nn_inlined void nn_winograd_tile(real *planes, long plane, const real *a, const long *line, const long *pixel, const nn_piece_mask *mask) {
  nn_piece x[4][4], o[4], half[4][4];
  nn_unroll for (int i = 0; i < 4; ++i)
    nn_unroll for (int j = 0; j < 4; ++j) nn_load_piece(&x[i][j], a + line[i] + pixel[j], mask);
  nn_unroll for (int j = 0; j < 4; ++j) {
    nn_winograd_input(o, &x[0][j], 4);
    nn_unroll for (int i = 0; i < 4; ++i) half[i][j] = o[i];
  }
  nn_unroll for (int i = 0; i < 4; ++i) {
    nn_winograd_input(o, half[i], 1);
    nn_unroll for (int j = 0; j < 4; ++j) nn_store_piece(planes + (4 * i + j) * plane, &o[j], mask);
  }
}

// @nn_winograd_place: where in a row of pictures a tile is: the distances of its four lines and pixels, and how many results of it exist
typedef struct {
  long picture, top, left, line[4], pixel[4], lines, pixels;
} nn_winograd_place;

// @nn_winograd_find: the place of a tile by its number
static inline void nn_winograd_find(nn_winograd_place *p, long tile, long lines, long pixels, long a_line, long a_pixel) {
  const long down = (lines + 1) / 2, across = (pixels + 1) / 2;
  p->picture = tile / (down * across);
  p->top = tile / across % down * 2;
  p->left = tile % across * 2;
  p->lines = lines - p->top < 2 ? 1 : 2;
  p->pixels = pixels - p->left < 2 ? 1 : 2;
  for (int i = 0; i < 4; ++i) {
    p->line[i] = (p->top + (i < p->lines + 2 ? i : 2)) * a_line;
    p->pixel[i] = (p->left + (i < p->pixels + 2 ? i : 2)) * a_pixel;
  }
}

// @nn_winograd_result: A' x A of the products of a tile: up to two lines of up to two pixels
nn_inlined void nn_winograd_result(real *c, long c_line, long c_row, const real *planes, long plane, long lines, long pixels,
                                   const nn_piece_mask *mask) {
  nn_piece x[4], half[2][4];
  nn_unroll for (int j = 0; j < 4; ++j) {
    nn_unroll for (int i = 0; i < 4; ++i) nn_load_piece(&x[i], planes + (4 * i + j) * plane, mask);
    half[0][j] = x[0] + x[1] + x[2];
    half[1][j] = x[1] - x[2] - x[3];
  }
  nn_unroll for (int i = 0; i < 2; ++i) {
    nn_piece left = half[i][0] + half[i][1] + half[i][2], right = half[i][1] - half[i][2] - half[i][3];
    if (i >= lines) break;
    nn_store_piece(c + i * c_line, &left, mask);
    if (pixels > 1) nn_store_piece(c + i * c_line + c_row, &right, mask);
  }
}

// @nn_winograd_kernel: G x of three numbers that are step apart
nn_inlined void nn_winograd_kernel(nn_piece *o, const nn_piece *x, int step) {
  nn_piece ends = x[0] + x[2 * step];
  o[0] = x[0];
  o[1] = (ends + x[step]) * (real)0.5;
  o[2] = (ends - x[step]) * (real)0.5;
  o[3] = x[2 * step];
}

// @nn_winograd_kernels: G x G' of kernels, for each place in a tile a matrix in panels like those of nn_pack: the number of line i and pixel j of a
// kernel is at b[i * b_line + j * b_pixel + row * b_k + column * b_col]
nn_wide static inline void nn_winograd_kernels(real *panels, const real *b, long b_line, long b_pixel, long b_k, long b_col, long k,
                                               long cols) {
  const long plane = nn_pack_size(k, cols);
  for (long first = 0; first < cols; first += nn_panel) {
    const long count = cols - first < nn_panel ? cols - first : nn_panel;
    for (long row = 0; row < k; ++row) {
      real taps[9][nn_panel];
      for (int tap = 0; tap < 9; ++tap) {
        const real *from = b + tap / 3 * b_line + tap % 3 * b_pixel + row * b_k + first * b_col;
        for (long j = 0; j < count; ++j) taps[tap][j] = from[j * b_col];
        for (long j = count; j < nn_panel; ++j) taps[tap][j] = 0;
      }
      for (long j = 0; j < nn_panel; j += nn_piece_width) {
        nn_piece x[3][3], o[4], half[4][3];
        nn_unroll for (int tap = 0; tap < 9; ++tap) nn_load_piece(&x[tap / 3][tap % 3], taps[tap] + j, 0);
        nn_unroll for (int l = 0; l < 3; ++l) {
          nn_winograd_kernel(o, &x[0][l], 3);
          nn_unroll for (int i = 0; i < 4; ++i) half[i][l] = o[i];
        }
        nn_unroll for (int i = 0; i < 4; ++i) {
          nn_winograd_kernel(o, half[i], 1);
          nn_unroll for (int l = 0; l < 4; ++l)
            nn_store_piece(panels + (4 * i + l) * plane + first * k + row * nn_panel + j, &o[l], 0);
        }
      }
    }
  }
}

// @nn_ask_part: asks for one of 16 parts of what will be read or written soon
nn_inlined void nn_ask_part(const real *a, long count, int part) {
  const long first = count * part / 16;
  nn_ask(a + first, count * (part + 1) / 16 - first);
}

// @nn_winograd: some lines of a picture of k channels as windows see them, times kernels that nn_winograd_kernels has transformed:
// c[lines, rows, cols], so many tiles at a time. The pixels that windows reach beyond the lines and rows are there
nn_wide static inline void nn_winograd(real *c, long c_line, long c_row, const real *a, long a_line, long a_row, const real *kernels,
                                       real *scratch, long round, long lines, long rows, long cols, long k) {
  const long across = (rows + 1) / 2, tiles = (lines + 1) / 2 * across;
  const long plane = nn_winograd_plane(round, k), o_plane = nn_winograd_plane(round, cols);
  real *const o = scratch + 16 * plane;
  nn_winograd_place at;
  for (long first = 0; first < tiles; first += round) {
    const long count = tiles - first < round ? tiles - first : round;
    for (long t = 0; t < count; ++t) {
      nn_winograd_find(&at, first + t, lines, rows, a_line, a_row);
      nn_each_piece(j, k, mask, nn_winograd_tile(scratch + t * k + j, plane, a + j, at.line, at.pixel, mask));
    }
    const long top = first / across * 2, end = (first + count) / across * 2;
    for (int e = 0; e < 16; ++e) {
      nn_ask_part(a + (end + 2) * a_line, (end - top) * a_line, e);
      nn_ask_part(c + top * c_line, (end - top) * c_line, e);
      nn_product(o + e * o_plane, cols, scratch + e * plane, k, 1, kernels + e * nn_pack_size(k, cols), nn_panel, nn_panel * k, count, cols,
                 k, 0);
    }
    for (long t = 0; t < count; ++t) {
      nn_winograd_find(&at, first + t, lines, rows, a_line, a_row);
      nn_each_piece(j, cols, mask,
                    nn_winograd_result(c + at.top * c_line + at.left * c_row + j, c_line, c_row, o + t * cols + j, o_plane, at.lines,
                                       at.pixels, mask));
    }
  }
}

// @nn_winograd_upstream: A x A' of up to two lines of up to two pixels, into 16 planes; what does not exist is 0
nn_inlined void nn_winograd_upstream(real *planes, long plane, const real *a, long a_line, long a_pixel, long lines, long pixels,
                                     const nn_piece_mask *mask) {
  nn_piece x[2][2], half[4][2], zero = {0};
  nn_unroll for (int i = 0; i < 2; ++i)
    nn_unroll for (int j = 0; j < 2; ++j) {
      x[i][j] = zero;
      if (i < lines && j < pixels) nn_load_piece(&x[i][j], a + i * a_line + j * a_pixel, mask);
    }
  nn_unroll for (int j = 0; j < 2; ++j) {
    half[0][j] = x[0][j];
    half[1][j] = x[0][j] + x[1][j];
    half[2][j] = x[0][j] - x[1][j];
    half[3][j] = -x[1][j];
  }
  nn_unroll for (int i = 0; i < 4; ++i) {
    nn_piece sum = half[i][0] + half[i][1], difference = half[i][0] - half[i][1], last = -half[i][1];
    nn_store_piece(planes + 4 * i * plane, &half[i][0], mask);
    nn_store_piece(planes + (4 * i + 1) * plane, &sum, mask);
    nn_store_piece(planes + (4 * i + 2) * plane, &difference, mask);
    nn_store_piece(planes + (4 * i + 3) * plane, &last, mask);
  }
}

// @nn_winograd_taps: G' x of four numbers
nn_inlined void nn_winograd_taps(nn_piece *o, const nn_piece *x) {
  nn_piece sum = (x[1] + x[2]) * (real)0.5;
  o[0] = x[0] + sum;
  o[1] = (x[1] - x[2]) * (real)0.5;
  o[2] = sum + x[3];
}

// @nn_winograd_weights: G' x G of sums over tiles: a kernel of 3 lines of 3 pixels
nn_inlined void nn_winograd_weights(real *c, long c_line, long c_pixel, const real *sums, long plane, const nn_piece_mask *mask) {
  nn_piece x[4], o[3], half[3][4];
  nn_unroll for (int j = 0; j < 4; ++j) {
    nn_unroll for (int i = 0; i < 4; ++i) nn_load_piece(&x[i], sums + (4 * i + j) * plane, mask);
    nn_winograd_taps(o, x);
    nn_unroll for (int i = 0; i < 3; ++i) half[i][j] = o[i];
  }
  nn_unroll for (int i = 0; i < 3; ++i) {
    nn_winograd_taps(o, half[i]);
    nn_unroll for (int j = 0; j < 3; ++j) nn_store_piece(c + i * c_line + j * c_pixel, &o[j], mask);
  }
}

// @nn_winograd_gradient: the kernels' gradient, c[3, 3, rows, cols]: for each window the sum over all its places in all pictures of a's channel (a row),
// which is the upstream gradient there, times that of b (a column) which the window sees
nn_wide static inline void nn_winograd_gradient(real *c, long c_line, long c_pixel, long c_row, const real *a, long a_picture, long a_line,
                                                long a_pixel, const real *b, long b_picture, long b_line, long b_pixel, real *scratch,
                                                long pictures, long lines, long pixels, long rows, long cols) {
  const long tiles = pictures * ((lines + 1) / 2) * ((pixels + 1) / 2);
  const long plane = nn_winograd_plane(nn_winograd_tiles, rows), b_plane = nn_winograd_plane(nn_winograd_tiles, cols);
  real *const from = scratch + 16 * plane, *const sums = from + 16 * b_plane;
  for (long i = 0; i < 16 * rows * cols; ++i) sums[i] = 0;
  nn_winograd_place at;
  for (long first = 0; first < tiles; first += nn_winograd_tiles) {
    const long count = tiles - first < nn_winograd_tiles ? tiles - first : nn_winograd_tiles;
    for (long t = 0; t < count; ++t) {
      nn_winograd_find(&at, first + t, lines, pixels, b_line, b_pixel);
      const real *upstream = a + at.picture * a_picture + at.top * a_line + at.left * a_pixel, *seen = b + at.picture * b_picture;
      nn_each_piece(j, rows, mask,
                    nn_winograd_upstream(scratch + t * rows + j, plane, upstream + j, a_line, a_pixel, at.lines, at.pixels, mask));
      nn_each_piece(j, cols, mask, nn_winograd_tile(from + t * cols + j, b_plane, seen + j, at.line, at.pixel, mask));
    }
    nn_winograd_find(&at, first + count, lines, pixels, b_line, b_pixel);
    const long ahead = (count + (pixels + 1) / 2 - 1) / ((pixels + 1) / 2) * 2;
    for (int e = 0; e < 16; ++e) {
      nn_ask_part(a + at.picture * a_picture + at.top * a_line, ahead * a_line, e);
      nn_ask_part(b + at.picture * b_picture + at.line[0], (ahead + 2) * b_line, e);
      nn_product(sums + e * rows * cols, cols, scratch + e * plane, 1, rows, from + e * b_plane, cols, nn_panel, rows, cols, count, 1);
    }
  }
  for (long r = 0; r < rows; ++r)
    nn_each_piece(j, cols, mask, nn_winograd_weights(c + r * c_row + j, c_line, c_pixel, sums + r * cols + j, rows * cols, mask));
}
