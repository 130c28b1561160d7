/// Windows that do not all fit the device, on their way there.
#pragma once

#include "Lane.hpp"

#include <array>

namespace heartfelt {

/// Two slots: while a step computes on the windows of one, those of the next step come into the other.
class WindowStream {
 public:
  WindowStream(at::Device device, int64_t count, int64_t length);
  /// Waits for copies under way: their memory goes.
  ~WindowStream();

  /// A slot's host memory; page-locked for CUDA.
  float *buffer(int32_t slot);
  /// Begins to copy the first windows of a slot to the device.
  void send(int32_t slot, int64_t count);
  /// A slot's windows on the device, all of them; what is put on the lane from now on waits for the copy.
  const at::Tensor &windows(int32_t slot, const Lane &lane) const;

 private:
  struct Slot {
    at::Tensor host, device;
    std::optional<c10::Event> sent;
  };

  const Slot &at(int32_t slot) const;

  CopyLane lane_;
  std::array<Slot, 2> slots_;
};

}  // namespace heartfelt

struct heartfelt_torch_stream {
  heartfelt::WindowStream stream;
};
