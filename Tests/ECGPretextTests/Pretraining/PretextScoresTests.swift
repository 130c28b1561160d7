import ECGPretext
import Testing

@Suite struct PretextScoresTests {
  private let task = PretextTaskScore(
    name: "noise", loss: 0.3, truePositives: 6, falsePositives: 2, falseNegatives: 4,
    trueNegatives: 58)

  @Test func scoresFollowFromTheCounts() {
    #expect(task.precision == 0.75)
    #expect(task.recall == 0.6)
    #expect(abs(task.f1 - 2 * 0.75 * 0.6 / (0.75 + 0.6)) < 1e-12)
    #expect(abs(task.accuracy - 64.0 / 70) < 1e-12)
  }

  @Test func aConstantAnswerGetsAQuarterForOneInSeven() {
    #expect(task.constantAnswerF1 == 0.25)
    #expect(abs(task.constantAnswerAccuracy - 6.0 / 7) < 1e-12)
  }

  @Test func theBaselineIsWhatTheConstantAnswerScores() {
    let always = PretextTaskScore(
      name: "noise", loss: 0, truePositives: 10, falsePositives: 60, falseNegatives: 0,
      trueNegatives: 0)
    let never = PretextTaskScore(
      name: "noise", loss: 0, truePositives: 0, falsePositives: 0, falseNegatives: 10,
      trueNegatives: 60)
    #expect(always.f1 == always.constantAnswerF1)
    #expect(never.f1 == 0)
    #expect(never.precision == 0)
    #expect(never.accuracy == never.constantAnswerAccuracy)
  }

  @Test func theMeanF1IsOverTheTasks() {
    var other = task
    other.name = "warp"
    other.truePositives = 0
    let scores = PretextScores(signals: 70, loss: 1, tasks: [task, other])
    #expect(abs(scores.meanF1 - task.f1 / 2) < 1e-12)
    #expect(scores["warp"] == other)
    #expect(scores["blur"] == nil)
  }
}
