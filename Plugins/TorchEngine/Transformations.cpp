/// The six transformations on a device: the definitions of `Sources/ECGPretext/Transformations`, whole
/// batches at a time. What is drawn per window (orders, places) is drawn there and comes in; noise is
/// made here from the same counters, so both sides make the same signals but for rounding.
#include "Drawn.hpp"
#include "Philox.hpp"
#include "WindowStream.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <stdexcept>

namespace heartfelt {

// MARK: Packing

Drawn::Drawn(
    const heartfelt_torch_transformation &from, at::Device device, const Lane &lane)
    : isChosen_(!from.samples), windows_(from.windows), length_(from.length), seed_(from.seed) {
  if (from.samples) {
    samples_ = at::from_blob(const_cast<float *>(from.samples), {windows_, length_}, at::kFloat)
                   .to(device);
  } else if (from.stream) {
    samples_ = from.stream->stream.windows(from.slot, lane);
  } else if (from.resident) {
    samples_ = from.resident->samples;
  }
  if (!samples_.defined() || samples_.device() != device) {
    throw std::runtime_error("the windows lie on another device than the network");
  }
  if (isChosen_) indices_ = words_.add(from.indices, windows_);
  const auto low = [](int64_t value) { return value & 0xFFFFFFFF; };
  std::vector<int64_t> numbers(from.numbers, from.numbers + windows_);
  std::transform(numbers.begin(), numbers.end(), numbers.begin(), low);
  lengths_ = words_.add(from.lengths, windows_);
  numbers_ = words_.add(numbers.data(), windows_);
  epoch_ = words_.add(low(from.epoch));

  std::vector<int64_t> versionOf;
  for (int32_t index = 0; index < from.version_count; index++) {
    const auto &version = from.versions[index];
    Version packed{version.kind, version.value, version.purpose, version.count, !version.windows,
                   version.pieces, {}, {}, {}, {}, {}, {}};
    const int64_t all = packed.count * packed.pieces;
    if (version.windows) packed.windows = words_.add(version.windows, packed.count);
    if (version.kind == heartfelt_torch_permutation || version.kind == heartfelt_torch_warp) {
      packed.outputStarts = words_.add(version.output_starts, all);
      packed.sourceStarts = words_.add(version.source_starts, all);
    }
    if (version.kind == heartfelt_torch_warp) {
      packed.steps = words_.add(version.steps, all);
      packed.pieceLengths = words_.add(version.piece_lengths, packed.count);
      packed.ends = words_.add(version.ends, packed.count);
    }
    versionOf.insert(versionOf.end(), packed.count, index);
    rowCount_ += packed.count;
    versions_.push_back(packed);
  }

  std::vector<int64_t> order(rowCount_);
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int64_t one, int64_t other) {
    return from.rows[one] < from.rows[other];
  });
  std::vector<int64_t> sorted(rowCount_), rows(rowCount_);
  for (int64_t row = 0; row < rowCount_; row++) {
    sorted[row] = versionOf[order[row]];
    rows[row] = from.rows[order[row]];
  }
  order_ = words_.add(order.data(), rowCount_);
  rowVersions_ = words_.add(sorted.data(), rowCount_);
  rowNumbers_ = words_.add(rows.data(), rowCount_);
}

void Drawn::addKey(std::vector<int64_t> &key) const {
  const auto place = reinterpret_cast<intptr_t>(samples_.const_data_ptr());
  key.insert(
      key.end(), {place, isChosen_, windows_, length_, rowCount_, static_cast<int64_t>(seed_)});
  for (const auto &version : versions_) {
    int64_t value;
    std::memcpy(&value, &version.value, sizeof value);
    key.insert(
        key.end(), {version.kind, value, version.purpose, version.count, version.isOfAll,
                    version.pieces});
  }
}

// MARK: Making

/// k windows on a device, and what a version of them needs.
struct Windows {
  int64_t count, length;
  const Drawn &drawn;
  const at::Tensor &words;
  /// [k, T]; [1, T]; [k, 1] each; [k, T], true before a window's trailing zeros.
  at::Tensor samples, time, lengths, numbers, isSignal;

  /// All windows of a batch.
  Windows(const Drawn &drawn, const at::Tensor &words)
      : count(drawn.windows_), length(drawn.length_), drawn(drawn), words(words) {
    samples = drawn.samples_;
    if (drawn.isChosen_) {
      samples = samples.index_select(0, integers(words, drawn.indices_, {count}));
    }
    time = at::arange(length, words.options()).view({1, length});
    lengths = integers(words, drawn.lengths_, {count, 1});
    numbers = integers(words, drawn.numbers_, {count, 1});
    isSignal = time.lt(lengths);
  }

  /// Those of a version.
  Windows(const Windows &all, const Drawn::Version &version) : Windows(all) {
    count = version.count;
    if (version.isOfAll) return;
    const auto places = integers(words, version.windows, {count});
    samples = all.samples.index_select(0, places);
    lengths = all.lengths.index_select(0, places);
    numbers = all.numbers.index_select(0, places);
    isSignal = time.lt(lengths);
  }

  uint64_t seed() const { return drawn.seed_; }
  at::Tensor epoch() const { return integers(words, drawn.epoch_, {1, 1}); }

  at::Tensor samplesAt(const at::Tensor &places) const {
    return samples.gather(1, places.clamp(0, length - 1));
  }
};

namespace {

/// Standard normal numbers, [k, T]: those of `AdditiveNoise` for the same address.
at::Tensor normals(const Windows &windows, uint32_t purpose) {
  const auto options = windows.words.options();
  const auto key = at::full({1, 1}, static_cast<int64_t>(purpose), options);
  // A block has the bits of two pairs of normal numbers.
  const auto blocks = at::arange((windows.length + 3) / 4, options).view({1, -1});
  const auto words = philox(blocks, windows.numbers, windows.epoch(), key, windows.seed());
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

  Pieces(const Windows &windows, const Drawn::Version &version) {
    const int64_t count = version.pieces;
    starts = integers(windows.words, version.outputStarts, {windows.count, count}).contiguous();
    sources = integers(windows.words, version.sourceStarts, {windows.count, count});
    const auto time = windows.time.expand({windows.count, windows.length}).contiguous();
    piece = at::searchsorted(starts, time, false, true).sub_(1).clamp_(0, count - 1);
  }
};

at::Tensor permuted(const Windows &windows, const Drawn::Version &version) {
  const Pieces pieces(windows, version);
  return windows.samplesAt(
      pieces.sources.gather(1, pieces.piece) + windows.time -
      pieces.starts.gather(1, pieces.piece));
}

/// Linear resizing of each piece with half-pixel centres; positions are rounded to single precision,
/// as `LinearResize` has it.
at::Tensor warped(const Windows &windows, const Drawn::Version &version) {
  const Pieces pieces(windows, version);
  const auto steps = doubles(windows.words, version.steps, {windows.count, version.pieces});
  const auto last = integers(windows.words, version.pieceLengths, {windows.count, 1}).sub(1);
  const auto ends = integers(windows.words, version.ends, {windows.count, 1});

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

at::Tensor made(const Windows &windows, const Drawn::Version &version) {
  switch (version.kind) {
    case heartfelt_torch_original: return windows.samples;
    case heartfelt_torch_noise: {
      const auto energy = windows.samples.to(at::kDouble).square_().sum(1, true);
      const auto deviation =
          energy.div_(windows.lengths).mul_(version.value).sqrt_().to(at::kFloat);
      return windows.samples + deviation * normals(windows, version.purpose);
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

at::Tensor Drawn::versions(const at::Tensor &words) const {
  const at::NoGradGuard guard;
  const Windows all(*this, words);
  std::vector<at::Tensor> versions;
  for (const auto &version : versions_) {
    if (version.count == 0) continue;
    const Windows windows(all, version);
    versions.push_back(at::where(
        windows.isSignal, made(windows, version), at::zeros({}, windows.samples.options())));
  }
  return at::cat(versions);
}

Drawn::Rows Drawn::rows(const at::Tensor &words) const {
  const at::NoGradGuard guard;
  const auto order = integers(words, order_, {rowCount_});
  return {versions(words).index_select(0, order), integers(words, rowVersions_, {rowCount_}),
          integers(words, rowNumbers_, {rowCount_})};
}

}  // namespace heartfelt
