/// The six transformations on a device: the definitions of `Sources/ECGPretext/Transformations`, whole
/// batches at a time. What is drawn per window (orders, places) is drawn there and comes in; noise is
/// made here from the same counters, so both sides make the same signals but for rounding.
#include "Network.hpp"
#include "Philox.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <stdexcept>

namespace heartfelt {

namespace {

at::Tensor integers(const int32_t *values, at::IntArrayRef sizes, at::Device device) {
  return at::from_blob(const_cast<int32_t *>(values), sizes, at::kInt).to(device, at::kLong);
}

at::Tensor integers(const int64_t *values, at::IntArrayRef sizes, at::Device device) {
  return at::from_blob(const_cast<int64_t *>(values), sizes, at::kLong).to(device);
}

/// n windows on a device, and what all versions of them need.
struct Windows {
  at::Device device;
  int64_t count, length;
  /// [n, T]; [1, T]; [n, 1]; [n, T], true before a window's trailing zeros.
  at::Tensor samples, time, lengths, isSignal;

  Windows(const heartfelt_torch_transformation &from, at::Device device)
      : device(device), count(from.windows), length(from.length) {
    if (from.samples) {
      samples = at::from_blob(const_cast<float *>(from.samples), {count, length}, at::kFloat)
                    .to(device);
    } else {
      if (!from.resident || from.resident->samples.device() != device) {
        throw std::runtime_error("the windows lie on another device than the network");
      }
      samples =
          from.resident->samples.index_select(0, integers(from.indices, {count}, device));
    }
    time = at::arange(length, at::TensorOptions(at::kLong).device(device)).view({1, length});
    lengths = integers(from.lengths, {count, 1}, device);
    isSignal = time.lt(lengths);
  }

  at::Tensor samplesAt(const at::Tensor &places) const {
    return samples.gather(1, places.clamp(0, length - 1));
  }
};

/// Standard normal numbers, [n, T]: those of `AdditiveNoise` for the same address.
at::Tensor normals(
    const Windows &windows, const heartfelt_torch_transformation &from, uint32_t purpose) {
  const auto options = at::TensorOptions(at::kLong).device(windows.device);
  const auto word = [&](int64_t value) { return at::full({1, 1}, value & 0xFFFFFFFF, options); };
  const auto numbers =
      integers(from.numbers, {windows.count, 1}, windows.device).bitwise_and(0xFFFFFFFF);
  // A block has the bits of two pairs of normal numbers.
  const auto blocks = at::arange((windows.length + 3) / 4, options).view({1, -1});
  const auto words = philox(blocks, numbers, word(from.epoch), word(purpose), from.seed);
  const auto interleaved = [&](const at::Tensor &even, const at::Tensor &odd) {
    return at::stack({even, odd}, 2).view({windows.count, -1}).to(at::kFloat);
  };
  const auto upper = interleaved(words[1], words[3]), lower = interleaved(words[0], words[2]);
  const auto radius = upper.add(0.5).mul_(0x1p-32).log_().mul_(-2).sqrt_();
  const auto angle = lower.mul(0x1p-32).mul_(2 * static_cast<float>(M_PI));
  return at::stack({radius.mul(angle.cos()), radius.mul(angle.sin())}, 2)
      .view({windows.count, -1})
      .narrow(1, 0, windows.length);
}

/// The pieces of a permutation or a warp: which piece each sample of the output is in.
struct Pieces {
  at::Tensor starts, sources, piece;

  Pieces(const Windows &windows, const heartfelt_torch_version &version) {
    const int64_t count = version.pieces;
    starts = integers(version.output_starts, {windows.count, count}, windows.device);
    sources = integers(version.source_starts, {windows.count, count}, windows.device);
    const auto time = windows.time.expand({windows.count, windows.length}).contiguous();
    piece = at::searchsorted(starts, time, false, true).sub_(1).clamp_(0, count - 1);
  }
};

at::Tensor permuted(const Windows &windows, const heartfelt_torch_version &version) {
  const Pieces pieces(windows, version);
  return windows.samplesAt(
      pieces.sources.gather(1, pieces.piece) + windows.time -
      pieces.starts.gather(1, pieces.piece));
}

/// Linear resizing of each piece with half-pixel centres; positions are rounded to single precision,
/// as `LinearResize` has it.
at::Tensor warped(const Windows &windows, const heartfelt_torch_version &version) {
  const Pieces pieces(windows, version);
  const auto count = static_cast<int64_t>(version.pieces);
  const auto steps = at::from_blob(
      const_cast<double *>(version.steps), {windows.count, count}, at::kDouble).to(windows.device);
  const auto last = integers(version.piece_lengths, {windows.count, 1}, windows.device).sub_(1);
  const auto ends = integers(version.ends, {windows.count, 1}, windows.device);

  const auto index = windows.time - pieces.starts.gather(1, pieces.piece);
  const auto position = index.to(at::kDouble)
                            .add_(0.5).mul_(steps.gather(1, pieces.piece)).sub_(0.5)
                            .to(at::kFloat);
  const auto left = position.to(at::kLong);
  const auto isInside = position.gt(0).logical_and_(left.lt(last));
  const auto weight = position.sub(left.to(at::kFloat)).mul_(isInside);
  const auto source = pieces.sources.gather(1, pieces.piece);
  const auto place = at::minimum(left.clamp_min(0), last);
  const auto one = windows.samplesAt(source + place);
  const auto other = windows.samplesAt(source + at::minimum(place + 1, last));
  const auto resized = one * (1 - weight) + other * weight;
  return at::where(windows.time.lt(ends), resized, windows.samples);
}

at::Tensor version(
    const Windows &windows, const heartfelt_torch_transformation &from,
    const heartfelt_torch_version &version) {
  switch (version.kind) {
    case heartfelt_torch_original: return windows.samples;
    case heartfelt_torch_noise: {
      const auto energy = windows.samples.to(at::kDouble).square_().sum(1, true);
      const auto deviation =
          energy.div_(windows.lengths).mul_(version.value).sqrt_().to(at::kFloat);
      return windows.samples + deviation * normals(windows, from, version.purpose);
    }
    case heartfelt_torch_scaling: return windows.samples * static_cast<float>(version.value);
    case heartfelt_torch_negation: return windows.samples.neg();
    case heartfelt_torch_inversion: return windows.samplesAt(windows.lengths - 1 - windows.time);
    case heartfelt_torch_permutation: return permuted(windows, version);
    case heartfelt_torch_warp: return warped(windows, version);
    default:
      throw std::runtime_error(
          "the plugin knows no transformation of kind " + std::to_string(version.kind));
  }
}

}  // namespace

at::Tensor transform(const heartfelt_torch_transformation &from, at::Device device) {
  const at::NoGradGuard guard;
  const Windows windows(from, device);
  std::vector<at::Tensor> versions;
  for (int32_t index = 0; index < from.version_count; index++) {
    versions.push_back(at::where(
        windows.isSignal, version(windows, from, from.versions[index]),
        at::zeros({}, windows.samples.options())));
  }
  return at::stack(versions, 1).view({windows.count * from.version_count, windows.length});
}

}  // namespace heartfelt
