extension ServiceObjects {
  /// The variables that the worker is configured by, in a fixed order.
  package var environment: [(name: String, value: String)] {
    var variables: [(name: String, value: String)] = [
      ("DRUCKER_SERVICE_UPDATE_FLAG", form.commitMessage),
      ("DRUCKER_APPLICATION_NAME", identity.applicationName),
      ("DRUCKER_SERVICE_NAME", identity.serviceName),
      ("DRUCKER_SERVICE_LEVEL", identity.serviceLevel),
      ("DRUCKER_SERVICE_PORT", String(form.servicePort)),
      ("DRUCKER_SERVICE_INFRA", "kubernetes"),
      ("DRUCKER_SERVICE_GIT_URL", form.serviceGitURL),
      ("DRUCKER_SERVICE_GIT_BRANCH", form.serviceGitBranch),
      ("DRUCKER_SERVICE_BOOT_SHELL", form.serviceBootScript),
      ("DRUCKER_SERVICE_MODEL_DIR", cluster.podModelDirectory),
    ]
    if let modelFile { variables.append(("DRUCKER_SERVICE_MODEL_FILE", modelFile)) }
    switch cluster.database {
    case .sqlite: variables.append(("DRUCKER_DB_MODE", "sqlite"))
    case .mysql(let host, let port, let database, let user, let password):
      variables += [
        ("DRUCKER_DB_MODE", "mysql"),
        ("DRUCKER_DB_MYSQL_HOST", host),
        ("DRUCKER_DB_MYSQL_PORT", port),
        ("DRUCKER_DB_MYSQL_DBNAME", database),
        ("DRUCKER_DB_MYSQL_USER", user),
        ("DRUCKER_DB_MYSQL_PASSWORD", password),
      ]
    }
    return variables
  }
}
