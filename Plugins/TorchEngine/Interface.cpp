/// The table of `TorchEngine.h`: each function calls one of `Network` or `Group`, and turns what it
/// throws into a sentence.
#include "Drawn.hpp"
#include "Group.hpp"
#include "Network.hpp"
#include "WindowStream.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/version.h>

#include <cstdlib>
#include <cstring>
#include <numeric>

struct heartfelt_torch_network {
  heartfelt::Network network;
};

struct heartfelt_torch_group {
  heartfelt::Group group;
};

namespace {

/// The message of a failure without the stack that LibTorch appends.
char *text(const std::string &message) {
  auto end = message.find("\nException raised from");
  if (end == std::string::npos) end = message.size();
  char *copy = static_cast<char *>(std::malloc(end + 1));
  if (!copy) std::abort();
  std::memcpy(copy, message.data(), end);
  copy[end] = 0;
  return copy;
}

/// Runs a body; NULL, or why it failed.
template <typename Body>
char *attempt(Body body) {
  try {
    body();
    return nullptr;
  } catch (const c10::Error &error) {
    return text(error.what_without_backtrace());
  } catch (const std::exception &error) {
    return text(error.what());
  } catch (...) {
    return text("LibTorch failed without a reason");
  }
}

void freeText(char *text) { std::free(text); }

int32_t deviceCount(const char *kind) {
  try {
    const std::string name = kind;
    if (name == "cpu") return 1;
    if (name != "cuda" || !at::globalContext().hasCUDA()) return 0;
    return c10::impl::VirtualGuardImpl(at::kCUDA).deviceCount();
  } catch (...) {
    return 0;
  }
}

const char *build() {
  static const std::string line = [] {
    std::string line = at::globalContext().hasCUDA() ? "CUDA" : "no CUDA";
#ifdef HEARTFELT_NCCL
    return line + ", NCCL";
#else
    return line + ", no NCCL";
#endif
  }();
  return line.c_str();
}

heartfelt_torch_functions makeFunctions() {
  using Network = heartfelt_torch_network;
  heartfelt_torch_functions all{};
  all.abi = HEARTFELT_TORCH_ABI;
  all.torch_version = TORCH_VERSION;
  all.build = build();
  all.free_text = freeText;
  all.device_count = deviceCount;

  all.network_create = [](const auto *architecture, const auto *settings, auto **network) {
    return attempt([&] { *network = new Network{{*architecture, *settings}}; });
  };
  all.network_destroy = [](Network *network) { delete network; };
  all.parameter_count = [](const Network *network) { return network->network.parameterCount(); };
  all.set_parameters = [](Network *network, const float *values) {
    return attempt([&] { network->network.setParameters(values); });
  };
  all.get_parameters = [](Network *network, float *values) {
    return attempt([&] { network->network.getParameters(values); });
  };
  all.set_moments = [](Network *network, const float *first, const float *second, int64_t steps) {
    return attempt([&] { network->network.setMoments(first, second, steps); });
  };
  all.get_moments = [](Network *network, float *first, float *second, int64_t *steps) {
    return attempt([&] { network->network.getMoments(first, second, steps); });
  };
  all.evaluate = [](Network *network, const auto *batch, auto *outcome) {
    return attempt([&] { network->network.evaluate(*batch, *outcome); });
  };
  all.features = [](Network *network, const float *inputs, int32_t count, float *features) {
    return attempt([&] { network->network.features(inputs, count, features); });
  };
  all.input_gradients = [](Network *network, const float *inputs, int32_t count, int32_t logit,
                           float *gradients) {
    return attempt([&] { network->network.inputGradients(inputs, count, logit, gradients); });
  };
  all.backward = [](Network *network, const auto *batch, const auto *step, auto *outcome) {
    return attempt([&] { network->network.backward(*batch, *step, *outcome); });
  };
  all.backward_transformed = [](Network *network, const auto *transformation, int64_t wholeCount,
                                const auto *shards, const auto *step, auto *outcome) {
    return attempt([&] {
      network->network.backwardTransformed(
          *transformation, wholeCount, *shards, *step, *outcome);
    });
  };
  all.sum_shards = [](Network *network, heartfelt_torch_group *group, const auto *shards) {
    return attempt([&] {
      auto &from = network->network;
      const heartfelt::Lane::Guard lane(from.lane());
      group->group.sumShards(
          from.shardGradients(shards->end - shards->first), shards->count, from.gradients());
    });
  };
  all.sum_gradients = [](Network *network, heartfelt_torch_group *group) {
    return attempt([&] {
      const heartfelt::Lane::Guard lane(network->network.lane());
      group->group.sum(network->network.gradients());
    });
  };
  all.update = [](Network *network, const auto *step, double *penalty) {
    return attempt([&] { *penalty = network->network.update(*step); });
  };
  all.get_gradients = [](Network *network, float l2, float *gradients) {
    return attempt([&] { network->network.getGradients(l2, gradients); });
  };

  all.graph_counts = [](Network *network, int64_t *recorded, int64_t *replayed) {
    *recorded = network->network.recorder().recorded();
    *replayed = network->network.recorder().replayed();
  };
  all.take_notice = [](Network *network) -> char * {
    const auto notice = network->network.recorder().takeNotice();
    return notice.empty() ? nullptr : text(notice);
  };

  all.windows_create = [](const char *device, int64_t count, int32_t length, auto **windows) {
    return attempt([&] {
      const auto options = at::TensorOptions(at::kFloat).device(heartfelt::device(device));
      *windows = new heartfelt_torch_windows{at::empty({count, length}, options)};
    });
  };
  all.windows_destroy = [](heartfelt_torch_windows *windows) { delete windows; };
  all.windows_put = [](heartfelt_torch_windows *windows, int64_t first, int64_t count,
                       const float *samples) {
    return attempt([&] {
      const at::NoGradGuard guard;
      auto &all = windows->samples;
      all.narrow(0, first, count)
          .copy_(at::from_blob(
              const_cast<float *>(samples), {count, all.size(1)}, at::kFloat));
    });
  };
  all.stream_create = [](const char *device, int64_t count, int32_t length, auto **stream) {
    return attempt([&] {
      *stream = new heartfelt_torch_stream{
          heartfelt::WindowStream(heartfelt::device(device), count, length)};
    });
  };
  all.stream_destroy = [](heartfelt_torch_stream *stream) { delete stream; };
  all.stream_buffer = [](heartfelt_torch_stream *stream, int32_t slot) {
    return stream->stream.buffer(slot);
  };
  all.stream_send = [](heartfelt_torch_stream *stream, int32_t slot, int64_t count) {
    return attempt([&] { stream->stream.send(slot, count); });
  };
  all.transform = [](const char *name, const auto *transformation, float *versions) {
    return attempt([&] {
      const auto device = heartfelt::device(name);
      const heartfelt::Lane lane(device);
      const heartfelt::Lane::Guard guard(lane);
      heartfelt::Drawn drawn(*transformation, device, lane);
      const auto made =
          drawn.versions(drawn.words().tensor(device).to(device)).to(at::kCPU).contiguous();
      std::memcpy(versions, made.template const_data_ptr<float>(), made.numel() * sizeof(float));
    });
  };

  all.group_create = [](const heartfelt_torch_meeting *meeting, heartfelt_torch_group **group) {
    return attempt([&] { *group = new heartfelt_torch_group{heartfelt::Group(*meeting)}; });
  };
  all.group_destroy = [](heartfelt_torch_group *group) { delete group; };
  all.gather = [](heartfelt_torch_group *group, const uint8_t *bytes, int64_t count,
                  uint8_t *gathered) {
    return attempt([&] {
      const auto mine = at::from_blob(const_cast<uint8_t *>(bytes), {count}, at::kByte).clone();
      const auto all = group->group.gather(mine).to(at::kCPU).contiguous();
      std::memcpy(gathered, all.const_data_ptr<uint8_t>(), all.numel());
    });
  };
  all.exchange = [](heartfelt_torch_group *group, const float *values, const int64_t *counts,
                    float *received, const int64_t *receivedCounts) {
    return attempt([&] {
      const auto size = group->group.size();
      const std::vector<int64_t> to(counts, counts + size);
      const std::vector<int64_t> from(receivedCounts, receivedCounts + size);
      const auto mine = at::from_blob(
          const_cast<float *>(values), {std::accumulate(to.begin(), to.end(), int64_t{0})},
          at::kFloat);
      const auto theirs = group->group.exchange(mine, to, from).to(at::kCPU).contiguous();
      std::memcpy(received, theirs.const_data_ptr<float>(), theirs.numel() * sizeof(float));
    });
  };
  all.sum = [](heartfelt_torch_group *group, float *values, int64_t count) {
    return attempt([&] {
      auto array = at::from_blob(values, {count}, at::kFloat);
      group->group.sum(array);
    });
  };
  return all;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const heartfelt_torch_functions *
heartfelt_torch_engine(void) {
  static const heartfelt_torch_functions functions = makeFunctions();
  return &functions;
}
