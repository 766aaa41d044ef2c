import AssignmentStore

/// The table of assignments, a SQLite database in memory.
enum StorageCases {
  static var all: [Benchmark] {
    [
      Benchmark(name: "assignment read", unit: "read") {
        let store = try SQLiteAssignmentStore()
        _ = try store.assign(
          service: "digits-production", modelPath: "digits/v1", firstBoot: false
        ).result.get()
        return Benchmark.Work { count in
          for _ in 0..<count {
            let row = try store.read(service: "digits-production").result.get()
            try ProtocolCases.require(row?.modelPath == "digits/v1")
          }
        }
      },
      Benchmark(name: "assignment write", unit: "write") {
        let store = try SQLiteAssignmentStore()
        return Benchmark.Work { count in
          for number in 0..<count {
            _ = try store.assign(
              service: "digits-production", modelPath: "digits/v\(number % 2)", firstBoot: false
            ).result.get()
          }
        }
      },
    ]
  }
}
