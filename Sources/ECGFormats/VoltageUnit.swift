/// A unit of voltage in which a source may give its samples.
public enum VoltageUnit: String, Codable, CaseIterable, Sendable {
  /// 10⁻⁹ V.
  case nanovolts = "nV"
  /// 10⁻⁶ V.
  case microvolts = "uV"
  /// 10⁻³ V.
  case millivolts = "mV"
  /// 1 V.
  case volts = "V"

  /// How many millivolts one of this unit is.
  public var millivolts: Double {
    switch self {
    case .nanovolts: 1e-6
    case .microvolts: 1e-3
    case .millivolts: 1
    case .volts: 1e3
    }
  }

  /// The unit that a header, bracket or option means, whatever its spelling: `uV`, `µV`, `microvolt`,
  /// `mV`, `Millivolts`, `V` …; nil if it is no voltage.
  public init?(named text: String) {
    let bare = text.filter { !$0.isWhitespace && $0 != "." }
    switch bare {
    case "nV", "NV", "nv": self = .nanovolts
    // The micro sign, the Greek letter, and what is left of them in other code pages.
    case "uV", "UV", "uv", "µV", "μV", "µv", "μv", "muV", "\u{FFFD}V", "мкВ", "微伏":
      self = .microvolts
    case "mV", "MV", "mv", "Mv", "мВ", "毫伏": self = .millivolts
    case "V", "v", "В": self = .volts
    default:
      switch bare.lowercased() {
      case "nanovolt", "nanovolts", "nvolt": self = .nanovolts
      case "microvolt", "microvolts", "uvolt", "µvolt", "μvolt": self = .microvolts
      case "millivolt", "millivolts", "mvolt": self = .millivolts
      case "volt", "volts": self = .volts
      default: return nil
      }
    }
  }
}
