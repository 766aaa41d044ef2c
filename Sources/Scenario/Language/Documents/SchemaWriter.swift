package import JSON

/// Writes the JSON Schema (draft 2020-12) of scenario files from the tables of keys.
package enum SchemaWriter {
  /// The schema, for editors.
  package static var schema: JSONValue {
    var definitions = JSONObject()
    // Wherever a value may stand, a parameter may.
    definitions["parameter"] = ["type": "string", "pattern": "\\$\\([A-Za-z]"]
    for shape in Shape.all { definitions[identifier(shape)] = definition(shape) }
    return [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "Andruck scenario",
      "$ref": reference(Shape.scenario),
      "$defs": .object(definitions),
    ]
  }

  private static func identifier(_ shape: Shape) -> String {
    String(shape.id.map { $0 == " " ? "-" : $0 })
  }

  private static func reference(_ shape: Shape) -> JSONValue {
    .string("#/$defs/\(identifier(shape))")
  }

  private static func definition(_ shape: Shape) -> JSONValue {
    if shape.variants.isEmpty { return object(shape, shape.keys, title: shape.id) }
    var choices: [JSONValue] = []
    for variant in shape.variants {
      if variant.kinds.isEmpty {
        choices.append(
          object(
            shape, shape.keys + [variant.key] + variant.companions, title: variant.key.name))
        continue
      }
      for kind in variant.kinds {
        var key = variant.key
        key.type = .choice([kind.word])
        choices.append(
          object(
            shape, shape.keys + [key] + variant.companions + kind.companions, title: kind.word))
      }
    }
    return ["description": .string(shape.doc), "oneOf": .array(choices)]
  }

  private static func object(_ shape: Shape, _ keys: [Key], title: String) -> JSONValue {
    var properties = JSONObject()
    var required: [JSONValue] = []
    // What a scenario needs may also come from a file that it includes.
    let isWhole = shape.id != Shape.scenario.id
    for key in keys {
      var value = schema(key.type)
      value["description"] = .string(key.doc)
      if case .fallback(let text) = key.presence { value["default"] = .string(text) }
      properties[key.name] = value
      let isRequired = isWhole || key.name == "version" || key.name == "moral"
      if key.presence == .required, isRequired { required.append(.string(key.name)) }
    }
    var object: JSONObject = [
      "title": .string(title), "type": "object", "properties": .object(properties),
      "additionalProperties": false,
    ]
    if !required.isEmpty { object["required"] = .array(required) }
    let groups = shape.alternatives.map { group -> JSONValue in
      ["oneOf": .array(group.map { ["required": .array([.string($0)])] })]
    }
    if !groups.isEmpty { object["allOf"] = .array(groups) }
    return .object(object)
  }

  private static let number = "[0-9]+(\\.[0-9]+)?"

  private static func schema(_ type: KeyType) -> JSONValue {
    switch type {
    case .text, .moment, .condition, .measure, .file: return ["type": ["string", "number"]]
    case .integer(let range):
      return orParameter([
        "type": "integer", "minimum": JSONValue(range.lowerBound),
        "maximum": JSONValue(range.upperBound),
      ])
    case .boolean: return orParameter(["type": "boolean"])
    case .duration: return pattern("(\(number)(ns|us|µs|ms|s|min|m|h))+")
    case .rate: return pattern("\(number)/(s|min|m|h)")
    case .cpu:
      return orParameter([
        "type": ["string", "number"], "pattern": .string("^(\(number)|[0-9]+m)$"),
      ])
    case .memory:
      return orParameter([
        "type": ["string", "number"], "pattern": .string("^\(number)(k|M|G|T|Ki|Mi|Gi|Ti)?$"),
      ])
    case .share: return pattern("\(number)%")
    case .countOrShare:
      return orParameter(["type": ["string", "integer"], "pattern": "^[0-9]+%?$"])
    case .service: return pattern("[^/ ]+/[^/ ]+")
    case .choice(let words): return orParameter(["enum": .array(words.map { .string($0) })])
    case .list(let element, let mayBeEmpty):
      var list: JSONObject = ["type": "array", "items": schema(element)]
      if !mayBeEmpty { list["minItems"] = .integer(1) }
      return orParameter(.object(list))
    case .names(let value, _):
      return orParameter([
        "type": "object", "additionalProperties": schema(value), "minProperties": .integer(1),
      ])
    case .shape(let shape):
      return ["anyOf": [["$ref": reference(shape)], ["$ref": "#/$defs/parameter"]]]
    case .either(let types): return ["anyOf": .array(types.map(schema))]
    case .anything: return [:]
    }
  }

  private static func pattern(_ text: String) -> JSONValue {
    orParameter(["type": "string", "pattern": .string("^\(text)$")])
  }

  private static func orParameter(_ value: JSONValue) -> JSONValue {
    ["anyOf": [value, ["$ref": "#/$defs/parameter"]]]
  }
}

extension Shape {
  /// Every shape of the language, those that others name after them.
  package static let all: [Shape] = {
    var found: [Shape] = []
    func visit(_ shape: Shape) {
      if found.contains(where: { $0.id == shape.id }) { return }
      found.append(shape)
      for key in shape.keys { visit(key.type) }
      for variant in shape.variants {
        for key in [variant.key] + variant.companions { visit(key.type) }
        for kind in variant.kinds { for key in kind.companions { visit(key.type) } }
      }
    }
    func visit(_ type: KeyType) {
      switch type {
      case .shape(let shape): visit(shape)
      case .list(let element, _): visit(element)
      case .names(let value, _): visit(value)
      case .either(let types): for type in types { visit(type) }
      default: break
      }
    }
    visit(scenario)
    return found
  }()
}
