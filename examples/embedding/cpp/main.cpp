// Trains a network on the digits of standard input, and judges it beside one that was trained before.
#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "digits.hpp"

namespace {

constexpr std::size_t pixels = 64, classes = 10;

struct Examples {
  std::vector<float> images;
  std::vector<int> digits;
};

Examples read(std::istream &stream) {
  Examples examples;
  std::string names;
  std::getline(stream, names);
  float number;
  for (std::size_t i = 0; stream >> number; ++i) {
    if (i % (pixels + 1) < pixels) examples.images.push_back(number);
    else examples.digits.push_back(static_cast<int>(number));
    if (stream.peek() == ',') stream.get();
  }
  return examples;
}

/// How many of a hundred examples are recognised; `network` tells the probabilities of some.
template <class Network>
double percentage(const Examples &examples, Network network) {
  std::size_t right = 0;
  const std::size_t count = examples.digits.size();
  for (std::size_t first = 0; first < count; first += digits::batch) {
    const auto end = std::min(first + digits::batch, count);
    const std::vector<float> part(examples.images.begin() + first * pixels, examples.images.begin() + end * pixels);
    const std::vector<float> probabilities = network(part);
    for (std::size_t i = first; i < end; ++i) {
      const auto row = probabilities.begin() + (i - first) * classes;
      right += std::max_element(row, row + classes) - row == examples.digits[i];
    }
  }
  return 100.0 * static_cast<double>(right) / static_cast<double>(count);
}

}  // namespace

int main() {
  const Examples examples = read(std::cin);
  digits::Model model(7);
  float loss = 0;
  for (int epoch = 0; epoch < 10; ++epoch) {
    for (std::size_t first = 0; first + digits::batch <= examples.digits.size(); first += digits::batch)
      loss = model.step(digits::batch, &examples.images[first * pixels], &examples.digits[first], 0.05f);
  }
  digits::Predictor trained;
  const double own = percentage(examples, [&](const std::vector<float> &images) { return model.infer(images); });
  const double other = percentage(examples, [&](const std::vector<float> &images) { return trained.predict(images); });
  std::cout << "loss " << loss << " after " << model.steps << " steps\n";
  std::cout << own << " % recognised, " << other << " % by the weights from nnrun\n";
  int refused = 0;
  for (const bool isSize : {true, false}) {
    try {
      if (isSize) model.infer(std::vector<float>(pixels + 1));
      else model.loss(std::vector<float>(pixels), {classes});
    } catch (const std::invalid_argument &error) {
      std::cout << "as it should be: " << error.what() << '\n';
      ++refused;
    }
  }
  return own > 95 && other > 95 && refused == 2 ? 0 : 1;
}
