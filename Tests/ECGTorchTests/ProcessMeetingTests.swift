import ECGTorch
import Testing

@Suite struct ProcessMeetingTests {
  private func meeting(_ environment: [String: String]) throws -> ProcessMeeting? {
    try ProcessMeeting(environment: environment)
  }

  @Test func aProcessByItselfMeetsNobody() throws {
    #expect(try meeting([:]) == nil)
    #expect(try meeting(["WORLD_SIZE": "1", "RANK": "0"]) == nil)
    #expect(try meeting(["SLURM_PROCID": "0", "SLURM_NTASKS": "4"]) == nil, "no step of Slurm's")
    #expect(try meeting(["SLURM_STEP_NUM_TASKS": "1", "SLURM_PROCID": "0"]) == nil)
  }

  @Test func torchrunsVariablesAreRead() throws {
    let found = try #require(
      try meeting([
        "RANK": "5", "WORLD_SIZE": "8", "LOCAL_RANK": "1", "MASTER_ADDR": "node3",
        "MASTER_PORT": "29400", "TORCHELASTIC_USE_AGENT_STORE": "True",
        "TORCHELASTIC_RUN_ID": "abc", "TORCHELASTIC_RESTART_COUNT": "2",
      ]))
    #expect((found.rank, found.size, found.localRank) == (5, 8, 1))
    #expect(found.address == "node3")
    #expect(found.port == 29400)
    #expect(found.isServed)
    #expect(found.prefix == "heartfelt/abc/2")
  }

  @Test(arguments: [
    ("gpu07", "gpu07"), ("gpu[07-09,12],login", "gpu07"), ("a1,a2", "a1"), ("n[3,5]", "n3"),
    ("login,gpu[1-2]", "login"), ("r[1-2].site", "r1.site"),
  ]) func slurmsVariablesAreRead(nodes: String, first: String) throws {
    let found = try #require(
      try meeting([
        "SLURM_PROCID": "3", "SLURM_STEP_NUM_TASKS": "4", "SLURM_LOCALID": "1",
        "SLURM_JOB_ID": "123456", "SLURM_STEP_ID": "0", "SLURM_STEP_NODELIST": nodes,
      ]))
    #expect((found.rank, found.size, found.localRank) == (3, 4, 1))
    #expect(found.address == first)
    #expect(found.port == 20000 + 123456 % 20000)
    #expect(!found.isServed)
  }

  @Test func whatIsMissingOrWrongIsNamed() {
    let whole = [
      "RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "here", "MASTER_PORT": "29500",
    ]
    for name in whole.keys {
      let error = #expect(throws: TorchError.self) {
        var part = whole
        part[name] = nil
        _ = try meeting(part)
      }
      #expect(error?.description.contains(name) == true)
    }
    for (name, value) in [
      ("RANK", "2"), ("RANK", "-1"), ("WORLD_SIZE", "two"), ("MASTER_PORT", "70000"),
    ] {
      #expect(throws: TorchError.self) { try meeting(whole.merging([name: value]) { $1 }) }
    }
  }
}
