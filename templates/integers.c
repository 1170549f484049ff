// Networks in integers: activations are bytes, 0...255, that stand for step * (byte - zero); weights are signed bytes with a step for each
// output. Sums are exact in 32 bits and are brought to bytes by a multiplier and a shift, so that every machine computes the same bytes.
#ifndef NNCC
#include "vector.c"
#endif

// @nn_byte: an activation
typedef unsigned char nn_byte;

// @nn_dot_bytes: bytes in the vectors of a machine that adds up products of four bytes at a time (AVX-512 VNNI, AVX-VNNI, NEON dotprod) or, in
// lanes of two sums for each output, of pairs of 16 bits (AVX2, SSE2); 0 for plain C
#if !defined(__GNUC__) || defined(__TINYC__)
#define nn_dot_bytes 0
#elif defined(__AVX512VNNI__) && defined(__AVX512BW__) && defined(__AVX512VL__)
#define nn_dot_bytes 64
#elif defined(__AVX2__)
#define nn_dot_bytes 32
#elif defined(__SSE2__) || (defined(__aarch64__) && defined(__ARM_FEATURE_DOTPROD) && !defined(__ARM_BIG_ENDIAN))
#define nn_dot_bytes 16
#else
#define nn_dot_bytes 0
#endif

// @nn_dot_pairs: whether products are added up in pairs only
#if (nn_dot_bytes == 32 && !defined(__AVXVNNI__)) || (nn_dot_bytes == 16 && defined(__SSE2__))
#define nn_dot_pairs 1
#else
#define nn_dot_pairs 0
#endif

// @nn_dot_bias: what a sum starts with, given the sum of its weights: NEON multiplies signed bytes only and sees activations less 128
#if nn_dot_bytes == 16 && !nn_dot_pairs
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

// @nn_requantized_block: 16 of them
nn_inlined void nn_requantized_block(const int *sums, const int *multipliers, long long offset, int shift, nn_byte *y) {
#if nn_dot_bytes == 64
  typedef long long nn_long_sums __attribute__((vector_size(64)));
  typedef nn_byte nn_few_bytes __attribute__((vector_size(16)));
  nn_long_sums even, odd, sum, multiplier;
  nn_few_bytes low, high;
  __builtin_memcpy(&sum, sums, 64);
  __builtin_memcpy(&multiplier, multipliers, 64);
  const nn_long_sums other = sum >> 32, its = multiplier >> 32;
  __asm__("vpmuldq {%2, %1, %0|%0, %1, %2}" : "=v"(even) : "v"(sum), "v"(multiplier));
  __asm__("vpmuldq {%2, %1, %0|%0, %1, %2}" : "=v"(odd) : "v"(other), "v"(its));
  even += offset;
  odd += offset;
  even = (even & ~(even >> 63)) >> shift;
  odd = (odd & ~(odd >> 63)) >> shift;
  __asm__("vpmovusqb {%1, %0|%0, %1}" : "=v"(low) : "v"(even));
  __asm__("vpmovusqb {%1, %0|%0, %1}" : "=v"(high) : "v"(odd));
  __asm__("vpunpcklbw {%2, %1, %0|%0, %1, %2}" : "=v"(low) : "v"(low), "v"(high));
  __builtin_memcpy(y, &low, 16);
#elif nn_dot_bytes == 32
  typedef long long nn_long_sums __attribute__((vector_size(32)));
  typedef unsigned long long nn_unsigned_sums __attribute__((vector_size(32)));
  int bytes[16];
  nn_unroll for (int half = 0; half < 2; ++half) {
    nn_long_sums even, odd, sum, multiplier;
    __builtin_memcpy(&sum, sums + 8 * half, 32);
    __builtin_memcpy(&multiplier, multipliers + 8 * half, 32);
    const nn_long_sums other = (nn_long_sums)((nn_unsigned_sums)sum >> 32), its = (nn_long_sums)((nn_unsigned_sums)multiplier >> 32);
    __asm__("vpmuldq {%2, %1, %0|%0, %1, %2}" : "=x"(even) : "x"(sum), "x"(multiplier));
    __asm__("vpmuldq {%2, %1, %0|%0, %1, %2}" : "=x"(odd) : "x"(other), "x"(its));
    even += offset;
    odd += offset;
    even = (nn_long_sums)((nn_unsigned_sums)(even & (even > 0)) >> shift);
    odd = (nn_long_sums)((nn_unsigned_sums)(odd & (odd > 0)) >> shift);
    even = (even | (even > 255)) & 255;
    odd = (odd | (odd > 255)) & 255;
    even |= odd << 32;
    __builtin_memcpy(bytes + 8 * half, &even, 32);
  }
  for (int i = 0; i < 16; ++i) y[i] = (nn_byte)bytes[i];
#else
  for (int i = 0; i < 16; ++i) y[i] = nn_requantized(sums[i], multipliers[i], offset, shift);
#endif
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
  if (count == 16) nn_requantized_block(sums, f->multipliers + first, offset, f->shift, bytes);
  for (int i = 0; count < 16 && i < count; ++i) bytes[i] = nn_requantized(sums[i], f->multipliers[first + i], offset, f->shift);
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

// @nn_dot_sums: a vector of sums
#if nn_dot_bytes
typedef int nn_dot_sums __attribute__((vector_size(nn_dot_bytes)));
#endif

// @nn_dot_parts: vectors that hold the sums of a block
#if nn_dot_bytes
enum { nn_dot_parts = (64 << nn_dot_pairs) / nn_dot_bytes };
#endif

// @nn_dot_tiles: places of a block whose sums fit into the registers, all in all and side by side
#if nn_dot_bytes == 64
enum { nn_dot_tiles = 16, nn_dot_places = 8 };
#elif nn_dot_bytes
enum { nn_dot_tiles = nn_dot_pairs ? nn_dot_bytes / 16 : nn_dot_bytes == 32 ? 4 : 6, nn_dot_places = nn_dot_tiles };
#endif

// @nn_dot_left: four bytes in every lane, as they are, less 128 (NEON) or as 16 bits each
#if nn_dot_bytes
nn_inlined void nn_dot_left(nn_dot_sums *left, const nn_byte *x) {
  int four;
  __builtin_memcpy(&four, x, 4);
#if nn_dot_pairs
  typedef int nn_half_sums __attribute__((vector_size(nn_dot_bytes / 2)));
  nn_half_sums half = {0};
  half += four;
#if nn_dot_bytes == 32
  __asm__("vpmovzxbw {%1, %0|%0, %1}" : "=x"(*left) : "x"(half));
#else
  typedef nn_byte nn_half_bytes __attribute__((vector_size(nn_dot_bytes / 2)));
  typedef short nn_dot_shorts __attribute__((vector_size(nn_dot_bytes)));
  nn_dot_sums zero = {0};
  *left = (nn_dot_sums)__builtin_convertvector((nn_half_bytes)half, nn_dot_shorts) + zero;
#endif
#else
  const nn_dot_sums zero = {0};
  *left = nn_dot_bytes == 16 ? (four + zero) ^ (int)0x80808080u : four + zero;
#endif
}
#endif

// @nn_dot_right: the weights for a vector of sums
#if nn_dot_bytes
nn_inlined void nn_dot_right(nn_dot_sums *right, const signed char *weights) {
#if nn_dot_pairs
  typedef signed char nn_half_weights __attribute__((vector_size(nn_dot_bytes / 2), aligned(1)));
#if nn_dot_bytes == 32
  __asm__("vpmovsxbw {%1, %0|%0, %1}" : "=x"(*right) : "m"(*(const nn_half_weights *)weights));
#else
  typedef short nn_dot_shorts __attribute__((vector_size(nn_dot_bytes)));
  nn_half_weights half;
  __builtin_memcpy(&half, weights, sizeof half);
  *right = (nn_dot_sums)__builtin_convertvector(half, nn_dot_shorts);
#endif
#else
  __builtin_memcpy(right, weights, sizeof *right);
#endif
}
#endif

// @nn_dot: sum += the products of each lane
#if nn_dot_bytes
nn_inlined void nn_dot(nn_dot_sums *sum, const nn_dot_sums *x, const nn_dot_sums *weights) {
#if nn_dot_pairs
  nn_dot_sums pairs;
#if nn_dot_bytes == 32
  __asm__("vpmaddwd {%2, %1, %0|%0, %1, %2}" : "=x"(pairs) : "x"(*x), "x"(*weights));
#else
  __asm__("pmaddwd {%2, %0|%0, %2}" : "=x"(pairs) : "0"(*weights), "x"(*x));
#endif
  *sum += pairs;
#elif nn_dot_bytes == 64
  __asm__("vpdpbusd {%2, %1, %0|%0, %1, %2}" : "+v"(*sum) : "v"(*x), "v"(*weights));
#elif nn_dot_bytes == 32
  __asm__("%{vex%} vpdpbusd {%2, %1, %0|%0, %1, %2}" : "+x"(*sum) : "x"(*x), "x"(*weights));
#else
  __asm__("sdot %0.4s, %1.16b, %2.16b" : "+w"(*sum) : "w"(*weights), "w"(*x));
#endif
}
#endif

// @nn_dot_tile: some blocks of outputs at some places side by side, from sums to what comes out. Lanes behind the last output hold anything
#if nn_dot_bytes
nn_inlined void nn_dot_tile(const nn_byte_product *p, const nn_byte *x, int first, nn_byte *y, const int places, const int blocks) {
  const nn_byte_windows *w = &p->windows;
  const int groups = w->high * w->wide * ((p->run + 3) / 4), outputs = p->outputs - first < 16 ? p->outputs - first : 16;
  const int step = (outputs + 3) / 4 * 16, size = p->finish.steps ? (int)sizeof(real) : 1;
  const signed char *weights = p->weights + (long)first * groups * 4;
  nn_dot_sums sum[nn_dot_tiles][nn_dot_parts], zero = {0};
  nn_unroll for (int i = 0; i < places * blocks; ++i)
    nn_unroll for (int part = 0; part < nn_dot_parts; ++part) sum[i][part] = zero;
  for (int high = 0; high < w->high; ++high)
    for (int wide = 0; wide < w->wide; ++wide) {
      const nn_byte *from = x + high * w->high_step + wide * w->wide_step;
      nn_rolled for (int k = 0; k < p->run; k += 4, weights += step) {
        nn_dot_sums right[nn_dot_tiles][nn_dot_parts];
        nn_unroll for (int block = 0; block < blocks; ++block)
          nn_unroll for (int part = 0; part < nn_dot_parts; ++part)
            nn_dot_right(&right[block][part], weights + block * groups * 64 + part * (64 / nn_dot_parts));
        nn_unroll for (int place = 0; place < places; ++place) {
          nn_dot_sums left;
          nn_dot_left(&left, from + place * w->x_column + k);
          nn_unroll for (int block = 0; block < blocks; ++block)
            nn_unroll for (int part = 0; part < nn_dot_parts; ++part) nn_dot(&sum[place * blocks + block][part], &left, &right[block][part]);
        }
      }
    }
  nn_unroll for (int i = 0; i < places * blocks; ++i) {
    int lanes[16 << nn_dot_pairs], sums[16];
    const int output = first + 16 * (i % blocks);
    nn_unroll for (int part = 0; part < nn_dot_parts; ++part) __builtin_memcpy(lanes + part * (nn_dot_bytes / 4), &sum[i][part], nn_dot_bytes);
    // Through memory: else compilers take vectors apart number by number.
    __asm__("" : "+m"(lanes));
    for (int lane = 0; lane < 16; ++lane) {
#if nn_dot_pairs
      sums[lane] = lanes[2 * lane] + lanes[2 * lane + 1] + p->bias[output + lane];
#else
      sums[lane] = lanes[lane] + p->bias[output + lane];
#endif
    }
    nn_finish_sums(&p->finish, sums, output, blocks > 1 ? 16 : outputs, y + i / blocks * w->y_column * size);
  }
}
#endif

// @nn_plain_tile: a block of outputs at one place, in plain C
nn_inlined void nn_plain_tile(const nn_byte_product *p, const nn_byte *x, int first, nn_byte *y) {
  const nn_byte_windows *w = &p->windows;
  const int groups = w->high * w->wide * ((p->run + 3) / 4), outputs = p->outputs - first < 16 ? p->outputs - first : 16;
  const int step = (outputs + 3) / 4 * 16;
  int sums[16];
  for (int lane = 0; lane < outputs; ++lane) {
    const signed char *weights = p->weights + (long)first * groups * 4 + 4 * lane;
    int sum = p->bias[first + lane];
    for (int high = 0; high < w->high; ++high)
      for (int wide = 0; wide < w->wide; ++wide) {
        const nn_byte *from = x + high * w->high_step + wide * w->wide_step;
        int k = 0;
        for (; k + 4 <= p->run; k += 4, weights += step)
          sum += from[k] * weights[0] + from[k + 1] * weights[1] + from[k + 2] * weights[2] + from[k + 3] * weights[3];
        for (int rest = 0; k + rest < p->run; ++rest) sum += from[k + rest] * weights[rest];
        if (k < p->run) weights += step;
      }
    sums[lane] = sum;
  }
  nn_finish_sums(&p->finish, sums, first, outputs, y);
}

// @nn_multiply_bytes: a product. As many places and blocks are computed at a time as there are registers; the last places of a row maybe twice
nn_inlined void nn_multiply_bytes(const nn_byte_product *p, const nn_byte *x, nn_byte *y) {
  const nn_byte_windows *w = &p->windows;
  const int size = p->finish.steps ? (int)sizeof(real) : 1;
#if nn_dot_bytes
  const int turns = (w->columns + nn_dot_places - 1) / nn_dot_places, places = (w->columns + turns - 1) / turns;
  const int most = nn_dot_tiles / places < 4 ? nn_dot_tiles / places : 4, whole = p->outputs / 16;
  const int blocks = whole < most ? (whole > 0 ? whole : 1) : most;
  for (int first = 0, count; first < p->outputs; first += 16 * count) {
    count = p->outputs - first >= 16 * blocks ? blocks : 1;
    for (int row = 0; row < w->rows; ++row)
      for (int turn = 0; turn < turns; ++turn) {
        const int column = (turn + 1) * places > w->columns ? w->columns - places : turn * places;
        const nn_byte *from = x + row * w->x_row + column * w->x_column;
        nn_byte *to = y + (row * w->y_row + column * w->y_column) * size;
        if (count == blocks) nn_dot_tile(p, from, first, to, places, blocks);
        else nn_dot_tile(p, from, first, to, places, 1);
      }
  }
#else
  for (int first = 0; first < p->outputs; first += 16)
    for (int row = 0; row < w->rows; ++row)
      for (int column = 0; column < w->columns; ++column)
        nn_plain_tile(p, x + row * w->x_row + column * w->x_column, first, y + (row * w->y_row + column * w->y_column) * size);
#endif
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
nn_inlined void nn_multiply_channels(const nn_byte_channelwise *p, const nn_byte *x, void *y) {
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
nn_inlined void nn_largest_bytes(const nn_byte_pool *p, const nn_byte *x, nn_byte *y) {
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
nn_inlined void nn_mean_bytes(const nn_byte_pool *p, int bias, int outside, const nn_byte_finish *finish, const nn_byte *x, void *y) {
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
nn_inlined void nn_take_bytes(const nn_byte_input *p, const real *x, nn_byte *y) {
  for (int channel = 0; channel < p->channels; ++channel)
    for (int place = 0; place < p->places; ++place) {
      const int i = channel * p->places + place, own = i / p->run;
      const real scaled = x[i] * p->scales[own] + p->shifts[own];
      const nn_byte byte = (nn_byte)(scaled > 0 ? scaled < 255 ? (int)scaled : 255 : 0);
      y[place * p->channels + channel] = p->table ? p->table[byte] : byte;
    }
}

// @nn_sum_bytes: the sum of two tensors of bytes
nn_inlined void nn_sum_bytes(const nn_byte *a, int first, const nn_byte *b, int second, int offset, int shift, const nn_byte *table, int count,
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
nn_inlined void nn_fill_bytes(nn_byte *y, int count, int byte) {
  for (int i = 0; i < count; ++i) y[i] = (nn_byte)byte;
}

// @nn_reals_of_bytes: bytes as reals again
static void nn_reals_of_bytes(const nn_byte_axis *axes, int rank, int zero, real step, const nn_byte *x, real *y) {
  if (rank == 0) *y = (real)(*x - zero) * step;
  for (int i = 0; rank > 0 && i < axes->count; ++i) nn_reals_of_bytes(axes + 1, rank - 1, zero, step, x + i * axes->x, y + i * axes->y);
}
