// The elementary functions against the C library in higher precision, and their special values.
#include "kernels.h"

typedef long double reference(long double);

static long double sigmoid(long double x) { return 1 / (1 + expl(-x)); }

// Allowed error in units in the last place.
static const struct {
  const char *name;
  reference *f;
  double f32, f64;
} functions[] = {{"exp", expl, 1, 1},       {"expm1", expm1l, 2, 2}, {"log", logl, 1, 1},   {"log1p", log1pl, 1, 1},
                 {"tanh", tanhl, 2, 3},     {"erf", erfl, 2, 2},     {"sin", sinl, 1, 3},   {"cos", cosl, 1, 3},
                 {"sigmoid", sigmoid, 2, 2}, {"sqrt", sqrtl, 0.5, 0.501}, {"floor", floorl, 0, 0}};

static double spacing(real x) {
  real next = SINGLE ? (real)nextafterf((float)x, INFINITY) : (real)nextafter((double)x, INFINITY);
  real before = SINGLE ? (real)nextafterf((float)x, 0) : (real)nextafter((double)x, 0);
  return isinf(next) ? (double)(x - before) : (double)(next - x);
}

// The distance of y from the exact value, in units in the last place; huge for a wrong special value.
static double error(real y, long double exact) {
  real rounded = (real)exact;
  if (same_bits(y, rounded)) return 0;
  if (isnan(y) || isnan(rounded) || isinf(y) != isinf(rounded)) return 1e30;
  if (y == 0 && rounded == 0) return 1e30;
  return (double)fabsl((long double)y - exact) / spacing(rounded < 0 ? -rounded : rounded);
}

static real number_of_bits(uint64_t bits) {
  real x;
  uint32_t word = (uint32_t)bits;
  memcpy(&x, SINGLE ? (void *)&word : (void *)&bits, sizeof x);
  return x;
}

// Every so many floats of all there are; for doubles, random bits and numbers of ordinary size in turns.
static long arguments(real *x, long capacity, uint64_t *next) {
  const uint64_t stride = getenv("QUICK") ? 250301 : 2503;
  long count = 0;
  for (; count < capacity; ++count, *next += stride) {
    if (*next >> 32 != 0) break;
    real ordinary = random_number() * (real)(1 << (count / 2 % 9)) / 4;
    x[count] = SINGLE ? number_of_bits(*next) : count % 2 ? number_of_bits(random_bits()) : ordinary;
  }
  return count;
}

static void test_accuracy(const char *isa) {
  enum { CAPACITY = 4096 };
  real x[CAPACITY], y[CAPACITY];
  for (int i = 0; i < COUNT(functions); ++i) {
    unary_kernel *f = kernel(isa, functions[i].name);
    double worst = 0, allowed = SINGLE ? functions[i].f32 : functions[i].f64;
    real where = 0;
    long count;
    for (uint64_t next = 0; (count = arguments(x, CAPACITY, &next)) > 0;) {
      f(y, count, x, count, 1, 1, count);
      for (long j = 0; j < count; ++j) {
        double e = error(y[j], functions[i].f((long double)x[j]));
        if (e > worst) worst = e, where = x[j];
      }
    }
    if (getenv("VERBOSE")) printf("%-8s %s %.3f ulp at %.17g\n", functions[i].name, SINGLE ? "f32" : "f64", worst, (double)where);
    check(worst <= allowed, functions[i].name, isa, (long)(worst * 1000), (long)where, 0);
  }
}

static const double special[] = {0.0, -0.0, 1, -1, 2, -2, 0.5, -0.5, 3, -3, 1.5, -1.5,
                                 1e30, -1e30, 1e-30, 1e-42, -1e-42, 4e9, 4294967295.0, INFINITY, -INFINITY, NAN,
                                 16777216, 16777217, 1.0000001, 0.9999999,
                                 0x1.fffffffffffffp-1, 0x1.0000000000001p+0, 0x1.ffffffffffffep+0, 0x1.fffffffffffffp+1};

static void test_special_values(const char *isa) {
  for (int i = 0; i < COUNT(functions); ++i) {
    unary_kernel *f = kernel(isa, functions[i].name);
    for (int j = 0; j < COUNT(special); ++j) {
      real x = (real)special[j], y;
      f(&y, 1, &x, 1, 1, 1, 1);
      check(error(y, functions[i].f((long double)x)) <= 3, functions[i].name, isa, j, 0, 0);
    }
  }
}

static void test_pow(const char *isa) {
  binary_kernel *f = kernel(isa, "pow");
  double worst = 0;
  for (int i = 0; i < COUNT(special); ++i) {
    for (int j = 0; j < COUNT(special); ++j) {
      real x = (real)special[i], y = (real)special[j], z;
      f(&z, 1, &x, 1, 1, &y, 1, 1, 1, 1);
      check(error(z, powl((long double)x, (long double)y)) <= 2, "pow of special values", isa, i, j, 0);
    }
  }
  for (int i = 0; i < (getenv("QUICK") ? 2000 : 200000); ++i) {
    real x = i % 2 ? number_of_bits(random_bits()) : random_number(), y = random_number() * (real)(1 << (i % 12)), z;
    x = x < 0 ? -x : x;
    f(&z, 1, &x, 1, 1, &y, 1, 1, 1, 1);
    double e = error(z, powl((long double)x, (long double)y));
    if (e > worst) worst = e;
  }
  if (getenv("VERBOSE")) printf("pow      %s %.3f ulp\n", SINGLE ? "f32" : "f64", worst);
  check(worst <= 2, "pow", isa, (long)(worst * 1000), 0, 0);
}

// What the arithmetic kernels shall give, written down once more.
static real arithmetic(int which, real a, real b) {
  real nan = (real)NAN;
  switch (which) {
    case 0: return a + b;
    case 1: return a - b;
    case 2: return a * b;
    case 3: return a / b;
    case 4: return a != a || b != b ? nan : a > b ? a : b;
    case 5: return a != a || b != b ? nan : a < b ? a : b;
    case 7: return a < b;
    case 8: return a <= b;
    default: return a == b;
  }
}

static void test_arithmetic(const char *isa) {
  static const char *const others[] = {"neg", "abs", "square", "step", "relu", "copy"};
  for (int i = 0; i < COUNT(special); ++i) {
    real x = (real)special[i], y;
    for (int op = 0; op < COUNT(binary_names); ++op) {
      if (op == 6) continue;
      for (int j = 0; j < COUNT(special); ++j) {
        real b = (real)special[j];
        ((binary_kernel *)kernel(isa, binary_names[op]))(&y, 1, &x, 1, 1, &b, 1, 1, 1, 1);
        check(same_bits(y, arithmetic(op, x, b)), binary_names[op], isa, i, j, 0);
      }
    }
    real wanted[] = {-x, x < 0 ? -x : x == 0 ? 0 : x, x * x, x > 0, x != x ? x : x > 0 ? x : 0, x};
    for (int op = 0; op < COUNT(others); ++op) {
      ((unary_kernel *)kernel(isa, others[op]))(&y, 1, &x, 1, 1, 1, 1);
      check(same_bits(y, wanted[op]), others[op], isa, i, 0, 0);
    }
  }
}

int main(void) {
  test_accuracy(NULL);
  for (int i = 0; i < COUNT(isas); ++i) {
    if (kernel(isas[i], "exp") == NULL) continue;
    test_special_values(isas[i]);
    test_pow(isas[i]);
    test_arithmetic(isas[i]);
  }
  return report();
}
