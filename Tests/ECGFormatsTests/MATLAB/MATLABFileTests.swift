import ECGFormats
import Foundation
import TestSupport
import Testing

@Suite struct MATLABFileTests {
  @Test(arguments: ["plain.mat", "packed.mat", "bigendian.mat"])
  func everyKindOfValueIsRead(_ name: String) throws {
    let file = try MATLABFile(at: golden.appending(path: "matlab/\(name)"))
    #expect(file["ECG"]?.array?.shape == [700, 2])
    #expect(file["fs"]?.number == 256)
    #expect(file["scores"]?.array?.column(3) == [9])
    #expect(file["name"]?.text == "Größe µV")
    let cells = try #require(file["cells"]?.elements)
    #expect(cells.count == 3)
    #expect(cells[0].array?.shape == [5, 1])
    #expect(cells[1].array?.count == 0)
    #expect(cells[2].text == "N1")
    let nested = try #require(file["nested"])
    #expect(nested["Age"]?.text == "22")
    #expect(nested["Data"]?["Gender"]?.text == "male")
    #expect(nested["Data"]?["ECG"]?.array?.shape == [7, 2])
    #expect(nested["single"]?.array?.count == 9)
    #expect(nested["flag"]?.array?.column(0) == [1])
    #expect(nested["big"]?.array?.element(0) == 0x1p40)
    #expect(nested["big"]?.array?.element(1) == -5)
    #expect(nested["small"]?.array?.element(0) == -7)
  }

  @Test func whatIsNotWantedIsPassedOver() throws {
    let file = try MATLABFile(at: golden.appending(path: "matlab/packed.mat")) { path in
      path != ["ECG"] && path != ["nested", "Data", "ECG"] && path != ["cells", "0"]
    }
    guard case .skipped = file["ECG"] else {
      Issue.record("held although not wanted")
      return
    }
    #expect(file["nested"]?["Data"]?["Gender"]?.text == "male")
    #expect(file["cells"]?.elements.last?.text == "N1")
    #expect(file["fs"]?.number == 256)
  }

  @Test func aWrongSumIsRefused() {
    let error = #expect(throws: FormatError.self) {
      try MATLABFile(at: golden.appending(path: "matlab/wrong_sum.mat"))
    }
    #expect(error?.description.contains("Adler-32") == true)
  }

  @Test func realLayoutsOfDreamerAndAmigosAreRead() throws {
    guard let folder = realRecordings("containers") else { return }
    let dreamer = try MATLABFile(at: folder.appending(path: "dreamer_like_v7.mat")) {
      !$0.contains("EEG")
    }
    let root = try #require(dreamer["DREAMER"])
    #expect(root["ECG_SamplingRate"]?.number == 256)
    let persons = try #require(root["Data"]?.elements)
    let stimuli = try #require(persons.first?["ECG"]?["stimuli"]?.elements)
    #expect(stimuli.first?.array?.columns == 2)
    #expect(persons.first?["ScoreValence"]?.array?.count == stimuli.count)

    let amigos = try MATLABFile(
      at: folder.appending(path: "amigos_like_Data_Preprocessed_P24.mat"))
    #expect(amigos["joined_data"]?.elements.count == 20)
    #expect(amigos["VideoIDs"]?.elements.count == 20)
    let full = amigos["joined_data"]?.elements.compactMap(\.array).first { $0.count > 0 }
    #expect(full?.columns == 17)
  }
}
