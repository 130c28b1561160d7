import ECGDatasets
import Testing

@Suite struct TableTests {
  @Test(arguments: [
    "a,b\n1,2\n", "a;b\n1;2\n", "a\tb\r\n1\t2", "\u{FEFF}a,b\n\n1,2\n\n", " a , b \n1, 2,\n",
  ])
  func delimitersLineEndsAndMarksAreTold(text: String) throws {
    let table = try Table(text: text, path: "t")
    #expect(table.columns == ["a", "b"])
    #expect(table.rows.map(\.cells) == [["1", "2"]])
  }

  @Test func quotedCellsKeepDelimitersQuotesAndLineEnds() throws {
    let cells = ["a,b", "say \"no\"", "two\nlines", " blanks ", "plain", ""]
    let text = Table.line(["1", "2", "3", "4", "5", "6"]) + Table.line(cells)
    #expect(try Table(text: text, path: "t").rows.map(\.cells) == [cells])
  }

  @Test func rowsAreNumberedAsInTheFile() throws {
    let table = try Table(text: "a,b\n\n\"x\ny\",1\n2,2\n", path: "t")
    #expect(table.rows.map(\.number) == [3, 5])
  }

  @Test func shortRowsAreFilledUp() throws {
    #expect(try Table(text: "a,b,c\n1\n", path: "t").rows[0].cells == ["1", "", ""])
  }

  @Test(arguments: [
    ("", "empty"), ("\n\n", "empty"), ("a,a\n1,2\n", "twice"), ("a,b\n1,2,3\n", "3 cells"),
    ("a,b\n\"1,2\n", "never closed"),
  ])
  func whatIsNoTableIsRefusedWithASentence(text: String, words: String) {
    do {
      _ = try Table(text: text, path: "labels.csv")
      Issue.record("a damaged table was accepted")
    } catch {
      #expect("\(error)".contains(words))
      #expect("\(error)".contains("labels.csv"))
    }
  }
}
