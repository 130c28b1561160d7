import ECGPretext
import Foundation
import Testing

@Suite struct TransformationSetTests {
  private let published = [
    "original", "noise", "scaling", "negation", "inversion", "permutation", "warp",
  ]

  @Test func theStandardSetIsThePublishedSevenInTheirOrder() {
    #expect(TransformationSet.standard.names == published)
    #expect(TransformationCatalogue.names == published)
    let values = TransformationSet.standard.members.map(\.settingValues)
    #expect(
      values == [
        [:], ["signalToNoise": 15], ["factor": 1.1], [:], [:], ["pieces": 20],
        ["pieces": 9, "stretch": 1.05],
      ])
  }

  @Test func aSetSurvivesJSON() throws {
    let set = try TransformationSet.standard.with(Permutation(pieces: 5))
      .with(TimeWarp(pieces: 3, stretch: 1.5)).without("negation")
    let decoded = try JSONDecoder().decode(
      TransformationSet.self, from: JSONEncoder().encode(set))
    #expect(decoded == set)
    #expect(decoded != .standard)
  }

  @Test func settingsThatAreNotGivenKeepThePublishedValue() throws {
    let json = #"[{"name": "original"}, {"name": "warp", "pieces": 4}]"#
    let set = try JSONDecoder().decode(TransformationSet.self, from: Data(json.utf8))
    #expect(set.names == ["original", "warp"])
    #expect(set["warp"]?.settingValues == ["pieces": 4, "stretch": 1.05])
  }

  @Test(arguments: [
    (#"[{"name": "blur"}]"#, "there is no transformation 'blur'; choose from original, noise"),
    (#"[{"name": "noise", "snr": 3}]"#, "'noise' has no setting 'snr'; it has signalToNoise"),
    (#"[{"name": "original", "a": 3}]"#, "'original' has no setting 'a'; it has none"),
    (
      #"[{"name": "permutation", "pieces": 1}]"#,
      "pieces of 'permutation' must be a whole number from 2.0 to 100000.0, not 1.0"
    ),
    (#"[{"name": "permutation", "pieces": 2.5}]"#, "whole number"),
    (#"[{"name": "warp", "stretch": 0.5}]"#, "stretch of 'warp' must be a number from 1.0 to 10.0"),
    ("[]", "at least one transformation"),
    (#"[{"name": "noise"}, {"name": "noise"}]"#, "'noise' is listed twice"),
  ])
  func whatCannotBeDoneIsRefusedInASentence(json: String, sentence: String) throws {
    let error = try #require(throws: PretextError.self) {
      try JSONDecoder().decode(TransformationSet.self, from: Data(json.utf8))
    }
    #expect(error.description.contains(sentence))
  }

  @Test func aSetChecksSettingsMadeInCode() {
    #expect(throws: PretextError.self) { try TransformationSet([Permutation(pieces: 0)]) }
    #expect(throws: PretextError.self) {
      try TransformationSet([AdditiveNoise(signalToNoise: .nan)])
    }
    #expect(throws: PretextError.self) { try TransformationSet.standard.without("blur") }
  }

  @Test func everyTransformationDescribesItsSettings() {
    for type in TransformationCatalogue.all {
      #expect(type.settingDescriptions.count == type.init().settingValues.count)
    }
    #expect(
      Permutation.settingDescriptions == [
        "pieces: the number of pieces m, a whole number from 2.0 to 100000.0 (published: 20.0)"
      ])
  }
}
