#include "Network.hpp"

#include "Drawn.hpp"
#include "Words.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/DeviceGuard.h>

#include <cstring>
#include <stdexcept>

namespace heartfelt {

namespace {

/// Drops LibTorch's advice that gradients should lie as their own arrays: here they are views of one.
struct NoAdvice : c10::WarningHandler {
  void process(const c10::Warning &) override {}
};

/// A kind of step, at the head of its key.
enum Kind : int64_t { ofRows, ofVersions, ofUpdate };

int64_t bits(double value) {
  int64_t word;
  std::memcpy(&word, &value, sizeof word);
  return word;
}

void add(std::vector<int64_t> &key, const heartfelt_torch_shards &shards) {
  key.insert(key.end(), {shards.rows, shards.count, shards.first, shards.end});
}

}  // namespace

// MARK: Gradients

void Network::backward(
    const heartfelt_torch_batch &batch, const heartfelt_torch_step &step,
    heartfelt_torch_outcome &outcome) {
  const c10::OptionalDeviceGuard guard(device_);
  const Lane::Guard lane(lane_);
  makeRoom(batch.shards);
  if (batch.count == 0) return nothing(outcome);
  Words words;
  const auto index = words.add(step.index & 0xFFFFFFFF);
  std::vector<int64_t> numbers;
  for (int64_t row = 0; row < batch.count; row++) {
    numbers.push_back(batch.row_numbers ? batch.row_numbers[row] : row);
  }
  const auto rowNumbers = words.add(numbers.data(), batch.count);

  Recipe recipe;
  recipe.key = {ofRows, batch.count, batch.whole_count, static_cast<int64_t>(step.seed)};
  add(recipe.key, batch.shards);
  recipe.inputs = {
      at::from_blob(const_cast<float *>(batch.inputs), {batch.count, inputLength_}, at::kFloat),
      at::from_blob(const_cast<float *>(batch.targets), {batch.count, headCount_}, at::kFloat),
      words.tensor(device_)};
  recipe.body = [this, count = int64_t{batch.count}, whole = batch.whole_count, index, rowNumbers,
                 seed = step.seed, shards = batch.shards](const Tensors &inputs) {
    const Dropout dropout{
        seed, integers(inputs[2], index, {1, 1, 1}), integers(inputs[2], rowNumbers, {count})};
    return train({inputs[0], inputs[1], dropout}, whole, shards);
  };
  copyOutcome(recorder_.run(recipe), outcome);
}

void Network::backwardTransformed(
    const heartfelt_torch_transformation &transformation, int64_t wholeCount,
    const heartfelt_torch_shards &shards, const heartfelt_torch_step &step,
    heartfelt_torch_outcome &outcome) {
  const c10::OptionalDeviceGuard guard(device_);
  const Lane::Guard lane(lane_);
  const int64_t versions = transformation.version_count;
  if (versions != headCount_) {
    throw std::runtime_error(
        "a batch of " + std::to_string(versions) + " versions needs as many heads, not " +
        std::to_string(headCount_));
  }
  makeRoom(shards);
  auto drawn = Drawn(transformation, device_, lane_);
  if (drawn.rowCount() == 0) return nothing(outcome);
  const auto index = drawn.words().add(step.index & 0xFFFFFFFF);

  Recipe recipe;
  recipe.key = {ofVersions, wholeCount, static_cast<int64_t>(step.seed)};
  add(recipe.key, shards);
  drawn.addKey(recipe.key);
  recipe.inputs = {drawn.words().tensor(device_)};
  recipe.body = [this, drawn = std::move(drawn), index, wholeCount, seed = step.seed,
                 shards](const Tensors &inputs) {
    const auto &words = inputs[0];
    const auto made = drawn.rows(words);
    const auto targets =
        at::eye(headCount_, at::TensorOptions(at::kFloat).device(device_))
            .index_select(0, made.versions);
    return train(
        {made.samples, targets, {seed, integers(words, index, {1, 1, 1}), made.numbers}},
        wholeCount, shards);
  };
  copyOutcome(recorder_.run(recipe), outcome);
}

/// Room for the gradients of the shards held; made before a step is recorded.
void Network::makeRoom(const heartfelt_torch_shards &shards) {
  const int64_t held = shards.end - shards.first;
  if (shards.count == 0 || (shardGradients_.defined() && shardGradients_.size(0) >= held)) return;
  // A recorded step writes to where they were: so there is room for the most shards of any batch at once.
  shardGradients_ = at::zeros(
      {std::max<int64_t>(held, 16), parameters_}, at::TensorOptions(at::kFloat).device(device_));
}

/// A process without rows: more processes than shards or windows in the last batch.
void Network::nothing(heartfelt_torch_outcome &) {
  const at::NoGradGuard guard;
  gradients_.zero_();
}

Tensors Network::train(
    const Rows &rows, int64_t wholeCount, const heartfelt_torch_shards &shards) {
  NoAdvice handler;
  const c10::WarningUtils::WarningHandlerGuard quiet(&handler);
  const at::AutoGradMode withGradients(true);
  std::vector<at::Tensor> allLosses, allLogits;
  int64_t shard = 0;
  for (const auto &piece : pieces(shards, rows.inputs.size(0))) {
    gradients_.zero_();
    const auto size = together(piece.count);
    for (int64_t at = 0; at < piece.count; at += size) {
      const auto first = piece.first + at, count = std::min(size, piece.count - at);
      const Dropout dropout{
          rows.dropout.seed, rows.dropout.step, rows.dropout.rows.narrow(0, first, count)};
      const auto logits = this->logits(trunk(rows.inputs.narrow(0, first, count)), &dropout);
      const auto losses = this->losses(logits, rows.targets.narrow(0, first, count));
      ((losses.sum(0) * lossWeights_).sum() / static_cast<double>(wholeCount)).backward();
      allLogits.push_back(logits.detach());
      allLosses.push_back(losses.detach());
    }
    if (shards.count > 0) shardGradients_[shard++].copy_(gradients_);
  }
  // Whoever holds all shards adds them as several processes do.
  if (shards.count > 0 && shards.end - shards.first == shards.count) {
    gradients_.copy_(shardGradients_[0]);
    for (int64_t other = 1; other < shards.count; other++) {
      gradients_.add_(shardGradients_[other]);
    }
  }
  return {at::cat(allLosses), at::cat(allLogits)};
}

void Network::getGradients(float l2, float *values) {
  const at::NoGradGuard guard;
  const Lane::Guard lane(lane_);
  const auto host =
      gradients_.addcmul(kernelMask_, weights_, l2).to(at::kCPU, at::kFloat).contiguous();
  std::memcpy(values, host.const_data_ptr<float>(), host.numel() * sizeof(float));
}

// MARK: Update

double Network::update(const heartfelt_torch_step &step) {
  const at::NoGradGuard noGrad;
  const c10::OptionalDeviceGuard guard(device_);
  const Lane::Guard lane(lane_);
  // Step size and step number change from step to step, and so are read on the device.
  const auto numbers =
      at::empty({2}, at::TensorOptions(at::kFloat).pinned_memory(device_.is_cuda()));
  numbers.mutable_data_ptr<float>()[0] = step.learning_rate;
  numbers.mutable_data_ptr<float>()[1] = static_cast<float>(steps_ + 1);

  Recipe recipe;
  recipe.key = {
      ofUpdate, bits(step.beta1), bits(step.beta2), bits(step.epsilon), bits(step.l2)};
  recipe.inputs = {numbers};
  recipe.body = [this, step](const Tensors &inputs) -> Tensors {
    const at::NoGradGuard noGrad;
    at::Tensor squares;
    if (step.l2 != 0) {
      const auto kernels = weights_.mul(kernelMask_);
      squares = kernels.to(at::kDouble).square_().sum();
      gradients_.add_(kernels, step.l2);
    }
    at::_fused_adam_(
        {weights_}, {gradients_}, {first_}, {second_}, {}, {inputs[0][1]}, inputs[0][0],
        step.beta1, step.beta2, 0, step.epsilon, false, false);
    return {squares};
  };
  const auto results = recorder_.run(recipe);
  steps_++;
  return results[0].defined() ? results[0].item<double>() * step.l2 / 2 : 0;
}

}  // namespace heartfelt
