package import JSON

extension ServiceObjects {
  /// The namespace of the service level.
  package var namespace: JSONValue {
    [
      "apiVersion": "v1", "kind": "Namespace",
      "metadata": ["name": .string(identity.namespace)],
    ]
  }

  /// The Service.
  package var service: JSONValue {
    [
      "apiVersion": "v1", "kind": "Service",
      "metadata": metadata(identity.serviceObjectName),
      "spec": [
        "type": "NodePort",
        "ports": [
          [
            "name": "http2", "port": JSONValue(form.servicePort),
            "targetPort": JSONValue(form.servicePort),
          ]
        ],
        "selector": ["sel": .string(identity.serviceName)],
      ],
    ]
  }

  /// The Ingress, with a rule for each form of host.
  package var ingress: JSONValue {
    var metadata = metadata(identity.ingressName)
    metadata["annotations"] = [Self.backendAnnotation: .string(backendConfiguration)]
    let hosts = [
      identity.versionedHost(domain: cluster.domain), identity.plainHost(domain: cluster.domain),
    ]
    return [
      "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
      "metadata": metadata,
      "spec": ["ingressClassName": "nghttpx", "rules": .array(hosts.map(rule))],
    ]
  }

  /// The annotation that tells the nghttpx ingress how to talk to its backends.
  package static var backendAnnotation: String { "ingress.zlab.co.jp/backend-config" }

  private var backendConfiguration: String {
    let port: JSONValue = [String(form.servicePort): ["proto": "h2"]]
    return JSONValue.object([identity.serviceObjectName: port]).text()
  }

  private func rule(host: String) -> JSONValue {
    let backend: JSONValue = [
      "service": [
        "name": .string(identity.serviceObjectName),
        "port": ["number": JSONValue(form.servicePort)],
      ]
    ]
    return [
      "host": .string(host),
      "http": ["paths": [["path": "/", "pathType": "Prefix", "backend": backend]]],
    ]
  }

  /// The HorizontalPodAutoscaler.
  package var autoscaler: JSONValue {
    [
      "apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler",
      "metadata": metadata(identity.autoscalerName),
      "spec": [
        "minReplicas": JSONValue(form.replicasMinimum),
        "maxReplicas": JSONValue(form.replicasMaximum),
        "targetCPUUtilizationPercentage": JSONValue(form.autoscaleCPUThreshold),
        "scaleTargetRef": [
          "apiVersion": "apps/v1", "kind": "Deployment",
          "name": .string(identity.deploymentName),
        ],
      ],
    ]
  }
}
