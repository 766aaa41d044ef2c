extension Mutation {
  /// Of the stories at the top of the folder.
  static let first = [
    Mutation(
      scenario: "failed-rollout.yaml", what: "the operator does not switch back",
      from: "    to: digits-v1.model", to: "    to: broken.model",
      fails: "eventually: digits/production rollout is complete"),
    Mutation(
      scenario: "failed-rollout.yaml", what: "two pods may be missing",
      from: "maxUnavailable: 0", to: "maxUnavailable: 2",
      fails: "always: digits/production available >= 3"),
    Mutation(
      scenario: "wait-seconds-too-short.yaml", what: "wait seconds long enough",
      from: "waitSeconds: 1\n", to: "waitSeconds: 60\n",
      fails: "eventually: digits/production available = 0"),
    Mutation(
      scenario: "model-switch.yaml", what: "all pods go at once",
      from: "maxSurge: 1\n        maxUnavailable: 0",
      to: "maxSurge: 0\n        maxUnavailable: 3",
      fails: "never: digits/production failures > 0"),
    Mutation(
      scenario: "autoscaling.yaml", what: "the autoscaler off",
      from: "minimum: 2, maximum: 8", to: "minimum: 2, maximum: 2",
      fails: "eventually: digits/production desired >= 4"),
    Mutation(
      scenario: "auto-healing.yaml", what: "a wait longer than the story",
      from: "waitSeconds: 5", to: "waitSeconds: 3600",
      fails: "eventually: digits/production available = 3"),
    Mutation(
      scenario: "service-levels.yaml", what: "the typing error in production, all pods at once",
      from: "    edit: digits/development", to: "    edit: digits/staging",
      fails: "eventually: digits/development available = 0"),
    Mutation(
      scenario: "registry-outage.yaml", what: "the registry is back before anybody asks",
      from: "for: 3m", to: "for: 30s",
      fails: "eventually: digits/production rollout is ProgressDeadlineExceeded"),
    Mutation(
      scenario: "assignment-store-down.yaml", what: "the store is back before anybody asks",
      from: "for: 2m", to: "for: 10s",
      fails: "always: digits/production available = 2"),
    Mutation(
      scenario: "partition.yaml", what: "the git host is cut off, not a machine",
      from: "fault: partition\n    node: production-2", to: "fault: git down",
      fails: "eventually: digits/production available = 2"),
    Mutation(
      scenario: "upload-and-switch.yaml", what: "the uploaded file is damaged",
      from: "file: ../Fixtures/models/digits-v3.model",
      to: "file: ../Fixtures/models/digits-corrupt.model",
      fails: "over: digits/production accuracy > 95%"),
  ]
}
