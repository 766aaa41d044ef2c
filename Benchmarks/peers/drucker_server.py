"""Drucker 0.4.5 as a user of it would run it: a digits model of ten centroids, ten workers.

usage: drucker_server.py PORT     in a folder of its own, where it makes its database
"""
import os
import sys
from concurrent import futures

SETTINGS = "settings.yml"
with open(SETTINGS, "w") as file:
    file.write("app.name: digits\napp.service.name: peer\n"
               "app.service.level: development\nuse.db: sqlite\n")
for name, value in [("APPLICATION_NAME", "digits"), ("SERVICE_NAME", "digits-development-peer"),
                    ("SERVICE_LEVEL", "development")]:
    os.environ.setdefault(f"DRUCKER_{name}", value)

import grpc  # noqa: E402
import numpy  # noqa: E402
from drucker import Drucker, DruckerDashboardServicer, DruckerWorkerServicer  # noqa: E402
from drucker.logger import JsonServiceLogger, JsonSystemLogger  # noqa: E402
from drucker.protobuf import drucker_pb2_grpc  # noqa: E402
from drucker.utils import EvaluateResult, PredictResult  # noqa: E402


class NearestCentroid(Drucker):
    def __init__(self):
        super().__init__(SETTINGS)
        self.load_model()

    def load_model(self):
        self.predictor = numpy.random.RandomState(3).randint(0, 17, (10, 64)).astype("float32")

    def predict(self, input, option=None):
        difference = self.predictor - numpy.asarray(input, dtype="float32")
        distances = (difference * difference).sum(axis=1)
        return PredictResult([int(distances.argmin())], [1.0], option={})

    def evaluate(self, file_path):
        return EvaluateResult(), []

    def get_evaluate_detail(self, file_path, results):
        return iter(())


application = NearestCentroid()
server = grpc.server(futures.ThreadPoolExecutor(max_workers=10))
drucker_pb2_grpc.add_DruckerDashboardServicer_to_server(
    DruckerDashboardServicer(JsonSystemLogger(application.config), application), server)
drucker_pb2_grpc.add_DruckerWorkerServicer_to_server(
    DruckerWorkerServicer(JsonServiceLogger(application.config), application), server)
server.add_insecure_port(f"127.0.0.1:{sys.argv[1]}")
server.start()
server.wait_for_termination()
