"""All calls of the original drucker-client 0.4.5, and of the dashboard's part of its protocol.

usage: python client.py HOST:PORT predict|dashboard|secured FIXTURES
"""
import sys

import grpc
from drucker_client import DruckerWorkerClient
from drucker_client.logger import JsonSystemLogger
from drucker_client.protobuf import drucker_pb2, drucker_pb2_grpc

KINDS = ["string", "bytes", "arrint", "arrfloat", "arrstring"]


def sample(fixtures):
    """The label and the pixels of the first row of the held-out digits."""
    with open(fixtures + "/digits/evaluation.csv") as file:
        row = next(line for line in file if not line.startswith("#"))
    numbers = [int(field) for field in row.split(",")]
    return numbers[0], numbers[1:]


def predict(host, fixtures):
    label, pixels = sample(fixtures)
    inputs = {
        "string": ",".join(map(str, pixels)), "bytes": bytes(pixels), "arrint": pixels,
        "arrfloat": [float(pixel) for pixel in pixels], "arrstring": [str(p) for p in pixels],
    }
    outputs = {
        "string": str(label), "bytes": bytes([label]), "arrint": [label],
        "arrfloat": [float(label)], "arrstring": [str(label)],
    }
    client = DruckerWorkerClient(
        logger=JsonSystemLogger(), host=host, app="digits", env="development")
    passed = 0
    for source in KINDS:
        for target in KINDS:
            name = f"run_predict_{source}_{target}"
            answer = getattr(client, name)(inputs[source])
            # Bytes out are a stream in most calls.
            if not hasattr(answer, "output"):
                answer = list(answer)[0]
            output = answer.output
            if target.startswith("arr"):
                output = list(output)
            scores = list(answer.score) if target.startswith("arr") else [answer.score]
            if output == outputs[target] and len(scores) == 1 and 0 < scores[0] <= 1:
                passed += 1
            else:
                print(f"{name}: {answer}")
    print(f"predict: {passed} of 25 calls of drucker-client 0.4.5")
    return passed == 25


def dashboard(host, fixtures):
    channel = grpc.insecure_channel(host)
    stub = drucker_pb2_grpc.DruckerDashboardStub(channel)
    failures = []

    def expect(what, is_right, value):
        if not is_right:
            failures.append(what)
            print(f"{what}: {value}")

    def parts(kind, name, field, path, chunk):
        with open(path, "rb") as file:
            while data := file.read(chunk):
                yield kind(**{field: name, "data": data})

    info = stub.ServiceInfo(drucker_pb2.ServiceInfoRequest())
    expect("ServiceInfo", info.application_name == "digits", info)
    model = fixtures + "/models/digits-v3.model"
    answer = stub.UploadModel(
        parts(drucker_pb2.UploadModelRequest, "peer.model", "path", model, 1000))
    expect("UploadModel", answer.status == 1, answer)
    answer = stub.UploadModel(
        parts(drucker_pb2.UploadModelRequest, "../peer.model", "path", model, 1000))
    expect("UploadModel outside of the folder", answer.status == 0, answer)
    answer = stub.SwitchModel(drucker_pb2.SwitchModelRequest(path="peer.model"))
    expect("SwitchModel", answer.status == 1, answer)
    answer = stub.SwitchModel(drucker_pb2.SwitchModelRequest(path="missing.model"))
    expect("SwitchModel to a missing model", answer.status == 0, answer)
    answer = stub.UploadEvaluationData(
        parts(drucker_pb2.UploadEvaluationDataRequest, "held-out.csv", "data_path",
              fixtures + "/digits/evaluation.csv", 10_000))
    expect("UploadEvaluationData", answer.status == 1, answer)
    metrics = stub.EvaluateModel(iter([drucker_pb2.EvaluateModelRequest(
        data_path="held-out.csv", result_path="held-out.result")])).metrics
    expect("EvaluateModel", metrics.num == 599 and metrics.accuracy > 0.9, metrics)
    results = list(stub.EvaluationResult(drucker_pb2.EvaluationResultRequest(
        data_path="held-out.csv", result_path="held-out.result")))
    details = sum(len(result.detail) for result in results)
    expect("EvaluationResult", details == 599, f"{details} details")
    health = drucker_pb2_grpc.HealthStub(channel).Check(
        drucker_pb2.HealthCheckRequest(service="drucker.DruckerWorker"))
    expect("Health", health.status == 1, health)
    print(f"dashboard: {len(failures)} of 9 calls failed")
    return not failures


def secured(host, fixtures):
    """Calls of grpcio over TLS; drucker-client 0.4.5 itself knows none."""
    _, pixels = sample(fixtures)
    with open(fixtures + "/tls/server.pem", "rb") as file:
        credentials = grpc.ssl_channel_credentials(file.read())
    stub = drucker_pb2_grpc.DruckerWorkerStub(grpc.secure_channel(host, credentials))
    request = drucker_pb2.ArrIntInput(input=pixels, option=drucker_pb2.Option(val="{}"))
    answers = [stub.Predict_ArrInt_ArrInt(request, timeout=20) for _ in range(50)]
    print(f"secured: {len(answers)} calls of grpcio over TLS")
    # Without trust in the certificate nothing is called.
    stranger = drucker_pb2_grpc.DruckerWorkerStub(
        grpc.secure_channel(host, grpc.ssl_channel_credentials()))
    try:
        stranger.Predict_ArrInt_ArrInt(request, timeout=5)
        return False
    except grpc.RpcError as error:
        return error.code() == grpc.StatusCode.UNAVAILABLE


if __name__ == "__main__":
    run = {"predict": predict, "dashboard": dashboard, "secured": secured}[sys.argv[2]]
    sys.exit(0 if run(sys.argv[1], sys.argv[3]) else 1)
