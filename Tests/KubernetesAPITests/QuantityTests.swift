import KubernetesAPI
import Testing

struct QuantityTests {
  @Test(arguments: [
    ("0", "0"), ("1Ki", "1Ki"), ("1024Mi", "1Gi"), ("0.5", "500m"), ("1000M", "1G"),
    ("1.08", "1080m"), ("1025", "1025"), (".001e12", "1e9"), ("0.5Mi", "512Ki"), ("12E", "12E"),
    ("3.001n", "4n"), ("-9.01", "-9010m"), ("9223372036854775807Ki", "9223372036854775807"),
    ("0.000000000001Ki", "2n"),
  ])
  func `amounts are written in their shortest form`(text: String, canonical: String) {
    #expect(Quantity(text)?.description == canonical)
  }

  @Test(arguments: ["1.1.M", "0.1mi", "0.1am", ".5i", "1i", "-3.01e-", " 1", ""])
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
