// Appended to the exported text of the templates: a function for each kernel, with loops as generated C has them.
typedef struct {
  const char *name;
  void (*address)(void);
} nn_entry;

#define nn_entry_1(name) \
  static void nn_loop_##name(real *restrict o, const real *restrict a, long count) { \
    for (long i = 0; i < count; ++i) o[i] = nn_##name(a[i]); \
  }
#define nn_entry_2(name) \
  static void nn_loop_##name(real *restrict o, const real *restrict a, const real *restrict b, long count) { \
    for (long i = 0; i < count; ++i) o[i] = nn_##name(a[i], b[i]); \
  }

nn_entry_1(copy) nn_entry_1(neg) nn_entry_1(abs) nn_entry_1(square) nn_entry_1(sqrt) nn_entry_1(exp) nn_entry_1(log) nn_entry_1(expm1)
nn_entry_1(log1p) nn_entry_1(sin) nn_entry_1(cos) nn_entry_1(tanh) nn_entry_1(sigmoid) nn_entry_1(erf) nn_entry_1(floor) nn_entry_1(step)
nn_entry_1(relu) nn_entry_2(add) nn_entry_2(subtract) nn_entry_2(multiply) nn_entry_2(divide) nn_entry_2(max) nn_entry_2(min)
nn_entry_2(pow) nn_entry_2(less) nn_entry_2(less_equal) nn_entry_2(equal)

static void nn_loop_select(real *restrict o, const real *restrict c, const real *restrict a, const real *restrict b, long count) {
  for (long i = 0; i < count; ++i) o[i] = nn_select(c[i], a[i], b[i]);
}

static void nn_loop_uniform(real *restrict o, unsigned long long key, unsigned site, long count) {
  for (long i = 0; i < count; ++i) o[i] = nn_uniform_at((unsigned)key, (unsigned)(key >> 32), site, (unsigned)i);
}

static void nn_loop_normal(real *restrict o, unsigned long long key, unsigned site, long count) {
  for (long i = 0; i < count; ++i) o[i] = nn_normal_at((unsigned)key, (unsigned)(key >> 32), site, (unsigned)i);
}

#define nn_loop(name) {#name, (void (*)(void))nn_loop_##name},
#define nn_direct(name) {#name, (void (*)(void))nn_##name},

extern const nn_entry nn_entries[];
extern const int nn_entry_count;

const nn_entry nn_entries[] = {
  nn_loop(copy) nn_loop(neg) nn_loop(abs) nn_loop(square) nn_loop(sqrt) nn_loop(exp) nn_loop(log) nn_loop(expm1) nn_loop(log1p) nn_loop(sin)
  nn_loop(cos) nn_loop(tanh) nn_loop(sigmoid) nn_loop(erf) nn_loop(floor) nn_loop(step) nn_loop(relu) nn_loop(add) nn_loop(subtract)
  nn_loop(multiply) nn_loop(divide) nn_loop(max) nn_loop(min) nn_loop(pow) nn_loop(less) nn_loop(less_equal) nn_loop(equal) nn_loop(select)
  nn_loop(uniform) nn_loop(normal) nn_direct(row_sum) nn_direct(row_max) nn_direct(row_min) nn_direct(row_argmax) nn_direct(col_sum)
  nn_direct(col_max) nn_direct(col_min) nn_direct(ask) nn_direct(product) nn_direct(product_asking) nn_direct(segmented_product) nn_direct(pack)
  nn_direct(pack_size) nn_direct(turn) nn_direct(dots) nn_direct(line)
  nn_direct(winograd) nn_direct(winograd_kernels) nn_direct(winograd_gradient) nn_direct(pixels) nn_direct(taps)
};

const int nn_entry_count = sizeof nn_entries / sizeof nn_entries[0];
