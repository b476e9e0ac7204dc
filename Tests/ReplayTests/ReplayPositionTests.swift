import Replay
import Testing

@Test(
  "A place is a #number, a time with a unit, or the end",
  arguments: [
    ("#17", ReplayPosition.event(17)), ("end", .end), ("300", .time(300)), ("300ns", .time(300)), ("7us", .time(7000)),
    ("7µs", .time(7000)), ("20ms", .time(20_000_000)), ("1.5s", .time(1_500_000_000)), (".5s", .time(500_000_000)),
    ("2.s", .time(2_000_000_000)), ("0.0000000019s", .time(1)), ("18446744073.709551615s", .time(.max)),
  ]
)
func placesAreRead(text: String, position: ReplayPosition) {
  #expect(ReplayPosition(text) == position)
}

@Test(
  "What is no place is refused",
  arguments: [
    "", "#", "#-1", "#x", "s", ".", ".s", "-1s", "1.2.3s", "1e9", "12 ms", "1m", "99999999999999999999",
    "18446744073.8s",
  ]
)
func otherTextIsNoPlace(text: String) {
  #expect(ReplayPosition(text) == nil)
}

@Test("A place prints as it is read", arguments: [ReplayPosition.event(3), .time(12_345), .end])
func placesRoundTrip(position: ReplayPosition) {
  #expect(ReplayPosition(position.description) == position)
}
