extension Shape {
  /// Keys that bound a window.
  static let window = [
    Key("from", .moment, .fallback("0s"), "When its window begins.", example: "bad switch + 90s"),
    Key("until", .moment, .optional, "When its window ends; the end of the story.", example: "20m"),
    Key("during", .text, .optional, "A phase that is its window.", example: "overload"),
    Key(
      "between", .list(.text, mayBeEmpty: false), .optional,
      "Two phases: its window is from the first's start to the second's.",
      example: "[overload, recovery]"),
  ]

  /// A check.
  package static let check = Shape(
    id: "check", title: "a check",
    doc: "Something that must hold, looked at after every event of its window or at its end.",
    keys: window,
    variants: [
      variant("always", "It holds after every event of the window."),
      variant("never", "It holds after no event of the window."),
      Variant(
        key: Key(
          "eventually", .condition, .required, "It holds after some event of the window.",
          example: "digits/production rollout is complete"),
        companions: [
          Key("within", .duration, .required, "How long the window is.", example: "5m")
        ]),
      variant("over", "It holds at the window's end, for what was to be sent in the window."),
      variant("atEnd", "It holds at the end of the story."),
    ])

  private static func variant(_ name: String, _ doc: String) -> Variant {
    Variant(
      key: Key(name, .condition, .required, doc, example: "digits/production available >= 3"))
  }
}
