/// A table of a report, with its data to download.
public struct ReportTable: Sendable {
  /// A column.
  public struct Column: Sendable {
    /// The heading, with the unit.
    public var heading: String
    /// Whether its cells are numbers, which stand to the right.
    public var isNumber: Bool

    /// A column.
    public init(_ heading: String, isNumber: Bool = false) {
      self.heading = heading
      self.isNumber = isNumber
    }
  }

  /// A short name for the downloaded file.
  public var name: String
  /// What the table shows.
  public var caption: String
  /// The columns.
  public var columns: [Column]
  /// The rows; missing cells are empty.
  public var rows: [[String]]
  /// What is downloaded, where it says more than the cells; nil for these.
  public var data: String?

  /// A table.
  public init(name: String, caption: String, columns: [Column], rows: [[String]] = []) {
    self.name = name
    self.caption = caption
    self.columns = columns
    self.rows = rows
  }

  var csv: String {
    if let data { return data }
    var csv = CSVText(columns: columns.map(\.heading))
    for row in rows { csv.add(row.map { .text($0) }) }
    return csv.text
  }

  /// A value and its interval, which may stand below it but is not broken itself.
  private static func pieces(of cell: String, _ column: Column) -> [Markup] {
    guard column.isNumber, let bracket = cell.range(of: " [") else { return [.text(cell)] }
    return [
      .tag("span", text: String(cell[..<bracket.lowerBound])), .text(" "),
      .tag("span", [.class("interval")], text: String(cell[bracket.lowerBound...].dropFirst())),
    ]
  }

  var markup: Markup {
    let head = Markup.tag(
      "tr", [],
      columns.map { column in
        .tag("th", [.of("scope", "col")] + column.alignment, text: column.heading)
      })
    let body = rows.map { row in
      Markup.tag(
        "tr", [],
        columns.indices.map { index in
          let cell = index < row.count ? row[index] : ""
          return index == 0
            ? .tag("th", [.of("scope", "row")] + columns[index].alignment, text: cell)
            : .tag("td", columns[index].alignment, Self.pieces(of: cell, columns[index]))
        })
    }
    // Few numbers have the room to stand on one line with their intervals.
    let isRoomy = columns.filter(\.isNumber).count <= 3
    let table = Markup.tag(
      "table", isRoomy ? [.class("roomy")] : [],
      [.tag("caption", text: caption), .tag("thead", [], [head]), .tag("tbody", [], body)])
    return .tag("div", [.class("table")], [table])
  }
}

extension ReportTable.Column {
  fileprivate var alignment: [MarkupAttribute] { isNumber ? [.class("number")] : [] }
}
