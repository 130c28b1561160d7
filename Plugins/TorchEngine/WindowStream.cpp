#include "WindowStream.hpp"

#include <ATen/ATen.h>

#include <stdexcept>

namespace heartfelt {

WindowStream::WindowStream(at::Device device, int64_t count, int64_t length) : lane_(device) {
  for (auto &slot : slots_) {
    slot.host = at::empty(
        {count, length}, at::TensorOptions(at::kFloat).pinned_memory(device.is_cuda()));
    slot.device = at::empty({count, length}, at::TensorOptions(at::kFloat).device(device));
  }
}

const WindowStream::Slot &WindowStream::at(int32_t slot) const {
  if (slot < 0 || slot > 1) throw std::runtime_error("a stream of windows has the slots 0 and 1");
  return slots_[slot];
}

WindowStream::~WindowStream() {
  try {
    lane_.finish();
  } catch (...) {
    // A device that is lost has no copies under way.
  }
}

float *WindowStream::buffer(int32_t slot) { return at(slot).host.mutable_data_ptr<float>(); }

void WindowStream::send(int32_t slot, int64_t count) {
  const auto &from = at(slot);
  if (count < 0 || count > from.host.size(0)) {
    throw std::runtime_error(
        "a slot holds " + std::to_string(from.host.size(0)) + " windows, not " +
        std::to_string(count));
  }
  lane_.copy(
      from.device.narrow(0, 0, count), from.host.narrow(0, 0, count), slots_[slot].sent);
}

const at::Tensor &WindowStream::windows(int32_t slot, const Lane &lane) const {
  const auto &from = at(slot);
  if (from.sent) lane.waitFor(*from.sent);
  return from.device;
}

}  // namespace heartfelt
