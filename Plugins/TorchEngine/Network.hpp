/// A network on LibTorch: one array of parameters, its gradients and Adam's moments on a device.
#pragma once

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
      const heartfelt_torch_transformation &transformation, const int64_t *rows, int64_t wholeCount,
      const heartfelt_torch_step &step, heartfelt_torch_outcome &outcome);
  double update(const heartfelt_torch_step &step);
  void getGradients(float l2, float *values);
  /// The gradients on the device, P: what several processes sum.
  at::Tensor &gradients() { return gradients_; }

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
    /// [heads].
    at::Tensor lossWeights;
  };
  /// Where dropout masks come from; none in inference.
  struct Dropout {
    uint64_t seed;
    int64_t step;
    /// Row numbers in the whole batch, [rows].
    at::Tensor rows;
  };
  struct Losses {
    /// Weighted and averaged over the whole batch; a number to go backward from.
    at::Tensor total;
    /// By head, summed over rows.
    at::Tensor headSums;
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
  Losses losses(const at::Tensor &logits, const at::Tensor &targets, int64_t wholeCount) const;
  void train(
      const at::Tensor &inputs, const at::Tensor &targets, const at::Tensor &rows,
      int64_t wholeCount, const heartfelt_torch_step &step, heartfelt_torch_outcome &outcome);
  void nothing(heartfelt_torch_outcome &outcome);
  void copyOutcome(
      const std::vector<at::Tensor> &logits, const at::Tensor &headSums,
      heartfelt_torch_outcome &outcome) const;
  int64_t together(int64_t count) const;

  at::Device device_;
  int32_t precision_;
  int64_t rowsTogether_;
  int64_t inputLength_, featureCount_, logitCount_ = 0, headCount_;
  int64_t poolWidth_, poolStride_;
  double leak_;
  int64_t parameters_ = 0;
  int64_t steps_ = 0;
  /// [P] each; the mask is 1 for kernels, 0 for biases.
  at::Tensor weights_, gradients_, first_, second_, kernelMask_;
  std::vector<bool> isKernel_;
  std::vector<Convolution> convolutions_;
  std::vector<Heads> heads_;
};

/// n windows × J versions, [n · J, T], in the order w · J + j.
at::Tensor transform(
    const heartfelt_torch_transformation &transformation, at::Device device);

}  // namespace heartfelt

/// Windows on a device, [count, T].
struct heartfelt_torch_windows {
  at::Tensor samples;
};
