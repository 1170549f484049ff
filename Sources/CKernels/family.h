// One instruction set and one precision: the templates, and a table of what they define. Included by each variant_*.c, which
// defines `real`, NN_PREFIX (of the kernels' names), NN_TABLE (the table's symbol), and NN_MATH and NN_VECTOR (the templates of its precision).
#define NNCC
#include "../../templates/arithmetic.c"
#include NN_MATH
#include NN_VECTOR
#include "../../templates/vector.c"
#include "../../templates/reduce.c"
#include "../../templates/product.c"
#include "../../templates/packing.c"
#include "../../templates/dots.c"
#include "../../templates/pixels.c"
#include "../../templates/winograd.c"
#include "../../templates/random.c"
#include "../../templates/tiles.c"
#include "limits.h"

#define TILE(name) {NN_PREFIX #name, (void *)nn_tile_##name},
#define KERNEL(name) {NN_PREFIX #name, (void *)nn_##name},

const nn_symbol NN_TABLE[NN_KERNELS] = {
  TILE(copy) TILE(neg) TILE(abs) TILE(square) TILE(sqrt) TILE(exp) TILE(log) TILE(expm1) TILE(log1p) TILE(sin) TILE(cos) TILE(tanh)
  TILE(sigmoid) TILE(erf) TILE(floor) TILE(step) TILE(relu) TILE(add) TILE(subtract) TILE(multiply) TILE(divide) TILE(max) TILE(min)
  TILE(pow) TILE(less) TILE(less_equal) TILE(equal) TILE(select) TILE(from_index) TILE(gather_rows) TILE(scatter_rows)
  TILE(move) TILE(coordinate) TILE(uniform) TILE(normal) KERNEL(fill) KERNEL(uniform_at) KERNEL(normal_at) KERNEL(row_sum)
  KERNEL(row_max) KERNEL(row_min) KERNEL(row_argmax) KERNEL(col_sum) KERNEL(col_max) KERNEL(col_min) KERNEL(product) KERNEL(product_asking) KERNEL(segmented_product)
  KERNEL(ask) KERNEL(pack) KERNEL(pack_size) KERNEL(turn) KERNEL(dots) KERNEL(multiply_adds) KERNEL(read_all) KERNEL(update_all)
  KERNEL(winograd) KERNEL(winograd_kernels) KERNEL(winograd_gradient) KERNEL(pixels) KERNEL(taps)
};
