/// Several processes that train one network, over c10d.
#pragma once

#include "TorchEngine.h"

#include <ATen/core/Tensor.h>
#include <torch/csrc/distributed/c10d/Backend.hpp>
#include <torch/csrc/distributed/c10d/Store.hpp>

namespace heartfelt {

class Group {
 public:
  explicit Group(const heartfelt_torch_meeting &meeting);

  int64_t size() const { return size_; }

  /// Everybody's tensors, one below the other in the order of ranks: [size, count].
  at::Tensor gather(const at::Tensor &values);
  /// Gives each process its `counts` values, one process after the other, and takes theirs.
  at::Tensor exchange(
      const at::Tensor &values, const std::vector<int64_t> &counts,
      const std::vector<int64_t> &receivedCounts);
  /// Sums a contiguous array over all processes, in place, in the order of ranks.
  void sum(at::Tensor &values);
  /// Adds the shards that all processes hold, each of one row of `held`, in the order of shards.
  void sumShards(const at::Tensor &held, int64_t shards, at::Tensor &sum);

 private:
  at::Tensor onDevice(const at::Tensor &values) const;

  int64_t rank_, size_;
  at::Device device_;
  c10::intrusive_ptr<c10d::Backend> backend_;
};

/// The backend of processors; and that of CUDA, where the plugin is built with it.
c10::intrusive_ptr<c10d::Backend> glooBackend(
    const c10::intrusive_ptr<c10d::Store> &store, int rank, int size,
    std::chrono::milliseconds timeout);
c10::intrusive_ptr<c10d::Backend> ncclBackend(
    const c10::intrusive_ptr<c10d::Store> &store, int rank, int size,
    std::chrono::milliseconds timeout);

}  // namespace heartfelt
