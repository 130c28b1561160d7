import ECGFormats
import TestSupport
import Testing

@Suite struct NPZRecordingTests {
  @Test func wordsAndObjectsBesideTheSignalArePassedOver() throws {
    let url = golden.appending(path: "seeds/words.npz")
    let file = try openChannelFile(at: url)
    #expect(file.channels.map(\.name) == ["ecg"])
    #expect(file.channels[0].samplingRate == 250)
    #expect(try file.samples(of: 0, scaledBy: 1).values.count == 12)
    let names = file.details.map(\.name)
    #expect(["labels", "info", "marks"].allSatisfy(names.contains))
  }
}
