package import JSON

extension ServiceObjects {
  /// The Deployment.
  package var deployment: JSONValue {
    [
      "apiVersion": "apps/v1", "kind": "Deployment",
      "metadata": metadata(identity.deploymentName),
      "spec": [
        "replicas": JSONValue(form.replicasDefault),
        "minReadySeconds": JSONValue(form.policyWaitSeconds),
        "progressDeadlineSeconds": JSONValue(form.progressDeadlineSeconds),
        "revisionHistoryLimit": 3,
        "selector": ["matchLabels": ["sel": .string(identity.serviceName)]],
        "strategy": [
          "type": "RollingUpdate",
          "rollingUpdate": [
            "maxSurge": JSONValue(form.policyMaxSurge),
            "maxUnavailable": JSONValue(form.policyMaxUnavailable),
          ],
        ],
        "template": ["metadata": ["labels": labels], "spec": podSpec],
      ],
    ]
  }

  private var podSpec: JSONValue {
    [
      "affinity": affinity,
      "nodeSelector": ["host": .string(identity.serviceLevel)],
      "containers": [container],
      "volumes": [
        hostPath(modelVolume, cluster.hostModelDirectory), hostPath(keyVolume, keyDirectory),
      ],
    ]
  }

  private var affinity: JSONValue {
    let term: JSONValue = [
      "labelSelector": ["matchLabels": ["sel": .string(identity.serviceName)]],
      "topologyKey": "kubernetes.io/hostname",
    ]
    return [
      "podAntiAffinity": [
        "preferredDuringSchedulingIgnoredDuringExecution": [
          ["weight": 100, "podAffinityTerm": term]
        ]
      ]
    ]
  }

  private var container: JSONValue {
    [
      "name": .string(identity.serviceName),
      "image": .string(form.containerImage),
      "imagePullPolicy": "Always",
      "command": ["sh", "/usr/local/src/entrypoint.sh"],
      "env": .array(
        environment.map { ["name": .string($0.name), "value": .string($0.value)] }),
      "resources": [
        "requests": [
          "cpu": .string(form.resourceRequestCPU), "memory": .string(form.resourceRequestMemory),
        ],
        "limits": [
          "cpu": .string(form.resourceLimitCPU), "memory": .string(form.resourceLimitMemory),
        ],
      ],
      "ports": [["containerPort": JSONValue(form.servicePort)]],
      "readinessProbe": [
        "tcpSocket": ["port": JSONValue(form.servicePort)],
        "periodSeconds": 1, "failureThreshold": 1,
      ],
      "volumeMounts": [
        mount(modelVolume, cluster.podModelDirectory), mount(keyVolume, keyDirectory),
      ],
    ]
  }

  private func hostPath(_ name: String, _ path: String) -> JSONValue {
    ["name": .string(name), "hostPath": ["path": .string(path)]]
  }

  private func mount(_ name: String, _ path: String) -> JSONValue {
    ["name": .string(name), "mountPath": .string(path)]
  }
}

extension ServiceForm {
  /// How long a rolling update may stand still, in seconds.
  ///
  /// 5 x wait seconds x maximum replicas / (max surge + max unavailable), in whole numbers with a
  /// divisor of at least 1, and at least wait seconds + 1, since the API wants more than
  /// `minReadySeconds`. Wait 300, maximum 4, surge 1, unavailable 2: 5 x 300 x 4 / 3 = 2,000.
  package var progressDeadlineSeconds: Int {
    let (product, overflow) = (5 * policyWaitSeconds).multipliedReportingOverflow(
      by: replicasMaximum)
    let divisor = max(1, policyMaxSurge + policyMaxUnavailable)
    let deadline = overflow ? Int(Int32.max) : product / divisor
    return min(max(deadline, policyWaitSeconds + 1), Int(Int32.max))
  }
}

private let modelVolume = "model-directory"
private let keyVolume = "ssh-keys"
private let keyDirectory = "/root/.ssh"
