/* Recognises the digits on standard input, and compares the probabilities with those in a file. */
#include <stdio.h>
#include <stdlib.h>

#include "digits.h"

enum { PIXELS = 64, CLASSES = 10 };

static char workspace[DIGITS_PREDICT_WORKSPACE];

/* Reads numbers with commas between them; how many there were. */
static int read_numbers(FILE *file, float *numbers, int count) {
  for (int i = 0; i < count; ++i) {
    if (fscanf(file, "%f", &numbers[i]) != 1) return i;
    if (i + 1 < count && getc(file) != ',') return i + 1;
  }
  return count;
}

static void skip_line(FILE *file) {
  int letter;
  do letter = getc(file);
  while (letter != '\n' && letter != EOF);
}

int main(int argc, char **argv) {
  FILE *expected = argc == 2 ? fopen(argv[1], "r") : NULL;
  if (expected == NULL) {
    fprintf(stderr, "usage: %s EXPECTED.csv < DIGITS.csv\n", argv[0]);
    return 2;
  }
  skip_line(stdin);
  skip_line(expected);
  float example[PIXELS + 1], said[CLASSES], probability[CLASSES];
  long count = 0, recognised = 0, different = 0;
  for (; read_numbers(stdin, example, PIXELS + 1) == PIXELS + 1; ++count) {
    digits_predict(example, probability, workspace);
    if (read_numbers(expected, said, CLASSES) != CLASSES) return EXIT_FAILURE;
    int best = 0;
    for (int i = 0; i < CLASSES; ++i) {
      if (probability[i] > probability[best]) best = i;
      if (probability[i] != said[i]) ++different;
    }
    recognised += best == (int)example[PIXELS];
  }
  printf("%ld of %ld digits recognised\n", recognised, count);
  puts(different == 0 ? "the same bits as nnrun predict" : "not the same bits as nnrun predict");
  return different == 0 && count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
