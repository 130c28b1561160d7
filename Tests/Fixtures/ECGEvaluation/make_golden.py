"""Golden values for ECGEvaluation from scikit-learn and NumPy.

    python make_golden.py

writes metrics.json, logistic-regression.json and MANIFEST.json beside itself.
"""

import hashlib
import json
import pathlib
import platform

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    confusion_matrix,
    f1_score,
    precision_score,
    recall_score,
    roc_auc_score,
)

SEED = 20200
HERE = pathlib.Path(__file__).resolve().parent


def calibration_error(truth, probabilities, bins=15):
    """Expected calibration error by the definition of Guo et al. (2017), with its own loops."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    edges = np.linspace(0, 1, bins + 1)
    error = 0.0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return error


def metric_case(name, truth, probabilities, persons):
    predicted = probabilities.argmax(axis=1)
    options = dict(average="macro", zero_division=0)
    precision = precision_score(truth, predicted, **options)
    recall = recall_score(truth, predicted, **options)
    classes = probabilities.shape[1]
    both = len(set(truth)) == 2
    return {
        "name": name,
        "classCount": classes,
        "truth": truth.tolist(),
        "probabilities": probabilities.ravel().tolist(),
        "persons": persons,
        "confusion": confusion_matrix(truth, predicted, labels=range(classes)).ravel().tolist(),
        "accuracy": accuracy_score(truth, predicted),
        "balancedAccuracy": balanced_accuracy_score(truth, predicted),
        "macroF1": f1_score(truth, predicted, **options),
        "publishedF1": 2 * precision * recall / (precision + recall),
        "areaUnderROC": roc_auc_score(truth, probabilities[:, 1])
        if classes == 2 and both
        else None,
        "expectedCalibrationError": calibration_error(truth, probabilities),
    }


def metric_cases(random):
    def softmax(logits):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    def draw(count, classes, skill, digits=6):
        truth = random.integers(0, classes, count)
        logits = random.normal(size=(count, classes)) + skill * np.eye(classes)[truth]
        return truth, np.round(softmax(logits), digits)

    people = lambda count: [f"cohort/P{index % 7}" for index in range(count)]
    cases = []
    truth, probabilities = draw(120, 2, 1.0)
    cases.append(metric_case("two classes", truth, probabilities, people(120)))
    truth, probabilities = draw(120, 2, 0.7, digits=1)
    cases.append(metric_case("two classes with many ties", truth, probabilities, people(120)))
    truth, probabilities = draw(150, 4, 1.2)
    cases.append(metric_case("four classes", truth, probabilities, people(150)))
    truth, probabilities = draw(90, 4, 1.2)
    truth[truth == 2] = 1
    cases.append(metric_case("a class that is predicted but never true", truth, probabilities, people(90)))
    truth, probabilities = draw(90, 5, 1.2)
    truth[truth == 4] = 0
    probabilities[:, 4] = 0
    cases.append(metric_case("a class that does not occur", truth, probabilities, people(90)))
    truth, probabilities = draw(60, 3, 0.0)
    constant = np.zeros_like(probabilities)
    constant[:, 1] = 1
    cases.append(metric_case("a constant answer", truth, constant, people(60)))
    return cases


def regression_case(random, name, count, features, classes, inverse_l2, spread=1.0, balanced=False):
    centers = random.normal(size=(classes, features))
    truth = np.concatenate([np.arange(classes), random.integers(0, classes, count - classes)])
    if balanced:
        truth[count // 3 :] = 0
    scale = 10.0 ** random.integers(-2, 3, features)
    offset = random.normal(size=features) * 5
    values = np.round((centers[truth] + spread * random.normal(size=(count, features))) * scale + offset, 5)
    test = np.round((random.normal(size=(20, features)) * 1.5) * scale + offset, 5)
    mean, deviation = values.mean(axis=0), values.std(axis=0)
    model = LogisticRegression(
        C=inverse_l2, tol=1e-12, max_iter=100_000, class_weight="balanced" if balanced else None
    )
    model.fit((values - mean) / deviation, truth)
    return {
        "name": name,
        "featureCount": features,
        "classCount": classes,
        "l2": 1 / inverse_l2,
        "balancesClasses": balanced,
        "features": values.ravel().tolist(),
        "classes": truth.tolist(),
        "testFeatures": test.ravel().tolist(),
        "probabilities": model.predict_proba((test - mean) / deviation).ravel().tolist(),
    }


def main():
    random = np.random.default_rng(SEED)
    files = {
        "metrics.json": metric_cases(random),
        "logistic-regression.json": [
            regression_case(random, "two classes", 80, 3, 2, 1.0),
            regression_case(random, "two classes, weak penalty", 60, 4, 2, 100.0, spread=2.0),
            regression_case(random, "four classes", 120, 5, 4, 1.0),
            regression_case(random, "three classes, strong penalty", 50, 6, 3, 0.05),
            regression_case(
                random, "two classes, balanced", 90, 3, 2, 1.0, spread=2.0, balanced=True
            ),
            regression_case(
                random, "four classes, balanced", 120, 5, 4, 1.0, spread=2.0, balanced=True
            ),
        ],
    }
    manifest = {
        "made by": pathlib.Path(__file__).name,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scikit-learn": sklearn.__version__,
        "seed": SEED,
        "sha256": {},
    }
    for name, content in files.items():
        data = (json.dumps(content) + "\n").encode()
        (HERE / name).write_bytes(data)
        manifest["sha256"][name] = hashlib.sha256(data).hexdigest()
    (HERE / "MANIFEST.json").write_text(json.dumps(manifest, indent=2) + "\n")


main()
