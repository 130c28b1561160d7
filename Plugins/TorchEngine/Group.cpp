#include "Group.hpp"

#include "Network.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <cstdlib>
#include <numeric>
#include <stdexcept>

namespace heartfelt {

c10::intrusive_ptr<c10d::Backend> glooBackend(
    const c10::intrusive_ptr<c10d::Store> &store, int rank, int size,
    std::chrono::milliseconds timeout) {
  auto options = c10d::ProcessGroupGloo::Options::create(timeout);
  // As torch.distributed does: the interfaces that GLOO_SOCKET_IFNAME names, else the host's own.
  const char *names = std::getenv("GLOO_SOCKET_IFNAME");
  if (names && *names) {
    std::string name;
    for (const char *letter = names;; letter++) {
      if (*letter && *letter != ',') {
        name += *letter;
        continue;
      }
      options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForInterface(name));
      name.clear();
      if (!*letter) break;
    }
  } else {
    options->devices.push_back(c10d::ProcessGroupGloo::createDefaultDevice());
  }
  return c10::make_intrusive<c10d::ProcessGroupGloo>(store, rank, size, options);
}

Group::Group(const heartfelt_torch_meeting &meeting)
    : rank_(meeting.rank), size_(meeting.size), device_(at::kCPU) {
  const auto timeout = std::chrono::milliseconds(
      static_cast<int64_t>(meeting.timeout_seconds * 1000));
  c10d::TCPStoreOptions options;
  options.port = static_cast<uint16_t>(meeting.port);
  options.isServer = !meeting.served && meeting.rank == 0;
  options.timeout = timeout;
  // Everybody says hello to the backend below; waiting here as well would count other clients.
  options.waitWorkers = false;
  const auto server = c10::make_intrusive<c10d::TCPStore>(meeting.address, options);
  const auto store = c10::make_intrusive<c10d::PrefixStore>(meeting.prefix, server);
  const std::string backend = meeting.backend;
  if (backend == "gloo") {
    backend_ = glooBackend(store, meeting.rank, meeting.size, timeout);
  } else if (backend == "nccl") {
    device_ = heartfelt::device(meeting.device);
    backend_ = ncclBackend(store, meeting.rank, meeting.size, timeout);
  } else {
    throw std::runtime_error("there is no backend '" + backend + "'; choose gloo or nccl");
  }
}

at::Tensor Group::onDevice(const at::Tensor &values) const {
  return values.to(device_).contiguous();
}

at::Tensor Group::gather(const at::Tensor &values) {
  auto mine = onDevice(values);
  std::vector<at::Tensor> inputs{mine};
  std::vector<std::vector<at::Tensor>> outputs(1);
  for (int64_t rank = 0; rank < size_; rank++) outputs[0].push_back(at::empty_like(mine));
  backend_->allgather(outputs, inputs)->wait();
  return at::stack(outputs[0]);
}

at::Tensor Group::exchange(
    const at::Tensor &values, const std::vector<int64_t> &counts,
    const std::vector<int64_t> &receivedCounts) {
  auto mine = onDevice(values);
  auto theirs = at::empty(
      {std::accumulate(receivedCounts.begin(), receivedCounts.end(), int64_t{0})}, mine.options());
  auto from = receivedCounts, to = counts;
  backend_->alltoall_base(theirs, mine, from, to)->wait();
  return theirs;
}

void Group::sumShards(const at::Tensor &held, int64_t shards, at::Tensor &sum) {
  // Each process adds one part of every shard for all.
  const at::NoGradGuard guard;
  const auto count = sum.numel(), part = (count + size_ - 1) / size_;
  const auto heldBy = [&](int64_t rank) {
    return (rank + 1) * shards / size_ - rank * shards / size_;
  };
  if (held.size(0) != heldBy(rank_)) throw std::runtime_error("a process holds other shards than its own");
  std::vector<int64_t> counts(size_, held.size(0) * part), received;
  for (int64_t rank = 0; rank < size_; rank++) received.push_back(heldBy(rank) * part);
  const auto mine = at::constant_pad_nd(held, {0, part * size_ - count})
                        .view({held.size(0), size_, part})
                        .transpose(0, 1)
                        .reshape({-1});
  const auto theirs = exchange(mine, counts, received).view({shards, part});
  auto own = theirs[0].clone();
  for (int64_t shard = 1; shard < shards; shard++) own.add_(theirs[shard]);
  sum.copy_(gather(own).view({-1}).narrow(0, 0, count));
}

void Group::sum(at::Tensor &values) {
  // Each process adds one part for all, in the order of ranks, and all fetch the sums: twice the
  // array over each wire, whatever the number of processes, and the same bits each time.
  const at::NoGradGuard guard;
  const auto count = values.numel(), part = (count + size_ - 1) / size_;
  auto mine = onDevice(values);
  if (part * size_ > count) mine = at::constant_pad_nd(mine, {0, part * size_ - count});
  auto theirs = at::empty_like(mine);
  std::vector<int64_t> equal;
  backend_->alltoall_base(theirs, mine, equal, equal)->wait();
  const auto parts = theirs.view({size_, part});
  auto sum = parts[0].clone();
  for (int64_t rank = 1; rank < size_; rank++) sum.add_(parts[rank]);
  values.copy_(gather(sum).view({-1}).narrow(0, 0, count));
}

}  // namespace heartfelt
