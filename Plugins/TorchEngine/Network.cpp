#include "Network.hpp"

#include "Philox.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <array>
#include <cstring>
#include <stdexcept>

namespace heartfelt {

at::Device device(const std::string &name) {
  const at::Device wanted(name);
  if (wanted.is_cpu()) return wanted;
  if (!wanted.is_cuda()) {
    throw std::runtime_error("there is no device '" + name + "'; choose cpu, cuda or cuda:N");
  }
  if (!at::globalContext().hasCUDA()) {
    throw std::runtime_error(
        "this build of LibTorch has no CUDA, so there is no device '" + name +
        "'; install a CUDA build of torch and run make torch again, or take --device cpu");
  }
  const auto count = c10::impl::VirtualGuardImpl(at::kCUDA).deviceCount();
  const auto index = wanted.has_index() ? wanted.index() : 0;
  if (index >= count) {
    throw std::runtime_error(
        "there is no device '" + name + "': the driver shows " + std::to_string(count) +
        " CUDA device(s); see nvidia-smi and CUDA_VISIBLE_DEVICES, or take --device cpu");
  }
  return at::Device(at::kCUDA, index);
}

namespace {

/// The settings of LibTorch that hold for the whole process.
void applyPrecision(int32_t precision, bool isCUDA) {
  if (!isCUDA) return;
  auto &context = at::globalContext();
  context.setAllowTF32CuBLAS(precision > 0);
  context.setAllowTF32CuDNN(precision > 0);
  // The exact mode also asks cuDNN for the same bits each time; the others for its fastest kernels.
  context.setDeterministicCuDNN(precision == 0);
  context.setBenchmarkCuDNN(precision > 0);
}

void copyOut(const at::Tensor &tensor, float *values) {
  const auto host = tensor.detach().to(at::kCPU, at::kFloat).contiguous();
  std::memcpy(values, host.const_data_ptr<float>(), host.numel() * sizeof(float));
}

/// Drops LibTorch's advice that gradients should lie as their own arrays: here they are views of one.
struct NoAdvice : c10::WarningHandler {
  void process(const c10::Warning &) override {}
};

at::Tensor activated(const at::Tensor &x, int32_t activation) {
  return activation == 0 ? at::relu(x) : at::leaky_relu(x, 0.2);
}

}  // namespace

// MARK: Parameters

Network::Network(
    const heartfelt_torch_architecture &architecture, const heartfelt_torch_settings &settings)
    : device_(heartfelt::device(settings.device)),
      lane_(device_),
      recorder_(device_, settings.graphs),
      precision_(settings.precision),
      rowsTogether_(settings.rows_together),
      inputLength_(architecture.input_length),
      featureCount_(architecture.input_length),
      headCount_(architecture.head_count),
      poolWidth_(architecture.pool_width),
      poolStride_(architecture.pool_stride),
      leak_(architecture.leak) {
  if (settings.threads > 0) at::set_num_threads(settings.threads);
  applyPrecision(precision_, device_.is_cuda());
  const c10::OptionalDeviceGuard guard(device_);
  const Lane::Guard lane(lane_);

  // Once for the number of parameters, then, when the arrays are there, for the views of them.
  addTrunk(architecture);
  addHeads(architecture);
  const auto options = at::TensorOptions(at::kFloat).device(device_);
  weights_ = at::zeros({parameters_}, options);
  gradients_ = at::zeros({parameters_}, options);
  first_ = at::zeros({parameters_}, options);
  second_ = at::zeros({parameters_}, options);
  std::vector<float> mask(isKernel_.begin(), isKernel_.end());
  kernelMask_ = at::from_blob(mask.data(), {parameters_}, at::kFloat).clone().to(device_);
  std::vector<double> weights;
  for (int32_t head = 0; head < headCount_; head++) {
    weights.push_back(architecture.heads[head].loss_weight);
  }
  lossWeights_ = at::tensor(weights, at::kDouble).to(device_);
  isKernel_.clear();
  parameters_ = logitCount_ = 0;
  addTrunk(architecture);
  addHeads(architecture);
}

int64_t Network::take(int64_t count, bool isKernel) {
  const auto offset = parameters_;
  parameters_ += count;
  if (!weights_.defined()) isKernel_.resize(parameters_, isKernel);
  return offset;
}

at::Tensor Network::leaf(at::IntArrayRef sizes, at::IntArrayRef strides, int64_t offset) {
  if (!weights_.defined()) return {};
  auto leaf = weights_.as_strided(sizes, strides, offset).detach();
  leaf.set_requires_grad(true);
  leaf.mutable_grad() = gradients_.as_strided(sizes, strides, offset);
  return leaf;
}

void Network::addTrunk(const heartfelt_torch_architecture &architecture) {
  convolutions_.clear();
  int64_t channels = 1;
  for (int32_t block = 0; block < architecture.block_count; block++) {
    const int64_t filters = architecture.filters[block], taps = architecture.kernels[block];
    for (const bool second : {false, true}) {
      const auto kernel = take(filters * channels * taps, true);
      const auto bias = take(filters, false);
      // A convolution along time is one of height 1: that is what cuDNN and oneDNN are best at.
      convolutions_.push_back({
          leaf({filters, channels, 1, taps}, {channels * taps, taps, taps, 1}, kernel),
          leaf({filters}, {1}, bias), taps, second && block + 1 < architecture.block_count});
      channels = filters;
    }
    featureCount_ = filters;
  }
}

void Network::addHeads(const heartfelt_torch_architecture &architecture) {
  heads_.clear();
  const auto *all = architecture.heads;
  const auto isAlike = [](const heartfelt_torch_head &one, const heartfelt_torch_head &other) {
    return one.hidden_count == other.hidden_count &&
           std::equal(one.hidden, one.hidden + one.hidden_count, other.hidden) &&
           one.activation == other.activation && one.dropout == other.dropout &&
           one.outputs == other.outputs && one.loss == other.loss;
  };
  for (int32_t first = 0; first < architecture.head_count;) {
    int32_t end = first + 1;
    while (end < architecture.head_count && isAlike(all[first], all[end])) end++;
    const auto &head = all[first];
    const int64_t count = end - first;

    std::vector<int64_t> units(head.hidden, head.hidden + head.hidden_count);
    units.push_back(head.outputs);
    int64_t size = 0, inputs = featureCount_;
    for (const auto outputs : units) {
      size += outputs * (inputs + 1);
      inputs = outputs;
    }
    // The heads lie one after the other; what is taken for each gives the places of their layers.
    const auto start = parameters_;
    for (int64_t member = 0; member < count; member++) {
      inputs = featureCount_;
      for (const auto outputs : units) {
        take(outputs * inputs, true);
        take(outputs, false);
        inputs = outputs;
      }
    }

    Heads group{first, count, logitCount_, head.outputs, head.activation, head.loss, head.dropout,
                {}};
    auto offset = start;
    inputs = featureCount_;
    for (size_t layer = 0; layer < units.size(); layer++) {
      const auto outputs = units[layer];
      Dense dense{leaf({count, outputs, inputs}, {size, inputs, 1}, offset),
                  leaf({count, outputs}, {size, 1}, offset + outputs * inputs), {}, outputs};
      std::vector<int64_t> purposes;
      for (int32_t member = first; member < end; member++) {
        purposes.push_back(purpose(
            "dropout." + std::string(all[member].name) + ".dense" + std::to_string(layer + 1)));
      }
      dense.purposes = at::tensor(purposes, at::kLong).view({count, 1, 1}).to(device_);
      group.layers.push_back(std::move(dense));
      offset += outputs * (inputs + 1);
      inputs = outputs;
    }
    heads_.push_back(std::move(group));
    logitCount_ += count * head.outputs;
    first = end;
  }
}

void Network::setParameters(const float *values) {
  const at::NoGradGuard guard;
  const Lane::Guard lane(lane_);
  weights_.copy_(at::from_blob(const_cast<float *>(values), {parameters_}, at::kFloat));
}

void Network::getParameters(float *values) const {
  const Lane::Guard lane(lane_);
  copyOut(weights_, values);
}

void Network::setMoments(const float *first, const float *second, int64_t steps) {
  const at::NoGradGuard guard;
  const Lane::Guard lane(lane_);
  const auto put = [&](at::Tensor &moments, const float *values) {
    if (!values) return void(moments.zero_());
    moments.copy_(at::from_blob(const_cast<float *>(values), {parameters_}, at::kFloat));
  };
  put(first_, first);
  put(second_, second);
  steps_ = steps;
}

void Network::getMoments(float *first, float *second, int64_t *steps) const {
  const Lane::Guard lane(lane_);
  copyOut(first_, first);
  copyOut(second_, second);
  *steps = steps_;
}

// MARK: Forward

int64_t Network::together(int64_t count) const {
  // A window takes some 5 MB on its way up and down. Processors are fastest with what fits their
  // caches, graphics cards with much at once.
  const int64_t usual = convolutions_.empty() ? 1 << 20 : device_.is_cuda() ? 1024 : 16;
  return std::max<int64_t>(1, std::min(rowsTogether_ > 0 ? rowsTogether_ : usual, count));
}

at::Tensor Network::toDevice(const float *values, int64_t rows, int64_t width) const {
  return at::from_blob(const_cast<float *>(values), {rows, width}, at::kFloat).to(device_);
}

at::Tensor Network::trunk(const at::Tensor &inputs) const {
  if (convolutions_.empty()) return inputs;
  const bool isHalf = precision_ == 2;
  const auto type = isHalf ? at::kBFloat16 : at::kFloat;
  const auto format = isHalf || device_.is_cuda() ? at::MemoryFormat::ChannelsLast
                                                  : at::MemoryFormat::Contiguous;
  auto x = inputs.view({inputs.size(0), 1, 1, inputLength_}).to(type).contiguous(format);
  for (const auto &convolution : convolutions_) {
    const auto kernel = convolution.kernel.to(type).contiguous(format);
    const auto length = x.size(3);
    // SAME padding puts (k − 1) / 2 zeros on the left, rounded down. With k even that is one less
    // than on the right: pad evenly and leave the first output out.
    const std::array<int64_t, 2> stride{1, 1}, padding{0, convolution.taps / 2};
    x = at::conv2d(x, kernel, convolution.bias.to(type), stride, padding);
    if (convolution.taps % 2 == 0) x = x.narrow(3, 1, length);
    x = at::leaky_relu(x, leak_);
    if (convolution.poolsAfter) x = at::max_pool2d(x, {1, poolWidth_}, {1, poolStride_});
  }
  // The place of the maximum gets the gradient; amax would share it among equals.
  return std::get<0>(x.squeeze(2).max(2)).to(at::kFloat);
}

at::Tensor Network::mask(const Dense &layer, float rate, const Dropout &dropout) const {
  const at::NoGradGuard guard;
  const auto options = at::TensorOptions(at::kLong).device(device_);
  const auto blocks = at::arange((layer.units + 3) / 4, options).view({1, 1, -1});
  const auto words = philox(
      blocks, dropout.rows.view({1, -1, 1}),
      dropout.step, layer.purposes, dropout.seed);
  const auto threshold = static_cast<int64_t>(static_cast<double>(rate) * 4294967296.0);
  const auto kept = at::stack({words[0], words[1], words[2], words[3]}, 3)
                        .view({layer.purposes.size(0), dropout.rows.size(0), -1})
                        .narrow(2, 0, layer.units)
                        .ge(threshold);
  return kept.to(at::kFloat).mul_(1 / (1 - rate));
}

at::Tensor Network::logits(const at::Tensor &features, const Dropout *dropout) const {
  std::vector<at::Tensor> columns;
  for (const auto &group : heads_) {
    auto x = features.unsqueeze(0).expand({group.count, features.size(0), features.size(1)});
    for (size_t layer = 0; layer < group.layers.size(); layer++) {
      const auto &dense = group.layers[layer];
      x = at::baddbmm(dense.bias.unsqueeze(1), x, dense.kernel.transpose(1, 2));
      if (layer + 1 == group.layers.size()) break;
      x = activated(x, group.activation);
      if (dropout && group.dropout > 0) x = x * mask(dense, group.dropout, *dropout);
    }
    columns.push_back(x.transpose(0, 1).reshape({features.size(0), group.count * group.outputs}));
  }
  return columns.size() == 1 ? columns[0] : at::cat(columns, 1);
}

at::Tensor Network::losses(const at::Tensor &logits, const at::Tensor &targets) const {
  std::vector<at::Tensor> columns;
  for (const auto &group : heads_) {
    const auto x = logits.narrow(1, group.firstLogit, group.count * group.outputs)
                       .to(at::kDouble)
                       .view({logits.size(0), group.count, group.outputs});
    const auto target = targets.narrow(1, group.first, group.count);
    if (group.loss == 1) {
      columns.push_back(at::log_softmax(x, 2)
                            .gather(2, target.to(at::kLong).unsqueeze(2)).squeeze(2).neg());
    } else {
      const auto wanted = group.outputs == 1
                              ? target.unsqueeze(2).to(at::kDouble)
                              : at::one_hot(target.to(at::kLong), group.outputs).to(at::kDouble);
      columns.push_back(
          at::binary_cross_entropy_with_logits(x, wanted, {}, {}, at::Reduction::None).mean(2));
    }
  }
  return columns.size() == 1 ? columns[0] : at::cat(columns, 1);
}

void Network::copyOutcome(const Tensors &results, heartfelt_torch_outcome &outcome) const {
  if (outcome.losses && results[0].defined()) {
    const auto host = results[0].to(at::kCPU).contiguous();
    std::memcpy(outcome.losses, host.const_data_ptr<double>(), host.numel() * sizeof(double));
  }
  if (outcome.logits) copyOut(results[1], outcome.logits);
}

std::vector<Piece> pieces(const heartfelt_torch_shards &shards, int64_t count) {
  if (shards.count == 0) return {{0, count}};
  const auto start = [&](int64_t shard) { return shard * shards.rows / shards.count; };
  if (start(shards.end) - start(shards.first) != count) {
    throw std::runtime_error("the rows given are not those of the shards named");
  }
  std::vector<Piece> pieces;
  for (int64_t shard = shards.first; shard < shards.end; shard++) {
    pieces.push_back({start(shard) - start(shards.first), start(shard + 1) - start(shard)});
  }
  return pieces;
}

// MARK: Inference

void Network::evaluate(const heartfelt_torch_batch &batch, heartfelt_torch_outcome &outcome) {
  const at::NoGradGuard noGrad;
  const c10::OptionalDeviceGuard guard(device_);
  const Lane::Guard lane(lane_);
  if (batch.count == 0) return;
  std::vector<at::Tensor> losses, logits;
  // Groups do not reach over shards: how rows are grouped may decide the last bits.
  for (const auto &piece : pieces(batch.shards, batch.count)) {
    const auto size = together(piece.count);
    for (int64_t at = 0; at < piece.count; at += size) {
      const auto first = piece.first + at, rows = std::min(size, piece.count - at);
      logits.push_back(this->logits(
          trunk(toDevice(batch.inputs + first * inputLength_, rows, inputLength_)), nullptr));
      if (!batch.targets) continue;
      losses.push_back(this->losses(
          logits.back(), toDevice(batch.targets + first * headCount_, rows, headCount_)));
    }
  }
  copyOutcome({losses.empty() ? at::Tensor() : at::cat(losses), at::cat(logits)}, outcome);
}

void Network::features(const float *inputs, int64_t count, float *features) {
  const at::NoGradGuard noGrad;
  const c10::OptionalDeviceGuard guard(device_);
  const Lane::Guard lane(lane_);
  const auto size = together(count);
  for (int64_t first = 0; first < count; first += size) {
    const auto rows = std::min(size, count - first);
    copyOut(
        trunk(toDevice(inputs + first * inputLength_, rows, inputLength_)),
        features + first * featureCount_);
  }
}

void Network::inputGradients(
    const float *inputs, int64_t count, int64_t logit, float *gradients) {
  const c10::OptionalDeviceGuard guard(device_);
  const Lane::Guard lane(lane_);
  NoAdvice handler;
  const c10::WarningUtils::WarningHandlerGuard quiet(&handler);
  const auto size = together(count);
  for (int64_t first = 0; first < count; first += size) {
    const auto rows = std::min(size, count - first);
    auto x = toDevice(inputs + first * inputLength_, rows, inputLength_).clone();
    x.set_requires_grad(true);
    logits(trunk(x), nullptr).select(1, logit).sum().backward();
    copyOut(x.grad(), gradients + first * inputLength_);
  }
}

}  // namespace heartfelt
