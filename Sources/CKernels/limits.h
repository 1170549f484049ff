// What a core can do at most, for one instruction set and precision: multiply-adds in registers, and numbers through it. limits.c times them.
enum { nn_chains = 12, nn_streams = 8 };

// As many independent chains as it takes to hide the latency of two multiply-adds a cycle. Returns how many operations it did.
static long nn_multiply_adds(real *result, long passes) {
  volatile real below_one = (real)0.999, small = (real)0.001;
  nn_vector factor = {0}, term = {0}, sum[nn_chains];
  factor += below_one;
  term += small;
  for (int i = 0; i < nn_chains; ++i) sum[i] = term * (real)i;
  for (long pass = 0; pass < passes; ++pass) {
    nn_unroll for (int i = 0; i < nn_chains; ++i) {
      nn_vector next = term;
      nn_multiply_add(&next, &sum[i], &factor);
      sum[i] = next;
    }
  }
  for (int i = 1; i < nn_chains; ++i) sum[0] += sum[i];
  *result = sum[0][0];
  return passes * nn_chains * nn_width * 2;
}

// Reads numbers, a multiple of 512. Returns how many went by.
static long nn_read_all(real *numbers, long count) {
  nn_vector zero = {0}, sum[nn_streams];
  for (int j = 0; j < nn_streams; ++j) sum[j] = zero;
  for (long i = 0; i < count; i += nn_streams * nn_width) {
    nn_unroll for (int j = 0; j < nn_streams; ++j) sum[j] += *(const nn_loose_vector *)(numbers + i + j * nn_width);
  }
  for (int j = 1; j < nn_streams; ++j) sum[0] += sum[j];
  volatile real result = sum[0][0];
  (void)result;
  return count;
}

// Two streams in and one out, as in an optimizer's update: the first half changes by the second. Returns how many numbers went by.
static long nn_update_all(real *numbers, long count) {
  long half = count / 2;
  volatile real below_one = (real)0.5;
  nn_vector factor = {0};
  factor += below_one;
  for (long i = 0; i < half; i += nn_width) {
    nn_vector sum = *(const nn_loose_vector *)(numbers + i), change = *(const nn_loose_vector *)(numbers + half + i);
    nn_multiply_add(&sum, &change, &factor);
    *(nn_loose_vector *)(numbers + i) = sum;
  }
  return 3 * half;
}
