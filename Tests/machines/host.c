// Trains and runs a generated network on any machine with Linux's system calls and no library at all, and writes every bit it comes to.
// With -DPREDICTS it runs inference with constant weights, one example after the other.
// Compiled with -DHEADER='"NAME.h"' -DNAME=NAME -DSIZES=NAME in capitals.
#include HEADER

#define joined_(a, b) a##_##b
#define joined(a, b) joined_(a, b)
#define own(member) joined(NAME, member)
#define size(member) joined(SIZES, member)

typedef own(real) real;

#if defined(__x86_64__)
static long call(long number, long a, long b, long c) {
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
  return result;
}
enum { write_number = 1, exit_number = 60 };
#elif defined(__aarch64__)
static long call(long number, long a, long b, long c) {
  register long x8 __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c;
  __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
  return x0;
}
enum { write_number = 64, exit_number = 93 };
#elif defined(__riscv)
static long call(long number, long a, long b, long c) {
  register long a7 __asm__("a7") = number, a0 __asm__("a0") = a, a1 __asm__("a1") = b, a2 __asm__("a2") = c;
  __asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2) : "memory");
  return a0;
}
enum { write_number = 64, exit_number = 93 };
#endif

// Compilers may call these whatever they are told.
void *memcpy(void *to, const void *from, __SIZE_TYPE__ count) {
  for (__SIZE_TYPE__ i = 0; i < count; ++i) ((volatile char *)to)[i] = ((const char *)from)[i];
  return to;
}
void *memset(void *to, int value, __SIZE_TYPE__ count) {
  for (__SIZE_TYPE__ i = 0; i < count; ++i) ((volatile char *)to)[i] = (char)value;
  return to;
}

enum { examples = size(BATCH), inputs = 1 << 16, outputs = 1 << 12 };
static real image[inputs], output[outputs];
static char workspace[size(WORKSPACE) + 1];

static long elements(int kind) {
  for (int i = 0; i < own(tensor_count); ++i) {
    if (own(tensors)[i].kind != kind) continue;
    long count = 1;
    for (int axis = 0; axis < own(tensors)[i].rank; ++axis) count *= own(tensors)[i].shape[axis];
    return count;
  }
  return 0;
}

static void put(const void *bytes, long count) {
  while (count > 0) {
    long done = call(write_number, 1, (long)bytes, count);
    if (done <= 0) call(exit_number, 2, 0, 0);
    bytes = (const char *)bytes + done;
    count -= done;
  }
}

// The stack is where the system left it, aligned for a call that pushes nothing.
void _start(void);
void run(void);

#if defined(PREDICTS)
void run(void) {
  const long per_image = elements(2), per_output = elements(4);
  if (per_image > inputs || per_output > outputs) call(exit_number, 3, 0, 0);
  unsigned seed = 1;
  for (int example = 0; example < 50; ++example) {
    for (long i = 0; i < per_image; ++i) {
      seed = seed * 1664525u + 1013904223u;
      image[i] = (real)(seed >> 16) / 4096;
    }
    own(predict)(image, output, workspace);
    put(output, per_output * (long)sizeof(real));
  }
  call(exit_number, 0, 0, 0);
}
#else
static real params[size(PARAMS)], state[size(STATES) + 1], optimizer[size(OPTIMIZER) + 1];
static int label[examples];

void run(void) {
  const long per_image = elements(2), per_output = elements(4);
  if (per_image * examples > inputs || per_output * examples > outputs) call(exit_number, 3, 0, 0);
  unsigned seed = 1;
  own(init)(params, state, 7);
  real losses[5];
  for (int step = 0; step < 5; ++step) {
    for (long i = 0; i < per_image * examples; ++i) {
      seed = seed * 1664525u + 1013904223u;
      image[i] = (real)(seed >> 16) / 65536;
    }
    for (int i = 0; i < examples; ++i) label[i] = (int)(image[i * per_image] * 10);
    losses[step] =
      own(step)(params, state, optimizer, examples, image, label, 0.05f, (unsigned long long)step, (unsigned long long)step * examples, workspace);
  }
  own(infer)(params, state, examples, image, output, workspace);
  put(losses, (long)sizeof losses);
  put(output, per_output * examples * (long)sizeof(real));
  put(params, (long)sizeof params);
  call(exit_number, 0, 0, 0);
}
#endif

#if defined(__x86_64__)
__asm__(".globl _start\n_start: andq $-16, %rsp\n call run\n");
#else
void _start(void) { run(); }
#endif
