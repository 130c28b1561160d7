/// NCCL for the sums of gradients on CUDA devices. Built only where the headers of CUDA and NCCL are
/// installed with torch (`HEARTFELT_NCCL`); otherwise a sentence takes its place.
#include "Group.hpp"

#ifdef HEARTFELT_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>

namespace heartfelt {

c10::intrusive_ptr<c10d::Backend> ncclBackend(
    const c10::intrusive_ptr<c10d::Store> &store, int rank, int size,
    std::chrono::milliseconds timeout) {
  auto options = c10d::ProcessGroupNCCL::Options::create();
  options->timeout = timeout;
  return c10::make_intrusive<c10d::ProcessGroupNCCL>(store, rank, size, options);
}

}  // namespace heartfelt
#else
#include <stdexcept>

namespace heartfelt {

c10::intrusive_ptr<c10d::Backend> ncclBackend(
    const c10::intrusive_ptr<c10d::Store> &, int, int, std::chrono::milliseconds) {
  throw std::runtime_error(
      "the plugin is built without NCCL; take --backend gloo, or run make torch against a CUDA "
      "build of torch");
}

}  // namespace heartfelt
#endif
