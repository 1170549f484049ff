// Networks in integers: activations are bytes, 0...255, that stand for step * (byte - zero); weights are signed bytes with a step for each
// output. Sums are exact in 32 bits and are brought to bytes by a multiplier and a shift, so that every machine computes the same bytes.
#ifndef NNCC
#include "vector.c"
#endif

// @nn_byte: an activation
typedef unsigned char nn_byte;

// @nn_dot_bytes: bytes in a vector of a machine that adds up products of four bytes at a time, 0 for others: AVX-512 VNNI, AVX-VNNI, NEON dotprod
#if !defined(__GNUC__) || defined(__TINYC__)
#define nn_dot_bytes 0
#elif defined(__AVX512VNNI__) && defined(__AVX512VL__)
#define nn_dot_bytes 64
#elif defined(__AVXVNNI__) && defined(__AVX2__)
#define nn_dot_bytes 32
#elif defined(__aarch64__) && defined(__ARM_FEATURE_DOTPROD) && !defined(__ARM_BIG_ENDIAN)
#define nn_dot_bytes 16
#else
#define nn_dot_bytes 0
#endif

// @nn_dot_bias: what a sum starts with, given the sum of its weights: NEON multiplies signed bytes only and sees activations less 128
#if nn_dot_bytes == 16
#define nn_dot_bias(start, weights) ((start) + 128 * (weights))
#else
#define nn_dot_bias(start, weights) (start)
#endif

// @nn_requantized: sum * multiplier / 2^shift, rounded, as a byte; offset is half a byte and zero before the shift
nn_inlined nn_byte nn_requantized(int sum, int multiplier, long long offset, int shift) {
  long long product = (long long)sum * multiplier + offset;
  product = product < 0 ? 0 : product >> shift;
  return (nn_byte)(product > 255 ? 255 : product);
}

// @nn_byte_finish: what becomes of sums: bytes, looked up in a table if there is one, or reals, each sum times its output's step
typedef struct {
  int zero, shift;
  const int *multipliers;
  const nn_byte *table;
  const real *steps;
} nn_byte_finish;

// @nn_finish_sums: the sums of some outputs, from number `first` on, as they come out at y
nn_inlined void nn_finish_sums(const nn_byte_finish *f, const int *sums, int first, int count, void *y) {
  if (f->steps) {
    real *reals = (real *)y + first;
    for (int i = 0; i < count; ++i) reals[i] = (real)sums[i] * f->steps[first + i];
    return;
  }
  nn_byte *bytes = (nn_byte *)y + first;
  const long long offset = ((long long)f->zero << f->shift) + (1ll << (f->shift - 1));
  for (int i = 0; i < count; ++i) bytes[i] = nn_requantized(sums[i], f->multipliers[first + i], offset, f->shift);
  if (f->table)
    for (int i = 0; i < count; ++i) bytes[i] = f->table[bytes[i]];
}

// @nn_byte_windows: where windows lie in bytes: results in rows and columns, windows of `high` times `wide` runs, and the steps between all of them
typedef struct {
  int rows, columns, x_row, x_column, y_row, y_column, high, high_step, wide, wide_step;
} nn_byte_windows;

// @nn_byte_product: sums of products over windows: dense layers and convolutions. Outputs are in blocks of 16, the last one may be narrower. The
// weights of a block: for each run of a window and each four bytes of it, four weights for each output
typedef struct {
  nn_byte_windows windows;
  int run, outputs;
  const signed char *weights;
  const int *bias;
  nn_byte_finish finish;
} nn_byte_product;

// @nn_dot_sums: a vector of sums, and places whose sums are held in registers at a time
#if nn_dot_bytes
typedef int nn_dot_sums __attribute__((vector_size(nn_dot_bytes)));
typedef int nn_narrow_dot_sums __attribute__((vector_size(16)));
enum { nn_dot_parts = 64 / nn_dot_bytes, nn_dot_places = nn_dot_bytes == 64 ? 8 : nn_dot_bytes == 32 ? 6 : 4 };
#endif

// @nn_four: four bytes, in every lane
#if nn_dot_bytes
nn_inlined int nn_four(const nn_byte *x) {
  int four;
  __builtin_memcpy(&four, x, 4);
  return nn_dot_bytes == 16 ? (int)((unsigned)four ^ 0x80808080u) : four;
}
#endif

// @nn_dot_instruction: sum += the four products of each lane, of vectors of any width
#if nn_dot_bytes == 16
#define nn_dot_instruction(sum, x, weights) __asm__("sdot %0.4s, %1.16b, %2.16b" : "+w"(sum) : "w"(weights), "w"(x))
#elif nn_dot_bytes == 64
#define nn_dot_instruction(sum, x, weights) __asm__("vpdpbusd {%2, %1, %0|%0, %1, %2}" : "+v"(sum) : "v"(x), "v"(weights))
#elif nn_dot_bytes
#define nn_dot_instruction(sum, x, weights) __asm__("%{vex%} vpdpbusd {%2, %1, %0|%0, %1, %2}" : "+x"(sum) : "x"(x), "x"(weights))
#endif

// @nn_dot_tile: the sums of whole blocks at neighbouring places; several blocks at one place, or several places
#if nn_dot_bytes
nn_inlined void nn_dot_tile(const nn_byte_product *p, const nn_byte *x, const signed char *weights, const int *bias, int *sums, const int places,
                        const int blocks) {
  const nn_byte_windows *w = &p->windows;
  const int depth = w->high * w->wide * ((p->run + 3) / 4) * 64;
  nn_dot_sums sum[nn_dot_places > 4 ? nn_dot_places : 4][nn_dot_parts], zero = {0};
  nn_unroll for (int i = 0; i < places * blocks; ++i)
    nn_unroll for (int part = 0; part < nn_dot_parts; ++part)
      __builtin_memcpy(&sum[i][part], bias + (blocks > 1 ? 16 * i : 0) + part * (nn_dot_bytes / 4), nn_dot_bytes);
  for (int high = 0; high < w->high; ++high)
    for (int wide = 0; wide < w->wide; ++wide) {
      const nn_byte *from = x + high * w->high_step + wide * w->wide_step;
      nn_rolled for (int k = 0; k < p->run; k += 4, weights += 64) {
        nn_unroll for (int block = 0; block < blocks; ++block) {
          nn_dot_sums right[nn_dot_parts];
          __builtin_memcpy(right, weights + block * depth, 64);
          nn_unroll for (int place = 0; place < places; ++place) {
            const nn_dot_sums left = nn_four(from + place * w->x_column + k) - zero;
            nn_unroll for (int part = 0; part < nn_dot_parts; ++part) nn_dot_instruction(sum[place + block][part], left, right[part]);
          }
        }
      }
    }
  nn_unroll for (int i = 0; i < places * blocks; ++i) __builtin_memcpy(sums + 16 * i, sum[i], 64);
}
#endif

// @nn_narrow_block: the sums of a block of fewer than 16 outputs, or on machines that take one output at a time of any block, at one place
nn_inlined void nn_narrow_block(const nn_byte_product *p, const nn_byte *x, const signed char *weights, const int *bias, int *sums, int outputs) {
  const nn_byte_windows *w = &p->windows;
  const int width = (outputs + 3) / 4 * 4;
#if nn_dot_bytes
  for (int lane = 0; lane < width; lane += 4) {
    nn_narrow_dot_sums sum, right, zero = {0};
    __builtin_memcpy(&sum, bias + lane, 16);
#else
  for (int lane = 0; lane < outputs; ++lane) {
    int sum = bias[lane];
#endif
    const signed char *own = weights + 4 * lane;
    for (int high = 0; high < w->high; ++high)
      for (int wide = 0; wide < w->wide; ++wide) {
        const nn_byte *from = x + high * w->high_step + wide * w->wide_step;
#if nn_dot_bytes
        for (int k = 0; k < p->run; k += 4, own += 4 * width) {
          const nn_narrow_dot_sums left = nn_four(from + k) - zero;
          __builtin_memcpy(&right, own, 16);
          nn_dot_instruction(sum, left, right);
        }
      }
    __builtin_memcpy(sums + lane, &sum, 16);
  }
#else
        int k = 0;
        for (; k + 4 <= p->run; k += 4, own += 4 * width)
          sum += from[k] * own[0] + from[k + 1] * own[1] + from[k + 2] * own[2] + from[k + 3] * own[3];
        for (int rest = 0; k + rest < p->run; ++rest) sum += from[k + rest] * own[rest];
        if (k < p->run) own += 4 * width;
      }
    sums[lane] = sum;
  }
#endif
}

// @nn_block_at: whole blocks at neighbouring places, from sums to what comes out
#if nn_dot_bytes
nn_inlined void nn_block_at(const nn_byte_product *p, const nn_byte *x, int first, void *y, const int places, const int blocks) {
  const nn_byte_windows *w = &p->windows;
  const int depth = w->high * w->wide * ((p->run + 3) / 4) * 4, size = p->finish.steps ? (int)sizeof(real) : 1;
  int sums[16 * (nn_dot_places > 4 ? nn_dot_places : 4)];
  nn_dot_tile(p, x, p->weights + (long)first * depth, p->bias + first, sums, places, blocks);
  if (blocks > 1) nn_finish_sums(&p->finish, sums, first, 16 * blocks, y);
  if (blocks > 1) return;
  for (int place = 0; place < places; ++place)
    nn_finish_sums(&p->finish, sums + 16 * place, first, 16, (nn_byte *)y + place * w->y_column * size);
}
#endif

// @nn_block_row: a block of outputs in a row of places
nn_inlined void nn_block_row(const nn_byte_product *p, const nn_byte *x, int first, nn_byte *y) {
  const nn_byte_windows *w = &p->windows;
  const int outputs = p->outputs - first < 16 ? p->outputs - first : 16, size = p->finish.steps ? (int)sizeof(real) : 1;
  const int depth = w->high * w->wide * ((p->run + 3) / 4) * 4, x_step = w->x_column, y_step = w->y_column * size;
  int column = 0;
#if nn_dot_bytes
  if (outputs == 16) {
    for (; column + nn_dot_places <= w->columns; column += nn_dot_places)
      nn_block_at(p, x + column * x_step, first, y + column * y_step, nn_dot_places, 1);
    for (; column + 2 <= w->columns; column += 2) nn_block_at(p, x + column * x_step, first, y + column * y_step, 2, 1);
    for (; column < w->columns; ++column) nn_block_at(p, x + column * x_step, first, y + column * y_step, 1, 1);
  }
#endif
  for (; column < w->columns; ++column) {
    int sums[16];
    nn_narrow_block(p, x + column * x_step, p->weights + (long)first * depth, p->bias + first, sums, outputs);
    nn_finish_sums(&p->finish, sums, first, outputs, y + column * y_step);
  }
}

// @nn_multiply_bytes: a product
nn_wide static void nn_multiply_bytes(const nn_byte_product *p, const nn_byte *x, void *y) {
  const nn_byte_windows *w = &p->windows;
  const int size = p->finish.steps ? (int)sizeof(real) : 1;
  int first = 0;
#if nn_dot_bytes
  if (w->rows * w->columns == 1)
    for (; first + 64 <= p->outputs; first += 64) nn_block_at(p, x, first, y, 1, 4);
#endif
  for (; first < p->outputs; first += 16)
    for (int row = 0; row < w->rows; ++row) nn_block_row(p, x + row * w->x_row, first, (nn_byte *)y + row * w->y_row * size);
}

// @nn_byte_channelwise: sums over windows of each channel by itself
typedef struct {
  nn_byte_windows windows;
  int channels;
  const signed char *weights;
  const int *bias;
  nn_byte_finish finish;
} nn_byte_channelwise;

// @nn_multiply_channels: a channelwise product, 16 channels at a time
static void nn_multiply_channels(const nn_byte_channelwise *p, const nn_byte *x, void *y) {
  const nn_byte_windows *w = &p->windows;
  const int size = p->finish.steps ? (int)sizeof(real) : 1;
  for (int place = 0; place < w->rows * w->columns; ++place) {
    const int row = place / w->columns, column = place % w->columns;
    const nn_byte *from = x + row * w->x_row + column * w->x_column;
    for (int first = 0; first < p->channels; first += 16) {
      const int count = p->channels - first < 16 ? p->channels - first : 16;
      int sums[16];
      for (int i = 0; i < count; ++i) sums[i] = p->bias[first + i];
      for (int high = 0; high < w->high; ++high)
        for (int wide = 0; wide < w->wide; ++wide) {
          const nn_byte *bytes = from + high * w->high_step + wide * w->wide_step + first;
          const signed char *weights = p->weights + (high * w->wide + wide) * p->channels + first;
          for (int i = 0; i < count; ++i) sums[i] += bytes[i] * weights[i];
        }
      nn_finish_sums(&p->finish, sums, first, count, (nn_byte *)y + (row * w->y_row + column * w->y_column) * size);
    }
  }
}

// @nn_byte_pool: windows over an image of bytes with its channels side by side, along its height and its width
typedef struct {
  int height, width, rows, columns, x_row, x_column, high, wide, row_stride, column_stride, high_step, wide_step, above, left, channels;
} nn_byte_pool;

// @nn_largest_bytes: the largest byte of each window; what is outside of the image does not count
static void nn_largest_bytes(const nn_byte_pool *p, const nn_byte *x, nn_byte *y) {
  for (int row = 0; row < p->rows; ++row)
    for (int column = 0; column < p->columns; ++column, y += p->channels) {
      for (int i = 0; i < p->channels; ++i) y[i] = 0;
      for (int high = 0; high < p->high; ++high)
        for (int wide = 0; wide < p->wide; ++wide) {
          const int r = row * p->row_stride + high * p->high_step - p->above, c = column * p->column_stride + wide * p->wide_step - p->left;
          if (r < 0 || r >= p->height || c < 0 || c >= p->width) continue;
          const nn_byte *from = x + r * p->x_row + c * p->x_column;
          for (int i = 0; i < p->channels; ++i) y[i] = from[i] > y[i] ? from[i] : y[i];
        }
    }
}

// @nn_mean_bytes: the mean of each window; what is outside of the image counts as zeros. One multiplier or step serves all channels
static void nn_mean_bytes(const nn_byte_pool *p, int bias, int outside, const nn_byte_finish *finish, const nn_byte *x, void *y) {
  const long long offset = ((long long)finish->zero << finish->shift) + (finish->steps ? 0 : 1ll << (finish->shift - 1));
  for (int row = 0; row < p->rows; ++row)
    for (int column = 0; column < p->columns; ++column)
      for (int first = 0; first < p->channels; first += 16) {
        const int count = p->channels - first < 16 ? p->channels - first : 16, place = (row * p->columns + column) * p->channels + first;
        int sums[16];
        for (int i = 0; i < count; ++i) sums[i] = bias;
        for (int high = 0; high < p->high; ++high)
          for (int wide = 0; wide < p->wide; ++wide) {
            const int r = row * p->row_stride + high * p->high_step - p->above, c = column * p->column_stride + wide * p->wide_step - p->left;
            const int inside = r >= 0 && r < p->height && c >= 0 && c < p->width;
            const nn_byte *from = x + (inside ? r * p->x_row + c * p->x_column + first : 0);
            for (int i = 0; i < count; ++i) sums[i] += inside ? from[i] : outside;
          }
        for (int i = 0; i < count; ++i) {
          if (finish->steps) ((real *)y)[place + i] = (real)sums[i] * finish->steps[0];
          else ((nn_byte *)y)[place + i] = nn_requantized(sums[i], finish->multipliers[0], offset, finish->shift);
        }
      }
}

// @nn_byte_input: reals of the caller's as bytes: scale * x + shift, which holds zero and a half. Scales and shifts are one for all, for each of
// `run` elements in a row, or for each element. [channels, places] becomes [places, channels]; NaN becomes 0
typedef struct {
  int channels, places, run;
  const real *scales, *shifts;
  const nn_byte *table;
} nn_byte_input;

// @nn_take_bytes: an input
static void nn_take_bytes(const nn_byte_input *p, const real *x, nn_byte *y) {
  for (int channel = 0; channel < p->channels; ++channel)
    for (int place = 0; place < p->places; ++place) {
      const int i = channel * p->places + place, own = i / p->run;
      const real scaled = x[i] * p->scales[own] + p->shifts[own];
      const nn_byte byte = (nn_byte)(scaled > 0 ? scaled < 255 ? (int)scaled : 255 : 0);
      y[place * p->channels + channel] = p->table ? p->table[byte] : byte;
    }
}

// @nn_sum_bytes: the sum of two tensors of bytes
static void nn_sum_bytes(const nn_byte *a, int first, const nn_byte *b, int second, int offset, int shift, const nn_byte *table, int count,
                         nn_byte *y) {
  for (int i = 0; i < count; ++i) {
    int sum = a[i] * first + b[i] * second + offset;
    sum = sum < 0 ? 0 : sum >> shift;
    y[i] = (nn_byte)(sum > 255 ? 255 : sum);
  }
  if (table)
    for (int i = 0; i < count; ++i) y[i] = table[y[i]];
}

// @nn_byte_axis: an axis of bytes that are copied, and the steps along it
typedef struct {
  int count, x, y;
} nn_byte_axis;

// @nn_move_bytes: bytes from one order to another, through a table if there is one
static void nn_move_bytes(const nn_byte_axis *axes, int rank, const nn_byte *table, const nn_byte *x, nn_byte *y) {
  if (rank > 1) {
    for (int i = 0; i < axes->count; ++i) nn_move_bytes(axes + 1, rank - 1, table, x + i * axes->x, y + i * axes->y);
    return;
  }
  const int count = rank > 0 ? axes->count : 1, x_step = rank > 0 ? axes->x : 1, y_step = rank > 0 ? axes->y : 1;
  if (table)
    for (int i = 0; i < count; ++i) y[i * y_step] = table[x[i * x_step]];
  else if (x_step == 1 && y_step == 1)
    for (int i = 0; i < count; ++i) y[i] = x[i];
  else
    for (int i = 0; i < count; ++i) y[i * y_step] = x[i * x_step];
}

// @nn_fill_bytes: bytes that are all the same
static void nn_fill_bytes(nn_byte *y, int count, int byte) {
  for (int i = 0; i < count; ++i) y[i] = (nn_byte)byte;
}

// @nn_reals_of_bytes: bytes as reals again
static void nn_reals_of_bytes(const nn_byte_axis *axes, int rank, int zero, real step, const nn_byte *x, real *y) {
  if (rank == 0) *y = (real)(*x - zero) * step;
  for (int i = 0; rank > 0 && i < axes->count; ++i) nn_reals_of_bytes(axes + 1, rank - 1, zero, step, x + i * axes->x, y + i * axes->y);
}
