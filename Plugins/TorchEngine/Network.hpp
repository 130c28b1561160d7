/// A network on LibTorch: one array of parameters, its gradients and Adam's moments on a device.
#pragma once

#include "Graphs.hpp"
#include "Lane.hpp"
#include "TorchEngine.h"

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

namespace heartfelt {

/// A device by name, `cpu`, `cuda` or `cuda:N`; throws a sentence where LibTorch has none of that name.
at::Device device(const std::string &name);

class Network {
 public:
  Network(
      const heartfelt_torch_architecture &architecture, const heartfelt_torch_settings &settings);

  int64_t parameterCount() const { return parameters_; }
  at::Device device() const { return device_; }

  void setParameters(const float *values);
  void getParameters(float *values) const;
  void setMoments(const float *first, const float *second, int64_t steps);
  void getMoments(float *first, float *second, int64_t *steps) const;

  void evaluate(const heartfelt_torch_batch &batch, heartfelt_torch_outcome &outcome);
  void features(const float *inputs, int64_t count, float *features);
  void inputGradients(const float *inputs, int64_t count, int64_t logit, float *gradients);

  void backward(
      const heartfelt_torch_batch &batch, const heartfelt_torch_step &step,
      heartfelt_torch_outcome &outcome);
  void backwardTransformed(
      const heartfelt_torch_transformation &transformation, int64_t wholeCount,
      const heartfelt_torch_shards &shards, const heartfelt_torch_step &step,
      heartfelt_torch_outcome &outcome);
  double update(const heartfelt_torch_step &step);
  void getGradients(float l2, float *values);
  /// The gradients on the device, P: what several processes sum.
  at::Tensor &gradients() { return gradients_; }
  /// Those of the shards that `backward` held, [shards, P].
  at::Tensor shardGradients(int64_t held) const { return shardGradients_.narrow(0, 0, held); }
  /// The stream that the network's work goes through.
  const Lane &lane() const { return lane_; }
  Recorder &recorder() { return recorder_; }

 private:
  struct Convolution {
    at::Tensor kernel, bias;
    int64_t taps;
    bool poolsAfter;
  };
  struct Dense {
    /// [heads, out, in] and [heads, out]: views with a constant stride from head to head.
    at::Tensor kernel, bias;
    /// The purposes of the dropout masks, [heads, 1, 1].
    at::Tensor purposes;
    int64_t units;
  };
  /// Heads that follow each other and have the same layers: computed as one.
  struct Heads {
    int64_t first, count, firstLogit, outputs;
    int32_t activation, loss;
    float dropout;
    std::vector<Dense> layers;
  };
  /// Where dropout masks come from; none in inference.
  struct Dropout {
    uint64_t seed;
    /// The number of the step, [1, 1, 1].
    at::Tensor step;
    /// Row numbers in the whole batch, [rows].
    at::Tensor rows;
  };
  /// Rows on the device, and their numbers.
  struct Rows {
    at::Tensor inputs, targets;
    Dropout dropout;
  };

  void addTrunk(const heartfelt_torch_architecture &architecture);
  void addHeads(const heartfelt_torch_architecture &architecture);
  /// Takes the next parameters of a size; returns where they begin.
  int64_t take(int64_t count, bool isKernel);
  /// A parameter as autograd sees it: a view of the array, whose gradient is a view of the gradients.
  at::Tensor leaf(at::IntArrayRef sizes, at::IntArrayRef strides, int64_t offset);

  at::Tensor toDevice(const float *values, int64_t rows, int64_t width) const;
  at::Tensor trunk(const at::Tensor &inputs) const;
  at::Tensor logits(const at::Tensor &features, const Dropout *dropout) const;
  at::Tensor mask(const Dense &layer, float rate, const Dropout &dropout) const;
  /// By row and head, unweighted, in double precision.
  at::Tensor losses(const at::Tensor &logits, const at::Tensor &targets) const;
  /// The losses (rows × heads) and logits (rows × K) of rows whose gradients it leaves behind.
  Tensors train(const Rows &rows, int64_t wholeCount, const heartfelt_torch_shards &shards);
  void makeRoom(const heartfelt_torch_shards &shards);
  void nothing(heartfelt_torch_outcome &outcome);
  void copyOutcome(const Tensors &results, heartfelt_torch_outcome &outcome) const;
  int64_t together(int64_t count) const;

  at::Device device_;
  Lane lane_;
  Recorder recorder_;
  int32_t precision_;
  int64_t rowsTogether_;
  int64_t inputLength_, featureCount_, logitCount_ = 0, headCount_;
  int64_t poolWidth_, poolStride_;
  double leak_;
  int64_t parameters_ = 0;
  int64_t steps_ = 0;
  /// [P] each; the mask is 1 for kernels, 0 for biases.
  at::Tensor weights_, gradients_, first_, second_, kernelMask_;
  /// [held shards, P].
  at::Tensor shardGradients_;
  /// All weights in the loss, by head.
  at::Tensor lossWeights_;
  std::vector<bool> isKernel_;
  std::vector<Convolution> convolutions_;
  std::vector<Heads> heads_;
};

/// A piece of a batch's rows.
struct Piece {
  int64_t first, count;
};

/// The pieces of `count` rows that go backward by themselves: the shards held, or all rows as one.
std::vector<Piece> pieces(const heartfelt_torch_shards &shards, int64_t count);

}  // namespace heartfelt
