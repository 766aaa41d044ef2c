import FakeKubernetes
import JSON
import KubernetesAPI
import SimulationKernel
import Testing

/// What `autoscaling/v1` shows of metrics, and what of it survives a write.
struct AutoscalerVersionTests {
  let server = APIServer(simulation: Simulation(seed: 1))

  struct Row: CustomTestStringConvertible {
    let testDescription: String
    let metric: String
    let shown: String

    init(_ name: String, _ metric: String, _ shown: String) {
      testDescription = name
      self.metric = metric
      self.shown = shown
    }
  }

  private func send(_ method: String, _ version: String, _ part: String, _ body: JSONValue? = nil)
    throws -> APIResponse
  {
    let path =
      "/apis/autoscaling/\(version)/namespaces/default/horizontalpodautoscalers\(part)"
    var request = try #require(APIRequest(method: method, path: path))
    request.patchType = .merge
    request.body = body
    return server.respond(to: request)
  }

  private func make(_ metrics: String, _ behavior: String = "null") throws -> APIResponse {
    try send(
      "POST", "v2", "",
      JSONValue(
        parsing: """
          {"metadata": {"name": "h"}, "spec": {"maxReplicas": 5, "metrics": [\(metrics)],
          "behavior": \(behavior),
          "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}}}
          """))
  }

  private func annotation(_ name: String, _ response: APIResponse) -> String? {
    response.body.value(at: "metadata", "annotations", "autoscaling.alpha.kubernetes.io/\(name)")?
      .stringValue
  }

  @Test(arguments: [
    Row(
      "of pods",
      #"{"type":"Pods","pods":{"metric":{"name":"rps","selector":{"matchLabels":{"a":"b"}}},"#
        + #""target":{"type":"AverageValue","averageValue":"10"}}}"#,
      #"[{"type":"Pods","pods":{"metricName":"rps","targetAverageValue":"10","#
        + #""selector":{"matchLabels":{"a":"b"}}}}]"#),
    Row(
      "of an object",
      #"{"type":"Object","object":{"describedObject":{"kind":"Service","name":"s","#
        + #""apiVersion":"v1"},"target":{"type":"Value","value":"1500m"},"#
        + #""metric":{"name":"rps"}}}"#,
      #"[{"type":"Object","object":{"target":{"kind":"Service","name":"s","apiVersion":"v1"},"#
        + #""metricName":"rps","targetValue":"1500m"}}]"#),
    Row(
      "from outside",
      #"{"type":"External","external":{"metric":{"name":"q","selector":{"matchLabels":{"a":"b"}}},"#
        + #""target":{"type":"AverageValue","averageValue":"30"}}}"#,
      #"[{"type":"External","external":{"metricName":"q","#
        + #""metricSelector":{"matchLabels":{"a":"b"}},"targetAverageValue":"30"}}]"#),
    Row(
      "of a container",
      #"{"type":"ContainerResource","containerResource":{"name":"cpu","container":"app","#
        + #""target":{"type":"Utilization","averageUtilization":60}}}"#,
      #"[{"type":"ContainerResource","containerResource":{"name":"cpu","#
        + #""targetAverageUtilization":60,"container":"app"}}]"#),
  ])
  func `a wanted metric stands flat in an annotation of v1`(_ row: Row) throws {
    let made = try make(row.metric)
    #expect(made.code == 201)
    let wanted = try JSONValue(parsing: row.metric)
    #expect(made.body.value(at: "spec", "metrics") == [wanted])
    #expect(annotation("metrics", try send("GET", "v1", "/h")) == row.shown)
    #expect(try send("PATCH", "v1", "/h", ["spec": ["maxReplicas": 6]]).code == 200)
    let after = try send("GET", "v2", "/h").body
    #expect(after.value(at: "spec", "metrics") == [wanted])
    #expect(after.value(at: "metadata", "annotations") == nil)
  }

  @Test func `an average of an object does not survive a write through v1`() throws {
    let metric =
      #"{"type":"Object","object":{"describedObject":{"kind":"Service","name":"s","#
      + #""apiVersion":"v1"},"target":{"type":"AverageValue","averageValue":"2"},"#
      + #""metric":{"name":"rps"}}}"#
    #expect(try make(metric).code == 201)
    #expect(
      annotation("metrics", try send("GET", "v1", "/h"))
        == #"[{"type":"Object","object":{"target":{"kind":"Service","name":"s","#
        + #""apiVersion":"v1"},"metricName":"rps","targetValue":"0","averageValue":"2"}}]"#)
    let response = try send("PATCH", "v1", "/h", ["spec": ["maxReplicas": 6]])
    #expect(response.code == 422)
    #expect(
      response.body.value(at: "details", "causes")?[0]?["message"]
        == #"Invalid value: "0": must be positive"#)
  }

  @Test(arguments: [
    Row(
      "of pods",
      #"{"type":"Pods","pods":{"metric":{"name":"rps"},"current":{"averageValue":"7"}}}"#,
      #"[{"type":"Pods","pods":{"metricName":"rps","currentAverageValue":"7"}}]"#),
    Row(
      "of an object",
      #"{"type":"Object","object":{"metric":{"name":"rps"},"current":{"averageValue":"7"},"#
        + #""describedObject":{"kind":"Service","name":"s"}}}"#,
      #"[{"type":"Object","object":{"target":{"kind":"Service","name":"s"},"metricName":"rps","#
        + #""currentValue":"0","averageValue":"7"}}]"#),
    Row(
      "from outside",
      #"{"type":"External","external":{"metric":{"name":"q"},"current":{"value":"4"}}}"#,
      #"[{"type":"External","external":{"metricName":"q","currentValue":"4"}}]"#),
    Row(
      "of a container",
      #"{"type":"ContainerResource","containerResource":{"name":"cpu","container":"app","#
        + #""current":{"averageUtilization":40}}}"#,
      #"[{"type":"ContainerResource","containerResource":{"name":"cpu","#
        + #""currentAverageUtilization":40,"currentAverageValue":"0","container":"app"}}]"#),
  ])
  func `a measured metric stands flat in an annotation of v1`(_ row: Row) throws {
    _ = try make("")
    let metric = try JSONValue(parsing: row.metric)
    _ = try send("PATCH", "v2", "/h/status", ["status": ["currentMetrics": [metric]]])
    #expect(annotation("current-metrics", try send("GET", "v1", "/h")) == row.shown)
  }

  @Test func `the annotation of what was measured counts more than the percentage`() throws {
    _ = try make("")
    for percent: JSONValue in [41, 50] {
      let response = try send(
        "PATCH", "v1", "/h/status", ["status": ["currentCPUUtilizationPercentage": percent]])
      #expect(response.body.value(at: "status", "currentCPUUtilizationPercentage") == 41)
    }
    let current = try send("GET", "v2", "/h").body.value(at: "status", "currentMetrics")?[0]
    #expect(
      current?.value(at: "resource", "current")
        == ["averageValue": "0", "averageUtilization": 41])
  }

  @Test func `of several metrics of the processor none in percent stands in the annotation`() throws
  {
    let percent =
      #"{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","#
      + #""averageUtilization":50}}}"#
    let amount =
      #"{"type":"Resource","resource":{"name":"cpu","target":{"type":"AverageValue","#
      + #""averageValue":"1"}}}"#
    _ = try make("\(amount), \(percent), \(percent)")
    let shown = try send("GET", "v1", "/h")
    #expect(shown.body.value(at: "spec", "targetCPUUtilizationPercentage") == nil)
    #expect(
      annotation("metrics", shown)
        == #"[{"type":"Resource","resource":{"name":"cpu","targetAverageValue":"1"}}]"#)
    let current = [30, 60].map { (percent: Int64) -> JSONValue in
      [
        "type": "Resource",
        "resource": ["name": "cpu", "current": ["averageUtilization": .integer(percent)]],
      ]
    }
    _ = try send("PATCH", "v2", "/h/status", ["status": ["currentMetrics": .array(current)]])
    #expect(
      try send("GET", "v1", "/h").body.value(at: "status", "currentCPUUtilizationPercentage") == 60)
  }

  @Test func `annotations of v1 are nobody's own, and text is escaped as Go does`() throws {
    _ = try make("")
    let key = "autoscaling.alpha.kubernetes.io/conditions"
    let patched = try send(
      "PATCH", "v2", "/h", ["metadata": ["annotations": ["a": "b", key: "c"]]])
    #expect(patched.body.value(at: "metadata", "annotations") == ["a": "b"])
    let condition: JSONValue = [
      "type": "AbleToScale", "status": "True", "lastTransitionTime": "2025-01-01T00:00:00Z",
      "message": "1 < 2 & 3 > 2",
    ]
    _ = try send("PATCH", "v2", "/h/status", ["status": ["conditions": [condition]]])
    let shown = annotation("conditions", try send("GET", "v1", "/h"))
    #expect(shown?.contains(#"1 \u003c 2 \u0026 3 \u003e 2"#) == true)
  }

  @Test func `tolerances and terminating replicas are behind gates that are closed`() throws {
    let made = try make("", #"{"scaleDown": {"tolerance": "50m", "selectPolicy": "Min"}}"#)
    #expect(made.code == 201)
    let scaleDown = made.body.value(at: "spec", "behavior", "scaleDown")
    #expect(scaleDown?["selectPolicy"] == "Min")
    #expect(scaleDown?["tolerance"] == nil)
    let patch: JSONValue = ["spec": ["behavior": ["scaleUp": ["tolerance": "10m"]]]]
    let patched = try send("PATCH", "v2", "/h", patch)
    #expect(patched.body.value(at: "spec", "behavior", "scaleUp", "tolerance") == nil)
  }

  @Test(arguments: ["Deployment", "ReplicaSet"])
  func `a status tells no terminating replicas`(_ kind: String) throws {
    let made = server.create(
      try JSONValue(
        parsing: """
          {"apiVersion": "apps/v1", "kind": "\(kind)", "metadata": {"name": "web"}, "spec":
          {"selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels":
          {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}}}
          """), namespace: "default")
    _ = try made.get()
    for count: JSONValue in [2, -1] {
      let result = server.patch(
        kind, namespace: "default", name: "web", subresource: "status", type: .merge,
        ["status": ["terminatingReplicas": count]])
      #expect(try result.get().value(at: "status", "terminatingReplicas") == nil)
    }
  }
}
