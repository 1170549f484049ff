import NNSchedule
import Testing

@Suite struct EntryKindTests {
  @Test func placesCountAllKinds() { #expect(EntryKind.allCases.map(\.place) == Array(EntryKind.allCases.indices)) }
}
