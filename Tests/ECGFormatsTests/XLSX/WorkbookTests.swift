import ECGFormats
import Foundation
import TestSupport
import Testing

@Suite struct WorkbookTests {
  @Test func cellsEqualWhatOpenpyxlWrote() throws {
    let book = try Workbook(at: golden.appending(path: "sheets/labels.xlsx"))
    #expect(book.sheets.map(\.name) == ["SWELLdata", "Zweites & drittes"])
    let rows = try #require(book.sheet(named: "swelldata")).rows
    #expect(rows.count == 9)
    #expect(rows[0] == ["PP", "Blok", "Condition", "Valence_rc", "note"].map { .text($0) })
    #expect(
      rows[1] == [.text("PP1"), .number(1), .text("N"), .number(4.5), .text("a < b & \"c\" ü")])
    #expect(rows[2][3] == .empty)
    #expect(rows[2][4] == .text(" spaces "))
    #expect(rows[3][3] == .number(1e-3))
    #expect(rows[3][4] == .truth(true))
    #expect(rows[8].count == 8)
    #expect(rows[8][7] == .text("far"))
    #expect(book.sheets[1].rows == [[], [.empty, .number(-7)]])
  }

  @Test func documentTypesAreRefused() {
    var scanner = XMLScanner(
      Bytes(Array("<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>".utf8)))
    #expect(throws: XMLScanner.Damage.self) { while try scanner.next() != nil {} }
  }

  @Test func elementsTextsAndEntitiesAreScanned() throws {
    var scanner = XMLScanner(
      Bytes(
        Array(
          "<?xml?><x:a k='1 &gt; 0' z=\"é\"><!-- no <b> --><b/>T&#228;&#x1F600;<![CDATA[<&]]></x:a>"
            .utf8)))
    var events: [XMLScanner.Event] = []
    while let event = try scanner.next() { events.append(event) }
    #expect(
      events == [
        .start("a", ["k": "1 > 0", "z": "é"]), .start("b", [:]), .end("b"), .text("Tä😀"),
        .text("<&"), .end("a"),
      ])
  }

  @Test func labelSheetsOfSwellAreRead() throws {
    guard let folder = realRecordings("containers") else { return }
    let book = try Workbook(at: folder.appending(path: "swell_like_behavioral-labels.xlsx"))
    let header = try #require(book.sheets.first?.rows.first).map(\.words)
    #expect(header.contains("PP"))
    #expect(header.contains { $0.hasPrefix("Valence") })
  }
}
