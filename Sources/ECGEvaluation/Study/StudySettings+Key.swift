import Foundation

/// What settings add to the name of a cell or of a trunk: those that depart from `original`, the value
/// that each stands at when nothing is said of it in a name.
///
/// So names outlive the program's growth and are never mistaken. A setting that is new is put into
/// `original` with the value under which everything is computed as before, and no name changes. A
/// default that becomes another departs from `original`, where it is *not* changed, and every name that it
/// concerns changes.
extension StudySettings {
  /// Every setting with its value in names. A new setting is added; nothing here is ever changed.
  package static let original: SettingsTree = [
    "folds": 5, "leaveOneOut": false, "validationShare": 0.2, "refit": true,
    "wholeNetworkEpochs": 0,
    "pretraining": originalPretraining, "emotion": originalEmotion,
    "labels": ["share": 1, "unit": "person"],
    "corpus": ["source": "all", "windows": 0],
    "features": ["blocks": [], "centresPersons": false, "context": 0],
    "penalties": [1, 0.01, 0.1, 10, 100], "balancesClasses": true,
    "asPublished": [], "resamples": 2000, "permutations": 2000,
  ]

  /// The part of `original` that trunks depend on.
  package static let originalPretraining: SettingsTree = [
    "transformations": [
      ["name": "original"], ["name": "noise", "signalToNoise": 15],
      ["name": "scaling", "factor": 1.1], ["name": "negation"], ["name": "inversion"],
      ["name": "permutation", "pieces": 20], ["name": "warp", "pieces": 9, "stretch": 1.05],
    ],
    "epochs": 100, "batchWindows": 128, "seed": 1,
    "optimisation": [
      "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "l2": 1e-4, "learningRate": 1e-3,
      "decay": 0.9, "decaySteps": 10_000,
    ],
    "trunk": [
      "blocks": [
        ["filters": 32, "kernel": 32], ["filters": 64, "kernel": 16],
        ["filters": 128, "kernel": 8],
      ],
      "poolWidth": 8, "poolStride": 2, "leak": 0.2,
    ],
    "headHidden": [128, 128], "headDropout": 0.6, "lossWeights": [:],
  ]

  private static let originalEmotion: SettingsTree = [
    "adaptation": "frozen", "hidden": [512, 512], "dropout": 0, "l2": 0, "learningRate": 1e-3,
    "epochs": 200, "batchSize": 128, "patience": 0, "criterion": "macroF1",
    "standardisesFeatures": false, "seed": 1,
  ]
}

extension SettingsTree {
  /// A value as it is written.
  package init(of value: some Encodable) throws {
    self = try JSONDecoder().decode(SettingsTree.self, from: JSONEncoder().encode(value))
  }

  /// What is said here and not in `original`, as text: the same for the same departures.
  package func departures(from original: SettingsTree) -> String {
    (departing(from: original) ?? [:]).text
  }

  /// The tree on one line, groups in the order of their names.
  private var text: String {
    switch self {
    case .null: "null"
    case .flag(let value): "\(value)"
    case .number(let value): "\(value)"
    case .text(let value): value.debugDescription
    case .list(let members): "[\(members.map(\.text).joined(separator: ","))]"
    case .group(let entries):
      "{\(entries.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value.text)" }.joined(separator: ","))}"
    }
  }

  /// This tree without what another one says too; nil where nothing is left.
  ///
  /// Nothing is lost: whoever has the other tree can put it together again.
  private func departing(from original: SettingsTree) -> SettingsTree? {
    guard self != original else { return nil }
    switch (self, original) {
    case (.group(let own), .group(let usual)):
      var left = own
      for (name, value) in usual {
        left[name] = own[name].map { $0.departing(from: value) } ?? .null
      }
      return .group(left)
    case (.list(let own), .list(let usual)):
      return .list(own.map { $0.departing(fromMemberOf: usual) })
    default: return self
    }
  }

  /// A member of a list without what the other list's member of the same name says, or the first one
  /// where members have no names.
  private func departing(fromMemberOf list: [SettingsTree]) -> SettingsTree {
    guard case .group(let own) = self,
      let usual = list.first(where: { $0["name"] == own["name"] }),
      case .group(let left) = departing(from: usual) ?? [:]
    else { return self }
    return .group(left.merging(own.filter { $0.key == "name" }) { $1 })
  }

  /// What a group says of a name.
  package subscript(name: String) -> SettingsTree? {
    if case .group(let entries) = self { entries[name] } else { nil }
  }
}
