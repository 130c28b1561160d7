/// The CUDA stream that all of a network's work goes through, and copies beside it.
///
/// CUDA graphs cannot be captured on the default stream; on a stream of its own a network's work is
/// captured as it runs. On other devices there are no streams, and everything here does nothing.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Event.h>
#include <c10/core/Stream.h>
#include <c10/core/StreamGuard.h>

#include <optional>

namespace heartfelt {

class Lane {
 public:
  explicit Lane(at::Device device);

  /// While it lives, this thread's work on the device goes through the lane.
  class Guard {
   public:
    explicit Guard(const Lane &lane);

   private:
    c10::OptionalStreamGuard stream_;
  };

  /// Waits on the host until all work is done.
  void finish() const;
  /// What is put on the lane from now on waits for an event.
  void waitFor(const c10::Event &event) const;

 private:
  friend class CopyLane;
  std::optional<c10::Stream> stream_;
};

/// A stream for copies to a device, which overlap with the computing of a lane.
class CopyLane {
 public:
  explicit CopyLane(at::Device device) : lane_(device) {}

  /// Waits on the host until all copies are done.
  void finish() const { lane_.finish(); }
  /// Begins a copy from page-locked memory. The event, where there is one, says when it is done.
  void copy(at::Tensor target, const at::Tensor &source, std::optional<c10::Event> &done);

 private:
  Lane lane_;
};

}  // namespace heartfelt
