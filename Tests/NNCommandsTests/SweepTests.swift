import Testing

@testable import NNCommands

@Suite struct SweepTests {
  @Test func everyValueMeetsEveryOther() {
    let lists = [Setting(name: "hidden", value: "5,10"), Setting(name: "p", value: "0.1")]
    let names = SweepCandidate.all(lists, [0.1, 1]).map(\.name)
    #expect(names == ["hidden=5,p=0.1,rate=0.1", "hidden=5,p=0.1,rate=1.0", "hidden=10,p=0.1,rate=0.1", "hidden=10,p=0.1,rate=1.0"])
    #expect(SweepCandidate.all([], [0.5]).map(\.name) == ["rate=0.5"])
    #expect(SweepCandidate.all([Setting(name: "a", value: "b/c")], []).map(\.name) == ["a=b_c"])
    #expect(SweepCandidate.all([Setting(name: "a", value: "1,2,1")], []).map(\.name) == ["a=1", "a=2"])
  }
}
