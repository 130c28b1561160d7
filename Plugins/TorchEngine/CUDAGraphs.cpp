/// Recording on CUDA. Built only where CUDA's headers are installed with torch (`HEARTFELT_CUDA`); otherwise
/// a sentence takes its place, and steps are never recorded.
#include "Graphs.hpp"

#ifdef HEARTFELT_CUDA
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAGuard.h>

namespace heartfelt {

bool canRecordOnCUDA() { return true; }

namespace {

/// A graph and what it leaves in its memory.
class CUDAGraph : public Graph {
 public:
  CUDAGraph(at::Device device, const std::function<Tensors()> &body) : device_(device) {
    const c10::cuda::CUDAGuard guard(device);
    // Nothing may be under way that the recording would seem to depend on; and what plain steps have
    // kept for themselves is given back, for a graph has memory of its own.
    c10::cuda::device_synchronize();
    c10::cuda::CUDACachingAllocator::emptyCache();
    // Other threads, such as NCCL's watchdog, go on asking for events meanwhile: that must not count as an
    // error here, so the mode is that of this thread. Autograd's thread launches into the same stream.
    graph_.capture_begin({0, 0}, cudaStreamCaptureModeThreadLocal);
    try {
      results_ = body();
    } catch (...) {
      abandon();
      throw;
    }
    graph_.capture_end();
  }

  Tensors replay() override {
    const c10::cuda::CUDAGuard guard(device_);
    graph_.replay();
    return results_;
  }

 private:
  /// Ends a recording that has failed, so that memory and stream serve plain steps again.
  void abandon() {
    results_.clear();
    try {
      graph_.capture_end();
      return;
    } catch (...) {
      // Ending it reports the failure once more, and leaves the rest of its work to us.
    }
    try {
      c10::cuda::CUDACachingAllocator::endAllocateToPool(device_.index(), graph_.pool());
    } catch (...) {
    }
    // CUDA keeps the last error until it is asked for.
    static_cast<void>(cudaGetLastError());
  }

  at::Device device_;
  at::cuda::CUDAGraph graph_;
  Tensors results_;
};

}  // namespace

std::unique_ptr<Graph> recordOnCUDA(at::Device device, const std::function<Tensors()> &body) {
  return std::make_unique<CUDAGraph>(device, body);
}

}  // namespace heartfelt
#else
#include <stdexcept>

namespace heartfelt {

bool canRecordOnCUDA() { return false; }

std::unique_ptr<Graph> recordOnCUDA(at::Device, const std::function<Tensors()> &) {
  throw std::runtime_error("the plugin is built without CUDA's headers");
}

}  // namespace heartfelt
#endif
