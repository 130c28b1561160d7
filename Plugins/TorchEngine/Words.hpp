/// A step's numbers on their way to a device.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace heartfelt {

/// Integers and doubles that travel together, in one copy, as 64-bit words.
class Words {
 public:
  /// Where some of them lie.
  struct Section {
    int64_t offset = 0, count = 0;
  };

  Section add(const int32_t *values, int64_t count);
  Section add(const int64_t *values, int64_t count);
  Section add(const double *values, int64_t count);
  Section add(int64_t value) { return add(&value, 1); }

  int64_t size() const { return static_cast<int64_t>(words_.size()); }
  /// All words in host memory, page-locked where a CUDA device is to fetch them.
  at::Tensor tensor(at::Device device) const;

 private:
  std::vector<int64_t> words_;
};

/// A section of words that have arrived, as integers or as doubles, in a shape.
at::Tensor integers(const at::Tensor &words, Words::Section section, at::IntArrayRef sizes);
at::Tensor doubles(const at::Tensor &words, Words::Section section, at::IntArrayRef sizes);

}  // namespace heartfelt
