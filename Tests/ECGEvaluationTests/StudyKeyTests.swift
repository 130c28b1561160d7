import ECGEvaluation
import ECGPretext
import Testing

/// The names of cells and trunks outlive the program's growth and are never mistaken.
@Suite struct StudyKeyTests {
  private func key(
    _ settings: SettingsTree, original: SettingsTree = StudySettings.original
  ) -> String {
    StudyCell.key(["content"], settings: settings, original: original)
  }

  private func settings(_ change: (inout StudySettings) -> Void = { _ in }) throws -> SettingsTree {
    var settings = StudySettings()
    change(&settings)
    return try SettingsTree(of: settings)
  }

  @Test func aNewSettingWithItsDefaultLeavesTheKeysAsTheyAre() throws {
    let grown: [SettingsTree] = [
      ["smoothing": 0.5], ["emotion": ["warmUp": 3]], ["features": ["layers": []]],
      ["pretraining": ["optimisation": ["clipping": "none"]]],
    ]
    for change: (inout StudySettings) -> Void in [
      { _ in }, { $0.folds = 7 }, { $0.emotion.epochs = 3 }, { $0.features.blocks = [1, 2] },
    ] {
      let old = try settings(change)
      for new in grown {
        #expect(
          key(old.overlaid(by: new), original: StudySettings.original.overlaid(by: new)) == key(old)
        )
        let other: SettingsTree = ["smoothing": 0.7]
        #expect(
          key(old.overlaid(by: other), original: StudySettings.original.overlaid(by: new))
            != key(old))
      }
    }
  }

  /// A transformation or a block that gets a further setting.
  @Test func aNewSettingOfAListsMembersLeavesTheKeysAsTheyAre() {
    func lists(_ noise: SettingsTree, _ block: SettingsTree) -> SettingsTree {
      let usual: SettingsTree = ["name": "noise", "signalToNoise": 15]
      let blocks = [32, 64].map { (filters: Double) in
        SettingsTree.group(["filters": .number(filters)]).overlaid(by: block)
      }
      return [
        "transformations": [["name": "original"], usual.overlaid(by: noise)],
        "blocks": .list(blocks),
      ]
    }
    let old = lists([:], [:])
    let new = lists(["colour": "white"], ["dilation": 1])
    let few = old.overlaid(by: ["transformations": [["name": "noise", "signalToNoise": 5]]])
    let fewNow = new.overlaid(by: [
      "transformations": [["name": "noise", "signalToNoise": 5, "colour": "white"]]
    ])
    #expect(key(old, original: old) == key(new, original: new))
    #expect(key(few, original: old) == key(fewNow, original: new))
    #expect(key(few, original: old) != key(old, original: old))
    #expect(
      key(lists(["colour": "pink"], ["dilation": 1]), original: new) != key(new, original: new))
    #expect(
      key(lists(["colour": "white"], ["dilation": 2]), original: new) != key(new, original: new))
  }

  /// What has become another default is another computation; who asks for the old one gets the old one.
  @Test func aChangedDefaultChangesTheKeys() throws {
    let old = try settings()
    for change: SettingsTree in [
      ["folds": 6], ["emotion": ["criterion": "loss"]], ["penalties": [1]], ["penalties": []],
      ["pretraining": ["trunk": ["leak": 0.1]]], ["pretraining": ["headHidden": [128]]],
    ] {
      #expect(key(old.overlaid(by: change)) != key(old))
    }
    let alone = try TransformationSet([Original()])
    var fewer = try settings { $0.pretraining.transformations = alone }
    #expect(key(fewer) != key(old))
    fewer = fewer.overlaid(by: ["pretraining": ["transformations": [["name": "noise"]]]])
    #expect(key(fewer) != key(old))
  }

  @Test func whatIsNoLongerThereIsNotTakenForItsDefault() throws {
    guard case .group(var entries) = try settings() else { return }
    entries["folds"] = nil
    #expect(key(.group(entries)) != key(try settings()))
  }

  /// Fails when a setting is new: put it into `StudySettings.original`, with the value under which
  /// everything is computed as before.
  @Test func everySettingHasItsValueInNames() throws {
    #expect(try settings().unknownPath(in: StudySettings.original) == nil)
    let known = StudySettings.originalPretraining["transformations"]
    let standard = try SettingsTree(of: TransformationSet.standard)
    #expect(standard.departures(from: known ?? .null) == "{}")
  }

  /// The names of today. They change only together with the number in `StudyCell.key`, and then every
  /// study computes all its cells anew.
  @Test func theNamesOfTodayStay() throws {
    #expect(key(try settings()) == "4983a0d28aa128ca0b7a0471dbdb74da")
    #expect(key(try settings { $0.folds = 3 }) == "f9dbfcc2d523bfd1deb62db3011390c1")
  }
}
