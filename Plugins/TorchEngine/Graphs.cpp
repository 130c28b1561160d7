#include "Graphs.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

namespace heartfelt {

namespace {

/// Steps of a key before it is recorded: cuDNN chooses its kernels in them, and libraries make their
/// workspaces, which must not happen while recording.
constexpr int64_t warmUps = 3;
/// Recorded steps at most: full and last batches, each from two slots of windows, and the update.
constexpr int64_t mostGraphs = 8;
/// Keys that are remembered at most.
constexpr size_t mostKeys = 64;

/// What stands for a graph on processors: the recorded function, called again.
class RepeatedCall : public Graph {
 public:
  explicit RepeatedCall(std::function<Tensors()> body) : body_(std::move(body)) {}
  Tensors replay() override { return body_(); }

 private:
  std::function<Tensors()> body_;
};

}  // namespace

Recorder::Recorder(at::Device device, int32_t graphs)
    : device_(device),
      isOn_(device.is_cuda() ? graphs > 0 && canRecordOnCUDA() : graphs == 2) {}

Tensors Recorder::runPlainly(const Recipe &recipe) const {
  Tensors inputs;
  for (const auto &input : recipe.inputs) inputs.push_back(input.to(device_, true));
  return recipe.body(inputs);
}

Tensors Recorder::run(const Recipe &recipe) {
  if (!isOn_) return runPlainly(recipe);
  auto found = entries_.find(recipe.key);
  if (found == entries_.end()) {
    // Batches whose shapes change all the time are never recorded, and need not be remembered.
    if (entries_.size() >= mostKeys) {
      std::erase_if(entries_, [](const auto &entry) { return !entry.second.graph; });
    }
    found = entries_.emplace(recipe.key, Entry{}).first;
  }
  auto &entry = found->second;
  if (!entry.graph) {
    if (entry.seen++ < warmUps || recorded_ >= mostGraphs) return runPlainly(recipe);
    if (!record(entry, recipe)) return runPlainly(recipe);
  }
  {
    const at::NoGradGuard guard;
    for (size_t index = 0; index < recipe.inputs.size(); index++) {
      entry.inputs[index].copy_(recipe.inputs[index], true);
    }
  }
  replayed_++;
  return entry.graph->replay();
}

bool Recorder::record(Entry &entry, const Recipe &recipe) {
  try {
    for (const auto &input : recipe.inputs) {
      entry.inputs.push_back(at::empty_like(input, input.options().device(device_).pinned_memory(false)));
    }
    const auto body = [body = recipe.body, inputs = entry.inputs] { return body(inputs); };
    entry.graph = device_.is_cuda() ? recordOnCUDA(device_, body)
                                    : std::unique_ptr<Graph>(new RepeatedCall(body));
    recorded_++;
    return true;
  } catch (const std::exception &error) {
    // The step has not been done: it can still be, as before.
    isOn_ = false;
    entries_.clear();
    notice_ = std::string("a training step could not be recorded as a CUDA graph, so steps are launched "
                          "one kernel after the other (") + error.what() + ")";
    notice_ = notice_.substr(0, notice_.find('\n'));
    return false;
  }
}

std::string Recorder::takeNotice() { return std::exchange(notice_, std::string()); }

}  // namespace heartfelt
