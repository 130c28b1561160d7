#pragma once
namespace gloo::transport {
class Device;
/// Complete, because the header above destroys it behind a pointer.
class UnboundBuffer {
 public:
  virtual ~UnboundBuffer() = default;
};
}  // namespace gloo::transport
