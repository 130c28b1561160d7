#include "Words.hpp"

#include <ATen/ATen.h>

#include <cstring>

namespace heartfelt {

Words::Section Words::add(const int32_t *values, int64_t count) {
  const Section section{size(), count};
  words_.insert(words_.end(), values, values + count);
  return section;
}

Words::Section Words::add(const int64_t *values, int64_t count) {
  const Section section{size(), count};
  words_.insert(words_.end(), values, values + count);
  return section;
}

Words::Section Words::add(const double *values, int64_t count) {
  const Section section{size(), count};
  words_.resize(words_.size() + count);
  std::memcpy(words_.data() + section.offset, values, count * sizeof(double));
  return section;
}

at::Tensor Words::tensor(at::Device device) const {
  const auto options = at::TensorOptions(at::kLong).pinned_memory(device.is_cuda());
  auto tensor = at::empty({size()}, options);
  std::memcpy(tensor.mutable_data_ptr<int64_t>(), words_.data(), words_.size() * sizeof(int64_t));
  return tensor;
}

at::Tensor integers(const at::Tensor &words, Words::Section section, at::IntArrayRef sizes) {
  return words.narrow(0, section.offset, section.count).view(sizes);
}

at::Tensor doubles(const at::Tensor &words, Words::Section section, at::IntArrayRef sizes) {
  return words.narrow(0, section.offset, section.count).view(at::kDouble).view(sizes);
}

}  // namespace heartfelt
