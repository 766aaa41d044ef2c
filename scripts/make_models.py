"""Trains the sample models on the UCI handwritten digits and writes them in Andruck's own format.

Called by make-models.sh. The format is described in Fixtures/models/README.md. What is measured
and recorded here is what the *quantised* models answer, in the integer arithmetic that
Sources/DigitsPredictor uses, never what the floating-point models would have answered.
"""

import argparse
import json
import pathlib
import struct
import zlib

SEED = 20181123
CLASSES = 10
FEATURES = 64
PIXEL_MAX = 16
REFERENCE_ROWS = 50
PARAMETER_MAX = 1 << 20
MODELS = ("digits-v1", "digits-v2", "digits-v3", "digits-large")


# The file format.


def encode(header, parameters):
    """One model file: header, blank line, little-endian Int32 parameters, CRC-32 of all before."""
    if any(abs(value) > PARAMETER_MAX for value in parameters):
        raise ValueError("a parameter is out of range: choose a smaller scale")
    lines = ["andruck-digits 1"] + [f"{key} = {value}" for key, value in header.items()]
    body = ("\n".join(lines) + "\n\n").encode("ascii")
    body += struct.pack(f"<{len(parameters)}i", *parameters)
    return body + struct.pack("<I", zlib.crc32(body))


def decode(data):
    """The header and the parameters of a model file."""
    body, checksum = data[:-4], struct.unpack("<I", data[-4:])[0]
    if zlib.crc32(body) != checksum:
        raise ValueError("the checksum does not match")
    text, _, binary = body.partition(b"\n\n")
    lines = text.decode("ascii").split("\n")
    if lines[0] != "andruck-digits 1":
        raise ValueError("not a digits model")
    header = dict(line.split(" = ", 1) for line in lines[1:])
    return header, struct.unpack(f"<{len(binary) // 4}i", binary)


# Integer arithmetic, the same as DigitsModel.classify.


def layer(weights, biases, inputs):
    """One dense layer; the weights are stored output by output."""
    width = len(inputs)
    return [
        sum(weights[output * width + i] * inputs[i] for i in range(width)) + biases[output]
        for output in range(len(biases))
    ]


def values(header, parameters, pixels):
    """The value of every class; the greatest wins."""
    scale = int(header["scale"])
    if header["kind"] == "nearest-centroid":
        return [
            -sum(
                (pixels[i] * scale - parameters[label * FEATURES + i]) ** 2 for i in range(FEATURES)
            )
            for label in range(CLASSES)
        ]
    if header["kind"] == "linear":
        split = CLASSES * FEATURES
        return layer(parameters[:split], parameters[split:], pixels)
    hidden = int(header["hidden"])
    first, second = hidden * FEATURES, hidden * FEATURES + hidden
    third = second + CLASSES * hidden
    activations = [max(0, v) for v in layer(parameters[:first], parameters[first:second], pixels)]
    biases = [bias * scale for bias in parameters[third:]]
    return layer(parameters[second:third], biases, activations)


def classify(header, parameters, pixels):
    """The class, and the two integers whose quotient is the score."""
    result = values(header, parameters, pixels)
    label = max(range(CLASSES), key=lambda index: (result[index], -index))
    second = max(result[index] for index in range(CLASSES) if index != label)
    return label, result[label] - second, result[label] - min(result)


# Training.


def quantise(array, scale):
    return [int(round(float(value) * scale)) for value in array.reshape(-1)]


def header(kind, version, scale, **more):
    return {
        "kind": kind,
        "name": "digits",
        "version": version,
        "classes": CLASSES,
        "features": FEATURES,
        "scale": scale,
        **more,
    }


def train(pixels, labels):
    """The models in the order of their versions, as (file name, header, parameters)."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import NearestCentroid
    from sklearn.neural_network import MLPClassifier

    centroid = NearestCentroid().fit(pixels, labels)
    yield "digits-v1", header("nearest-centroid", 1, 256), quantise(centroid.centroids_, 256)

    # C and alpha are the best of a few powers of ten by cross-validation on the training rows.
    softmax = LogisticRegression(C=0.01, max_iter=5000, tol=1e-6).fit(pixels, labels)
    linear = quantise(softmax.coef_, 4096) + quantise(softmax.intercept_, 4096)
    yield "digits-v2", header("linear", 2, 4096), linear
    warm_up = {"name": "digits-large", "warm_up_bytes": 3_000_000_000, "warm_up_seconds": 8}
    yield "digits-large", header("linear", 2, 4096, **warm_up), linear

    network = MLPClassifier((32,), solver="lbfgs", alpha=1.0, max_iter=2000, random_state=SEED)
    network.fit(pixels, labels)
    two_layer = []
    for weights, biases in zip(network.coefs_, network.intercepts_):
        two_layer += quantise(weights.T, 4096) + quantise(biases, 4096)
    yield "digits-v3", header("two-layer", 3, 4096, hidden=32), two_layer


def corrupted(data):
    """The same file with sixteen bytes in the middle of the parameters inverted."""
    middle = len(data) // 2
    damaged = bytes(byte ^ 0xFF for byte in data[middle : middle + 16])
    return data[:middle] + damaged + data[middle + 16 :]


# Files.

CSV_HEADER = """\
# Held-out rows of the UCI Optical Recognition of Handwritten Digits data set (CC BY 4.0).
# One a line: the label, then 64 pixels of 0...16, row by row. No model was trained on them.
"""


def read_rows(path):
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    rows = [[int(field) for field in line.split(",")] for line in lines]
    return [(row[0], row[1:]) for row in rows]


def reference(root, rows):
    """What every model answers: classes and scores of the first rows, correct answers in all."""
    result = {"rows": REFERENCE_ROWS, "evaluationRows": len(rows), "models": {}}
    for name in MODELS:
        model = decode((root / "Fixtures/models" / f"{name}.model").read_bytes())
        answers = [classify(*model, pixels) for _, pixels in rows]
        correct = sum(answer[0] == row[0] for answer, row in zip(answers, rows))
        first = answers[:REFERENCE_ROWS]
        result["models"][name] = {
            "kind": model[0]["kind"],
            "correct": correct,
            "class": [answer[0] for answer in first],
            "margin": [answer[1] for answer in first],
            "spread": [answer[2] for answer in first],
        }
        print(f"{name:14} {model[0]['kind']:17} {correct}/{len(rows)} = {correct / len(rows):.4f}")
    return compact(result)


def compact(result):
    """JSON with every list on one line."""
    models = [
        f'    {json.dumps(name)}: {{\n'
        + ",\n".join(f"      {json.dumps(key)}: {json.dumps(value)}" for key, value in model.items())
        + "\n    }"
        for name, model in result["models"].items()
    ]
    return (
        f'{{\n  "rows": {result["rows"]},\n  "evaluationRows": {result["evaluationRows"]},\n'
        '  "models": {\n' + ",\n".join(models) + "\n  }\n}\n"
    )


def make(root):
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    data = load_digits()
    pixels = data.data.astype(int)
    assert pixels.shape == (1797, FEATURES) and pixels.min() == 0 and pixels.max() == PIXEL_MAX
    train_pixels, held_pixels, train_labels, held_labels = train_test_split(
        pixels, data.target, test_size=1 / 3, random_state=SEED, stratify=data.target
    )
    print(f"{len(train_labels)} rows to train, {len(held_labels)} held out")
    (root / "Fixtures/digits").mkdir(parents=True, exist_ok=True)
    (root / "Fixtures/models").mkdir(parents=True, exist_ok=True)
    lines = [
        ",".join(str(value) for value in [label, *row])
        for label, row in zip(held_labels, held_pixels)
    ]
    evaluation = root / "Fixtures/digits/evaluation.csv"
    evaluation.write_text(CSV_HEADER + "\n".join(lines) + "\n")

    for name, fields, parameters in train(train_pixels, train_labels):
        encoded = encode(fields, parameters)
        (root / "Fixtures/models" / f"{name}.model").write_bytes(encoded)
        if name == "digits-v2":
            (root / "Fixtures/models/digits-corrupt.model").write_bytes(corrupted(encoded))
    expected = reference(root, read_rows(evaluation))
    (root / "Fixtures/digits/expected.json").write_text(expected)


def check(root):
    """Fails when the committed reference results are not what the committed models answer."""
    expected = reference(root, read_rows(root / "Fixtures/digits/evaluation.csv"))
    if expected != (root / "Fixtures/digits/expected.json").read_text():
        raise SystemExit("Fixtures/digits/expected.json differs from what the models answer")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", type=pathlib.Path, required=True)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    (check if arguments.check else make)(arguments.root)
