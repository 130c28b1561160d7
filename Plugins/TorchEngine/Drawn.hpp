/// Versions of windows as what was drawn for them, and their making on a device.
#pragma once

#include "Lane.hpp"
#include "TorchEngine.h"
#include "Words.hpp"

#include <ATen/core/Tensor.h>

#include <vector>

namespace heartfelt {

/// A `heartfelt_torch_transformation`, in words that travel to the device in one copy.
class Drawn {
 public:
  /// Packs the draws. Windows that are on their way to the device are waited for, on the lane.
  Drawn(const heartfelt_torch_transformation &from, at::Device device, const Lane &lane);

  /// A version of some windows: what is said of it that is no number of a window.
  struct Version {
    int32_t kind;
    double value;
    uint32_t purpose;
    /// Windows that have it, and whether these are all.
    int64_t count;
    bool isOfAll;
    int64_t pieces;
    Words::Section windows, outputStarts, sourceStarts, steps, pieceLengths, ends;
  };

  /// The rows in ascending order of their places in the whole batch.
  struct Rows {
    /// [N, T]; the version of each; its place in the whole batch.
    at::Tensor samples, versions, numbers;
  };

  Words &words() { return words_; }
  int64_t rowCount() const { return rowCount_; }
  /// Adds everything that is not in the words.
  void addKey(std::vector<int64_t> &key) const;

  /// The samples, version after version, [N, T], from the words on the device.
  at::Tensor versions(const at::Tensor &words) const;
  /// The same in the order of the batch.
  Rows rows(const at::Tensor &words) const;

 private:
  friend struct Windows;

  Words words_;
  /// The windows on the device: this batch's, or more, of which `indices` are taken.
  at::Tensor samples_;
  bool isChosen_;
  int64_t windows_, length_, rowCount_ = 0;
  uint64_t seed_;
  Words::Section indices_, lengths_, numbers_, epoch_, order_, rowVersions_, rowNumbers_;
  std::vector<Version> versions_;
};

}  // namespace heartfelt

/// Windows on a device, [count, T].
struct heartfelt_torch_windows {
  at::Tensor samples;
};
