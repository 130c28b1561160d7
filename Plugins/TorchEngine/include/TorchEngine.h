/// The contract between Heartfelt (Swift) and its LibTorch plugin (C++).
///
/// The plugin is a shared library that exports one symbol, `heartfelt_torch_engine`; everything else
/// is reached through the table that it returns. Heartfelt never links against it.
///
/// Conventions
/// - Arrays are row-major float32 in host memory. They belong to the caller, are read or written
///   during the call only, and are as large as their comment says. N rows, T samples, C features,
///   H heads, K logits of all heads, P parameters.
/// - Parameters, moments and gradients are one array of P floats: the tensors in the order of
///   `NetworkArchitecture.parameterShapes` (trunk.conv1.weight, trunk.conv1.bias, …, then each
///   head), each row-major: convolution kernels [out, in, taps], dense kernels [out, in], biases [out].
/// - A function that can fail returns NULL when all went well, otherwise a sentence in UTF-8 that the
///   caller gives back by `free_text`. No C++ exception leaves the plugin.
/// - What a `…_create` function hands out belongs to the caller until the matching `…_destroy`.
/// - A network is used by one thread at a time. Different networks may be used by different threads.
/// - `HEARTFELT_TORCH_ABI` grows with every change of this file; the two sides refuse each other when
///   it differs.
#ifndef HEARTFELT_TORCH_ENGINE_H
#define HEARTFELT_TORCH_ENGINE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HEARTFELT_TORCH_ABI 2

/// Dense layers on the features; as `NetworkArchitecture.Head`.
typedef struct {
  /// The prefix of its parameters, such as `heads.noise`: it keys the dropout masks.
  const char *name;
  const int32_t *hidden;
  int32_t hidden_count;
  /// 0: max(0, x); 1: max(0.2 x, x).
  int32_t activation;
  /// In [0, 1).
  float dropout;
  int32_t outputs;
  /// 0: sigmoid cross-entropy; 1: softmax cross-entropy.
  int32_t loss;
  float loss_weight;
} heartfelt_torch_head;

/// A network's shape; as `NetworkArchitecture`, and validated before it comes here.
typedef struct {
  /// T, or C where there is no trunk.
  int32_t input_length;
  /// Blocks of two convolutions; 0 for no trunk.
  int32_t block_count;
  const int32_t *filters;
  const int32_t *kernels;
  int32_t pool_width;
  int32_t pool_stride;
  /// Slope of the trunk's leaky ReLU below 0.
  float leak;
  int32_t head_count;
  const heartfelt_torch_head *heads;
} heartfelt_torch_architecture;

/// Where and how a network is computed.
typedef struct {
  /// `cpu`, `cuda` or `cuda:N`.
  const char *device;
  /// 0: float32 throughout; 1: TF32 products on CUDA; 2: bfloat16 trunk. Parameters, moments,
  /// gradients, heads, losses and Adam are float32 (losses float64) in each.
  int32_t precision;
  /// Processor threads for LibTorch, process-wide; 0 leaves LibTorch's own choice.
  int32_t threads;
  /// Rows that go forward and backward together, which bounds memory; 0 for the device's default.
  int32_t rows_together;
  /// Whether training steps are recorded and replayed: 0 never; 1 as CUDA graphs on CUDA; 2 on
  /// processors too, where a replay calls the recorded functions again (for tests).
  int32_t graphs;
} heartfelt_torch_settings;

/// The cut of a batch into shards (as `BatchShards`), and which of them are given: shard s has the rows
/// s · rows / count ..< (s + 1) · rows / count of the batch. Each goes backward by itself.
typedef struct {
  /// Rows of the batch that is cut.
  int64_t rows;
  /// Shards of it; 0 for no cut.
  int32_t count;
  /// The shards given, first ..< end.
  int32_t first;
  int32_t end;
} heartfelt_torch_shards;

/// Rows of a batch: all of it, or one process's part.
typedef struct {
  /// Rows given here, N.
  int32_t count;
  /// N × T.
  const float *inputs;
  /// N × H; see `NetworkArchitecture.Head.Loss`. NULL where no loss is asked for.
  const float *targets;
  /// Each row's number in the whole batch, N: it addresses the dropout masks. NULL for 0, 1, …, N − 1.
  const int64_t *row_numbers;
  /// Rows of the whole batch, which losses and gradients are averaged over.
  int64_t whole_count;
  /// The shards that the rows are.
  heartfelt_torch_shards shards;
} heartfelt_torch_batch;

/// What a training step needs besides.
typedef struct {
  float learning_rate;
  float beta1;
  float beta2;
  float epsilon;
  /// Weight of ½‖w‖² over all kernels.
  float l2;
  /// Key and step number of the dropout masks.
  uint64_t seed;
  int64_t index;
} heartfelt_torch_step;

/// What rows gave; filled by the plugin.
typedef struct {
  /// N × H: each row's losses, unweighted, in the order of the rows given; may be NULL.
  double *losses;
  /// N × K, in the order of the rows given; may be NULL.
  float *logits;
} heartfelt_torch_outcome;

/// How a window is transformed.
typedef enum {
  heartfelt_torch_original = 0,
  heartfelt_torch_noise = 1,
  heartfelt_torch_scaling = 2,
  heartfelt_torch_negation = 3,
  heartfelt_torch_inversion = 4,
  heartfelt_torch_permutation = 5,
  heartfelt_torch_warp = 6
} heartfelt_torch_kind;

/// One version of k of n windows. L is a window's length without its trailing zeros.
typedef struct {
  int32_t kind;
  /// k.
  int32_t count;
  /// The places of the k windows among the n, k; NULL for all n.
  const int64_t *windows;
  /// noise: 10^(−SNR / 10); scaling: the factor; otherwise unused.
  double value;
  /// noise: the purpose of its random stream.
  uint32_t purpose;
  /// permutation, warp: pieces a window has at most, m; a window with fewer repeats L in what is left
  /// of its lines.
  int32_t pieces;
  /// permutation, warp: where each piece begins in the output, k × m, ascending; may be negative.
  const int32_t *output_starts;
  /// permutation, warp: where it begins in the window, k × m.
  const int32_t *source_starts;
  /// warp: source samples per output sample, k × m.
  const double *steps;
  /// warp: samples of a piece in the window, k.
  const int32_t *piece_lengths;
  /// warp: where the last piece ends in the output, k; from there on the window is unchanged.
  const int32_t *ends;
} heartfelt_torch_version;

/// Versions of n windows, version after version: rows in all, N.
typedef struct {
  int32_t windows;
  int32_t length;
  /// Where the windows are, one of these three: n × T in host memory; those of `resident` at `indices`;
  /// those last sent by `slot` of `stream`, at `indices`.
  const float *samples;
  const struct heartfelt_torch_windows *resident;
  struct heartfelt_torch_stream *stream;
  int32_t slot;
  /// n: places in `resident` or in the slot.
  const int64_t *indices;
  /// n: L of each.
  const int32_t *lengths;
  /// n: the number that addresses each window's random numbers.
  const int64_t *numbers;
  uint64_t seed;
  int64_t epoch;
  int32_t version_count;
  const heartfelt_torch_version *versions;
  /// N: the place of each row in the whole batch, version after version.
  const int64_t *rows;
} heartfelt_torch_transformation;

typedef struct heartfelt_torch_network heartfelt_torch_network;
typedef struct heartfelt_torch_windows heartfelt_torch_windows;
typedef struct heartfelt_torch_stream heartfelt_torch_stream;
typedef struct heartfelt_torch_group heartfelt_torch_group;

/// Who takes part, and where they meet.
typedef struct {
  int32_t rank;
  int32_t size;
  const char *address;
  int32_t port;
  /// Whether somebody else (torchrun) serves the meeting point; otherwise rank 0 does.
  int32_t served;
  /// Keeps the keys of one start apart from those of the next.
  const char *prefix;
  /// `gloo` or `nccl`; nccl sums on the device of the network, and takes `device`.
  const char *backend;
  const char *device;
  /// After so long without an answer a process counts as lost.
  double timeout_seconds;
} heartfelt_torch_meeting;

/// Everything the plugin can do.
typedef struct {
  /// `HEARTFELT_TORCH_ABI` of the plugin.
  int32_t abi;
  /// LibTorch's version, such as `2.13.0`; static.
  const char *torch_version;
  /// The build in one line: ABI, CUDA or not, NCCL or not; static.
  const char *build;

  void (*free_text)(char *text);

  /// Devices of a kind, `cpu` or `cuda`; 0 where LibTorch has none of it.
  int32_t (*device_count)(const char *kind);

  // A network.
  char *(*network_create)(
      const heartfelt_torch_architecture *architecture, const heartfelt_torch_settings *settings,
      heartfelt_torch_network **network);
  void (*network_destroy)(heartfelt_torch_network *network);
  /// P.
  int64_t (*parameter_count)(const heartfelt_torch_network *network);
  char *(*set_parameters)(heartfelt_torch_network *network, const float *parameters);
  char *(*get_parameters)(heartfelt_torch_network *network, float *parameters);
  /// Adam's moments, P each, and the steps behind them; NULL moments for zeros.
  char *(*set_moments)(
      heartfelt_torch_network *network, const float *first, const float *second, int64_t steps);
  char *(*get_moments)(
      heartfelt_torch_network *network, float *first, float *second, int64_t *steps);

  // Inference, without dropout.
  /// Losses and logits of a batch.
  char *(*evaluate)(
      heartfelt_torch_network *network, const heartfelt_torch_batch *batch,
      heartfelt_torch_outcome *outcome);
  /// N × C.
  char *(*features)(
      heartfelt_torch_network *network, const float *inputs, int32_t count, float *features);
  /// N × T: the gradient of one logit by the input.
  char *(*input_gradients)(
      heartfelt_torch_network *network, const float *inputs, int32_t count, int32_t logit,
      float *gradients);

  // Training: `backward` and, in several processes, `sum_gradients`, then `update`.
  /// Forward with dropout, losses, backward. The gradient, without the L2 term, stays in the network.
  char *(*backward)(
      heartfelt_torch_network *network, const heartfelt_torch_batch *batch,
      const heartfelt_torch_step *step, heartfelt_torch_outcome *outcome);
  /// The same on versions of windows that are made on the device; their places in the whole batch,
  /// of `whole_count` rows, are the row numbers. Heads are taken to be the versions, in their order: a
  /// row's target is 1 for its own version, 0 for the others. Rows are computed, and losses and logits
  /// given, in ascending order of their places.
  char *(*backward_transformed)(
      heartfelt_torch_network *network, const heartfelt_torch_transformation *transformation,
      int64_t whole_count, const heartfelt_torch_shards *shards, const heartfelt_torch_step *step,
      heartfelt_torch_outcome *outcome);
  /// Adds the gradients of the shards that all processes hold, in the order of shards. Process r of P
  /// holds the shards r · S / P ..< (r + 1) · S / P.
  char *(*sum_shards)(
      heartfelt_torch_network *network, heartfelt_torch_group *group,
      const heartfelt_torch_shards *shards);
  /// Sums the gradients of all processes on the network's device, in the order of their ranks.
  char *(*sum_gradients)(heartfelt_torch_network *network, heartfelt_torch_group *group);
  /// Adds the L2 term and does one Adam step. `penalty` gets ½ l2 ‖w‖² of before the step.
  char *(*update)(
      heartfelt_torch_network *network, const heartfelt_torch_step *step, double *penalty);
  /// The gradient that `backward` left, with the L2 term added: P.
  char *(*get_gradients)(heartfelt_torch_network *network, float l2, float *gradients);

  /// How many steps were recorded, and how many replayed.
  void (*graph_counts)(heartfelt_torch_network *network, int64_t *recorded, int64_t *replayed);
  /// What the user should know, once, such as that a step could not be recorded; NULL for nothing.
  char *(*take_notice)(heartfelt_torch_network *network);

  // Windows on the device.
  char *(*windows_create)(
      const char *device, int64_t count, int32_t length, heartfelt_torch_windows **windows);
  void (*windows_destroy)(heartfelt_torch_windows *windows);
  /// Puts `count` windows (count × T) at `first`.
  char *(*windows_put)(
      heartfelt_torch_windows *windows, int64_t first, int64_t count, const float *samples);
  /// Two slots for `count` windows each, through which windows come that do not all fit the device.
  char *(*stream_create)(
      const char *device, int64_t count, int32_t length, heartfelt_torch_stream **stream);
  void (*stream_destroy)(heartfelt_torch_stream *stream);
  /// Host memory of slot 0 or 1, count × T; page-locked for CUDA. It may be written, by any thread, from
  /// when the step that read the slot has returned its outcome until `stream_send`.
  float *(*stream_buffer)(heartfelt_torch_stream *stream, int32_t slot);
  /// Begins to copy the first `count` windows of a slot's host memory to the device, and returns; a step
  /// that reads the slot waits for it there. May be called by another thread than the network's.
  char *(*stream_send)(heartfelt_torch_stream *stream, int32_t slot, int64_t count);
  /// The versions themselves, N × T, version after version: for tests.
  char *(*transform)(
      const char *device, const heartfelt_torch_transformation *transformation, float *versions);

  // Several processes.
  char *(*group_create)(const heartfelt_torch_meeting *meeting, heartfelt_torch_group **group);
  void (*group_destroy)(heartfelt_torch_group *group);
  /// Everybody's bytes in the order of ranks: `size` × `count` bytes.
  char *(*gather)(
      heartfelt_torch_group *group, const uint8_t *bytes, int64_t count, uint8_t *gathered);
  /// Gives process r its `counts[r]` values, which lie one process after the other, and takes what each
  /// has for this one, `received_counts[r]`, in the order of ranks.
  char *(*exchange)(
      heartfelt_torch_group *group, const float *values, const int64_t *counts, float *received,
      const int64_t *received_counts);
  /// Replaces values by their sum over all processes, added in the order of ranks.
  char *(*sum)(heartfelt_torch_group *group, float *values, int64_t count);
} heartfelt_torch_functions;

/// The table. It lives as long as the library is open.
const heartfelt_torch_functions *heartfelt_torch_engine(void);

#ifdef __cplusplus
}
#endif

#endif
