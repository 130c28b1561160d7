/// The random numbers of Heartfelt's `RandomStream`, made on a device by tensor operations.
#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <string>

namespace heartfelt {

/// Philox 4×32-10 (Salmon et al., SC 2011): four words of 32 bits, as int64, for each counter.
///
/// Counters are int64 tensors that broadcast against each other; the words have their common shape.
std::array<at::Tensor, 4> philox(
    const at::Tensor &counter0, const at::Tensor &counter1, const at::Tensor &counter2,
    const at::Tensor &counter3, uint64_t seed);

/// `RandomPurpose`: the 32-bit FNV-1a hash of a name.
uint32_t purpose(const std::string &name);

}  // namespace heartfelt
