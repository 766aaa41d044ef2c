import AssignmentStore
import SQLite
import Testing

@Suite struct `The assignment store` {
  @Test func `a service without a row gets one by its first start, and keeps it`() throws {
    let store = try SQLiteAssignmentStore()
    #expect(try store.read(service: "digits-1").result.get() == nil)
    let first = try store.createIfMissing(service: "digits-1", modelPath: "a.model").result.get()
    #expect(first == Assignment(serviceName: "digits-1", modelPath: "a.model", firstBoot: true))
    let second = try store.createIfMissing(service: "digits-1", modelPath: "b.model").result.get()
    #expect(second == first)
  }

  @Test func `a switch replaces the row`() throws {
    let store = try SQLiteAssignmentStore()
    _ = store.createIfMissing(service: "digits-1", modelPath: "a.model")
    _ = store.assign(service: "digits-1", modelPath: "b.model", firstBoot: false)
    let row = try store.read(service: "digits-1").result.get()
    #expect(row == Assignment(serviceName: "digits-1", modelPath: "b.model", firstBoot: false))
  }

  @Test func `rows are listed by name`() throws {
    let store = try SQLiteAssignmentStore()
    for name in ["c", "a", "b"] { _ = store.assign(service: name, modelPath: "m", firstBoot: true) }
    #expect(try store.list().result.get().map(\.serviceName) == ["a", "b", "c"])
  }

  @Test func `names outside the shared schema are refused`() throws {
    let store = try SQLiteAssignmentStore()
    let long = String(repeating: "x", count: 513)
    for outcome in [
      store.assign(service: "", modelPath: "m", firstBoot: true),
      store.assign(service: long, modelPath: "m", firstBoot: true),
      store.createIfMissing(service: "s", modelPath: ""),
    ] {
      guard case .failure(let error) = outcome.result else {
        Issue.record("accepted")
        continue
      }
      #expect(error.code == .invalidArgument)
    }
    #expect(try store.list().result.get().isEmpty)
  }

  @Test func `mysql is refused with what is expected`() {
    #expect(throws: Never.self) { try AssignmentDatabase.check(mode: "sqlite") }
    #expect {
      try AssignmentDatabase.check(mode: "mysql")
    } throws: {
      "\($0)".contains("DRUCKER_DB_MODE") && "\($0)".contains("expected sqlite")
    }
  }

  @Test func `faults are outcomes with a delay and leave the rows alone`() throws {
    let store = SimulatedAssignmentStore(try SQLiteAssignmentStore())
    store.fault = .locked(waited: .seconds(5))
    let locked = store.assign(service: "s", modelPath: "m", firstBoot: true)
    #expect(throws: AssignmentError.self) { try locked.result.get() }
    #expect(locked.delay == .seconds(5))
    store.fault = .unavailable
    #expect(throws: AssignmentError.self) { try store.read(service: "s").result.get() }
    store.fault = .slow(.milliseconds(30))
    let slow = store.list()
    #expect(try slow.result.get().isEmpty)
    #expect(slow.delay == .milliseconds(30))
  }
}

@Suite struct `The SQLite wrapper` {
  @Test func `every kind of value comes back as it was bound`() throws {
    let database = try SQLiteDatabase(.memory)
    let values: [SQLiteValue] = [
      .null, .integer(-7), .real(1.5), .text("zero \0 inside, ümlaut"), .blob([0, 255]), .text(""),
      .blob([]),
    ]
    let row = try #require(try database.row("SELECT ?, ?, ?, ?, ?, ?, ?", values))
    #expect(row.values == values)
  }

  @Test func `a transaction that throws leaves nothing behind`() throws {
    let database = try SQLiteDatabase(.memory)
    try database.execute("CREATE TABLE t (x INTEGER)")
    #expect(throws: SQLiteError.self) {
      try database.transaction {
        try database.execute("INSERT INTO t VALUES (1)")
        try database.execute("INSERT INTO missing VALUES (1)")
      }
    }
    #expect(try database.rows("SELECT x FROM t").isEmpty)
  }

  @Test func `an inner transaction fails without the outer one`() throws {
    let database = try SQLiteDatabase(.memory)
    try database.execute("CREATE TABLE t (x INTEGER)")
    try database.transaction {
      try database.execute("INSERT INTO t VALUES (1)")
      #expect(throws: SQLiteError.self) {
        try database.transaction {
          try database.execute("INSERT INTO t VALUES (2)")
          try database.execute("nonsense")
        }
      }
    }
    #expect(try database.rows("SELECT x FROM t").map { try $0.integer("x") } == [1])
  }

  @Test func `foreign keys are enforced`() throws {
    let database = try SQLiteDatabase(.memory)
    try database.executeScript(
      """
      CREATE TABLE parent (id INTEGER PRIMARY KEY);
      CREATE TABLE child (parent_id INTEGER NOT NULL REFERENCES parent (id));
      """)
    #expect {
      try database.execute("INSERT INTO child VALUES (?)", [1])
    } throws: {
      ($0 as? SQLiteError)?.code == .constraint
    }
  }

  @Test func `misuse and wrong types are named`() throws {
    let database = try SQLiteDatabase(.memory)
    #expect {
      try database.execute("SELECT 1; SELECT 2")
    } throws: {
      "\($0)".contains("more than one statement")
    }
    #expect {
      try database.execute("SELECT ?")
    } throws: {
      "\($0)".contains("0 values for 1 parameters")
    }
    let row = try #require(try database.row("SELECT 'x' AS name"))
    #expect {
      try row.integer("name")
    } throws: {
      "\($0)".contains("column name holds text, expected an integer")
    }
  }
}
