import KubernetesAPI
import Testing

struct QuantityTests {
  @Test(arguments: [
    ("0", "0"), ("1Ki", "1Ki"), ("1024Mi", "1Gi"), ("0.5", "500m"), ("1000M", "1G"),
    ("1.08", "1080m"), ("1025", "1025"), (".001e12", "1e9"), ("0.5Mi", "512Ki"), ("12E", "12E"),
    ("3.001n", "4n"), ("-9.01", "-9010m"), ("9223372036854775807Ki", "9223372036854775807"),
    ("0.000000000001Ki", "2n"), ("0.00000000000000000000000000000000000001Ei", "1n"),
    ("200977379727611P", "200977379727611P"), ("-1740931925449e18", "-1740931925449e18"),
    ("1000e18", "1e21"), ("1e100", "10e99"), (".", "0"), ("-.Ti", "0"), (".e-9", "0"),
    (
      "123456789012345678901234567890123456789012345",
      "123456789012345678901234567890123456790M"
    ),
  ])
  func `amounts are written in their shortest form`(text: String, canonical: String) {
    #expect(Quantity(text)?.description == canonical)
  }

  /// Upstream has no suffix for 10^21 and writes none.
  @Test func `powers without a suffix are lost`() {
    #expect(Quantity("1000E")?.description == "1")
    #expect(Quantity("1000E") == Quantity("1e21"))
  }

  @Test func `large amounts are compared, added and rounded`() throws {
    let large = try #require(Quantity("200977379727611P"))
    let larger = try #require(Quantity("12345678901234567890E"))
    #expect(large < larger)
    #expect(try #require(Quantity("-12345678901234567890E")) < large)
    #expect(larger.value == .max)
    #expect((large + large).description == "401954759455222P")
    #expect((larger - larger) == .zero)
    #expect((larger + large) > larger)
    #expect(larger.roundedUp(toPowerOfTen: 3).amount == larger)
    let most = Quantity(nanos: .max)
    #expect(most + most > most)
  }

  @Test(arguments: [
    "1.1.M", "0.1mi", "0.1am", ".5i", "1i", "-3.01e-", " 1", "", "-.Pi", "+.e-10", ".Ei",
  ])
  func `what is no amount is refused`(text: String) {
    #expect(Quantity(text) == nil)
  }

  @Test func `values are rounded away from zero`() {
    #expect(Quantity("9.01")?.value == 10)
    #expect(Quantity("-9.01")?.value == -10)
    #expect(Quantity("100m")?.milliValue == 100)
    #expect(Quantity("1") == Quantity("1000m"))
  }
}

struct TimestampTests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"),
    (1_530_403_200, "2018-07-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"),
    (4_107_542_399, "2100-02-28T23:59:59Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
  ])
  func `seconds and text are two forms of one time`(seconds: Int64, text: String) {
    #expect(Timestamp(seconds: seconds).description == text)
    #expect(Timestamp(text) == Timestamp(seconds: seconds))
  }

  @Test func `fractions are dropped and offsets applied`() {
    #expect(Timestamp("2018-07-01T02:00:00.75+02:00") == Timestamp(seconds: 1_530_403_200))
    #expect(Timestamp("2018-07-01") == nil)
  }
}
