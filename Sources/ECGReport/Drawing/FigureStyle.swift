/// How figures look: one style sheet for drawings by themselves and within a page.
///
/// Colours are CSS variables, set for light and, on a screen that asks for it, dark. Each is preceded
/// by the light value itself for programs that know no variables. Hues are told apart in the common
/// forms of colour blindness (after Okabe and Ito, "Color Universal Design", 2008); nothing is said by
/// hue alone.
package enum FigureStyle {
  /// How many hues there are before they come round again.
  package static let hueCount = 8

  /// The class of the n-th hue for lines (`s`), areas (`a`) or texts (`t`).
  package static func hue(_ index: Int, _ kind: Character) -> String {
    "\(kind)\((index % hueCount + hueCount) % hueCount + 1)"
  }

  /// The style sheet.
  package static let sheet: String = {
    let variables = colours.map { "--hf-\($0.name):\($0.light)" }.joined(separator: ";")
    let dark = colours.map { "--hf-\($0.name):\($0.dark)" }.joined(separator: ";")
    var sheet = """
      .hf{\(variables);font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",\
      Arial,sans-serif}
      @media screen and (prefers-color-scheme:dark){.hf{\(dark)}}
      .hf text{font-size:11px;\(fill("ink"));stroke:none}
      .hf .tk{\(fill("muted"));font-variant-numeric:tabular-nums}
      .hf .lb{font-size:12px}
      .hf .hd{font-size:12.5px;font-weight:600}
      .hf .vl{font-variant-numeric:tabular-nums}
      .hf .ho{paint-order:stroke;\(stroke("surface"));stroke-width:3.5px;stroke-linejoin:round}
      .hf .mu{\(fill("muted"))}
      .hf .bg{\(fill("surface"))}
      .hf .pn{\(fill("panel"))}
      .hf .ac{\(fill("accent"))}
      .hf .dt{\(fill("ink"));fill-opacity:.28}
      .hf .nk{\(fill("ink"))}
      .hf .gr{\(stroke("grid"));stroke-width:1;fill:none}
      .hf .ax{\(stroke("axis"));stroke-width:1;fill:none}
      .hf .ch{\(stroke("muted"));stroke-width:1.25;stroke-dasharray:2 3;fill:none}
      .hf .gh{\(stroke("muted"));stroke-width:1;stroke-opacity:.45;fill:none}
      .hf .wv{\(stroke("ink"));stroke-width:1.1;fill:none;stroke-linejoin:round}
      .hf .en{\(stroke("ink"));stroke-width:.8;stroke-opacity:.5;fill:none}
      .hf .pk{\(fill("s2"))}
      .hf .ht{\(stroke("muted"));stroke-width:2;stroke-opacity:.55;fill:none}
      .hf .bd{\(fill("bad"))}
      .hf .lo{fill-opacity:.35}
      .hf .bs{\(stroke("bad"));stroke-width:1.5;fill:none}
      .hf .sf{\(stroke("surface"));stroke-width:1.5}
      .hf .da{stroke-dasharray:5 3}
      .hf .ci{stroke-width:2;stroke-linecap:round}

      """
    for index in 1...hueCount {
      sheet += """
        .hf .s\(index){\(stroke("s\(index)"));stroke-width:1.75;fill:none;stroke-linejoin:round}
        .hf .a\(index){\(fill("s\(index)"))}
        .hf .b\(index){\(fill("s\(index)"));fill-opacity:.18}

        """
    }
    return sheet
  }()

  private static func fill(_ name: String) -> String { painted("fill", name) }
  private static func stroke(_ name: String) -> String { painted("stroke", name) }

  private static func painted(_ property: String, _ name: String) -> String {
    let plain = colours.first { $0.name == name }?.light ?? "#000000"
    return "\(property):\(plain);\(property):var(--hf-\(name),\(plain))"
  }

  /// The colours by role; contrast of texts against their ground is at least 4.5 in both schemes.
  package static let colours: [(name: String, light: String, dark: String)] = [
    ("surface", "#ffffff", "#161b22"),
    ("panel", "#f5f7fa", "#1d242d"),
    ("ink", "#1b2430", "#e6ebf1"),
    ("muted", "#5a6573", "#a3aebb"),
    ("grid", "#e2e7ee", "#2c3540"),
    ("axis", "#9aa5b1", "#5d6976"),
    ("accent", "#0b62a8", "#5fb0f0"),
    ("bad", "#c2410c", "#f28b52"),
    ("s1", "#0069a8", "#5aaef0"),
    ("s2", "#cf5400", "#f28c46"),
    ("s3", "#00866a", "#3fc79d"),
    ("s4", "#b04f8d", "#e493c3"),
    ("s5", "#b87d00", "#e8bb4a"),
    ("s6", "#3f9fd0", "#93d3f5"),
    ("s7", "#6a4fb3", "#ad98ec"),
    ("s8", "#7a6a58", "#c0ae98"),
  ]
}
