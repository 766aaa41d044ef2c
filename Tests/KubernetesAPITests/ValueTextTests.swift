import Testing

@testable import KubernetesAPI

/// Values that are written as texts, as Go reads them.
struct ValueTextTests {
  @Test(arguments: [
    ("25%", 3, true, 1), ("25%", 3, false, 0), ("-25%", 3, true, 0), ("-25%", 3, false, -1),
    ("100000000000000000%", 1000, true, 1_000_000_000_000_000_000),
    ("9223372036854775807%", 1000, true, .min),
  ])
  func `a percentage of a total is computed with floating point`(
    text: String, total: Int, isUp: Bool, expected: Int
  ) {
    #expect(IntOrString.string(text).scaled(total: total, roundingUp: isUp) == expected)
  }

  @Test(arguments: [
    ("10.0.0.1", true), ("010.0.0.1", true), ("256.0.0.1", false), ("1.2.3", false), ("::", true),
    ("::ffff:10.0.0.1", true), ("1::2::3", false), ("fe80::1", true), ("12345::", false),
    ("1:2:3:4:5:6:7:8", true), ("1:2:3:4:5:6:7", false), ("", false),
  ])
  func `an address is four or sixteen bytes`(text: String, isAddress: Bool) {
    #expect((IPAddress(text) != nil) == isAddress)
  }

  @Test(arguments: [
    ("10.0.0.0/8", true), ("10.0.0.0/33", false), ("10.0.0.0", false), ("::/128", true),
  ])
  func `a network has a prefix`(text: String, isNetwork: Bool) {
    #expect((IPAddress(network: text) != nil) == isNetwork)
  }

  @Test(arguments: ["", "f", "fo", "foo", "foob", "fooba", "foobar"])
  func `base64 pads to groups of four`(text: String) {
    let encoded = Base64.encode(Array(text.utf8))
    #expect(encoded.utf8.count % 4 == 0)
    #expect(Base64.fault(in: encoded) == nil)
    #expect(Base64.size(encoded) == text.utf8.count)
  }

  @Test(arguments: [("!AAA", 0), ("AA*A", 2), ("AAA", 0), ("A===", 1), ("AA=A", 2), ("AAAA=", 4)])
  func `base64 at fault is told where`(text: String, position: Int) {
    #expect(Base64.fault(in: text) == position)
  }

  @Test(arguments: [
    ("2026-11-30T11:00:00Z", nil), ("2026-11-30T11:00:00.5+01:00", nil),
    (
      "x",
      #"parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006""#
    ), ("2026-02-30T11:00:00Z", #"parsing time "2026-02-30T11:00:00Z": day out of range"#),
    ("2026-11-30T11:00:00Zx", #"parsing time "2026-11-30T11:00:00Zx": extra text: "x""#),
  ])
  func `times are read as Go reads them`(text: String, fault: String?) {
    #expect(TimeText.fault(of: text, layout: TimeText.seconds) == fault)
  }

  @Test(arguments: [
    ("25%", 25), ("0%", 0), ("123456789%", 123_456_789), ("1234567890%", 1_234_567_890),
    ("+5%", 5), ("-25%", -25), ("%", nil), ("5", nil), ("5%%", nil), ("2 5%", nil), ("", nil),
  ])
  func `a percentage is digits and a sign at the end`(text: String, number: Int?) {
    #expect(IntOrString.string(text).percentage == number)
  }

  @Test(
    arguments: [
      (0, 7, "1970-01-01T00:00:00.000007Z"), (951_827_696, 120_000, "2000-02-29T12:34:56.120000Z"),
      (253_402_300_800, 5, "10000-1-1T0:0:0.000005Z"),
    ] as [(Int64, Int64, String)])
  func `microseconds have six digits`(seconds: Int64, microseconds: Int64, text: String) {
    let time = Timestamp(seconds: seconds)
    #expect(time.microText(microseconds: microseconds) == text)
    #expect(time.description == String(text.prefix { $0 != "." }) + "Z")
  }
}
