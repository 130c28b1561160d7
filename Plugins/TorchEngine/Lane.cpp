#include "Lane.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace heartfelt {

Lane::Lane(at::Device device) {
  if (!device.is_cuda()) return;
  stream_ = c10::impl::VirtualGuardImpl(device.type()).getStreamFromGlobalPool(device, false);
}

Lane::Guard::Guard(const Lane &lane) {
  if (lane.stream_) stream_.reset_stream(*lane.stream_);
}

void Lane::finish() const {
  if (stream_) stream_->synchronize();
}

void Lane::waitFor(const c10::Event &event) const {
  if (stream_) event.block(*stream_);
}

void CopyLane::copy(
    at::Tensor target, const at::Tensor &source, std::optional<c10::Event> &done) {
  const at::NoGradGuard noGrad;
  const Lane::Guard guard(lane_);
  target.copy_(source, true);
  if (!lane_.stream_) return;
  if (!done) done.emplace(lane_.stream_->device_type());
  done->record(*lane_.stream_);
}

}  // namespace heartfelt
