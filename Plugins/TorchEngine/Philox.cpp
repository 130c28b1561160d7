#include "Philox.hpp"

#include <ATen/ops/broadcast_tensors.h>

namespace heartfelt {

namespace {

constexpr int64_t lowWord = 0xFFFFFFFF;

/// The high and the low word of a product of words. The product of two words fills 64 bits, so it may
/// wrap to a negative int64; its bits are right all the same.
struct Product {
  at::Tensor high;
  at::Tensor low;

  Product(const at::Tensor &words, int64_t factor) {
    low = words.mul(factor);
    high = low.bitwise_right_shift(32).bitwise_and_(lowWord);
    low.bitwise_and_(lowWord);
  }
};

}  // namespace

std::array<at::Tensor, 4> philox(
    const at::Tensor &counter0, const at::Tensor &counter1, const at::Tensor &counter2,
    const at::Tensor &counter3, uint64_t seed) {
  const auto counters = at::broadcast_tensors({counter0, counter1, counter2, counter3});
  at::Tensor c0 = counters[0], c1 = counters[1], c2 = counters[2], c3 = counters[3];
  uint32_t k0 = static_cast<uint32_t>(seed), k1 = static_cast<uint32_t>(seed >> 32);
  for (int round = 0; round < 10; round++) {
    const Product first(c0, 0xD2511F53), second(c2, 0xCD9E8D57);
    c0 = second.high.bitwise_xor(c1).bitwise_xor_(static_cast<int64_t>(k0));
    c1 = second.low;
    c2 = first.high.bitwise_xor(c3).bitwise_xor_(static_cast<int64_t>(k1));
    c3 = first.low;
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  return {c0, c1, c2, c3};
}

uint32_t purpose(const std::string &name) {
  uint32_t hash = 0x811c9dc5;
  for (const unsigned char byte : name) hash = (hash ^ byte) * 0x01000193;
  return hash;
}

}  // namespace heartfelt
