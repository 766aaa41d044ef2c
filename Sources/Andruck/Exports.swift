// What a user of a predictor needs comes with `import Andruck`.
@_exported public import DruckerProtocol
@_exported public import DruckerServing
@_exported public import Files
@_exported public import JSON
@_exported public import ModelStorage
