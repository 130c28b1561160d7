/// Steps that are recorded once and then replayed, so that a launch of hundreds of kernels is one.
#pragma once

#include "TorchEngine.h"

#include <ATen/core/Tensor.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace heartfelt {

using Tensors = std::vector<at::Tensor>;

/// What a step does, in a form that can be recorded: everything that changes from step to step is in
/// `inputs`; everything else that `body` depends on is in `key` or does not change.
struct Recipe {
  std::vector<int64_t> key;
  /// On the host, or on the device.
  Tensors inputs;
  /// From the inputs on the device to what is to be read; on the current stream, without waiting for it.
  std::function<Tensors(const Tensors &)> body;
};

/// A recorded step.
class Graph {
 public:
  virtual ~Graph() = default;
  /// Does the step on what its inputs hold now.
  virtual Tensors replay() = 0;
};

/// Records a step on the current stream of a CUDA device, without doing it. Throws where that fails, and
/// where the plugin is built without CUDA's headers.
std::unique_ptr<Graph> recordOnCUDA(at::Device device, const std::function<Tensors()> &body);
/// Whether the plugin is built with them.
bool canRecordOnCUDA();

/// Chooses which steps are recorded: those whose key has come a few times, up to some. A step of another
/// shape, or one that cannot be recorded, is done as it always was.
class Recorder {
 public:
  /// - Parameter graphs: as in `heartfelt_torch_settings`.
  Recorder(at::Device device, int32_t graphs);

  /// Does a step. What it gives stands until the next one.
  Tensors run(const Recipe &recipe);

  int64_t recorded() const { return recorded_; }
  int64_t replayed() const { return replayed_; }
  /// What the user should know, once.
  std::string takeNotice();

 private:
  struct Entry {
    int64_t seen = 0;
    Tensors inputs;
    std::unique_ptr<Graph> graph;
  };

  Tensors runPlainly(const Recipe &recipe) const;
  bool record(Entry &entry, const Recipe &recipe);

  at::Device device_;
  bool isOn_;
  int64_t recorded_ = 0, replayed_ = 0;
  std::string notice_;
  std::map<std::vector<int64_t>, Entry> entries_;
};

}  // namespace heartfelt
