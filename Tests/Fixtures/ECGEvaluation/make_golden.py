"""Golden values for ECGEvaluation from scikit-learn, SciPy, statsmodels and NumPy.

    python make_golden.py

writes metrics.json, logistic-regression.json, statistics.json, neighbour-embedding.json and
MANIFEST.json beside itself.
"""

import hashlib
import itertools
import json
import pathlib
import platform

import numpy as np
import scipy
import sklearn
import statsmodels
from sklearn.linear_model import LogisticRegression
from sklearn.manifold import TSNE, trustworthiness
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    confusion_matrix,
    f1_score,
    precision_score,
    recall_score,
    roc_auc_score,
)
from scipy import stats
from statsmodels.stats.multitest import multipletests

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


def signed_rank_case(name, differences):
    """SciPy's wilcoxon: exact without ties, over all signs with few ties, and the approximation."""
    nonzero = differences[differences != 0]
    tied = len(set(np.abs(nonzero))) < len(nonzero)
    if not tied:
        exact = stats.wilcoxon(differences, method="exact").pvalue if len(nonzero) == len(differences) else None
    elif len(nonzero) <= 13:
        method = stats.PermutationMethod(n_resamples=np.inf)
        exact = stats.wilcoxon(nonzero, method=method).pvalue
    else:
        exact = None
    ranks = stats.rankdata(np.abs(nonzero))
    positive = ranks[nonzero > 0].sum()
    spread = differences.std(ddof=1)
    return {
        "name": name,
        "differences": differences.tolist(),
        "exact": exact,
        "normal": stats.wilcoxon(differences, method="asymptotic", correction=False).pvalue,
        "positiveRankSum": positive,
        "rankBiserial": (2 * positive - ranks.sum()) / ranks.sum(),
        "mean": differences.mean(),
        "cohensD": differences.mean() / spread,
    }


def corrected_t_case(differences, share):
    """The formula of Nadeau and Bengio (2003) with SciPy's distribution."""
    count = len(differences)
    t = differences.mean() / np.sqrt((1 / count + share) * differences.var(ddof=1))
    return {
        "differences": differences.tolist(),
        "testShare": share,
        "t": t,
        "pValue": 2 * stats.t.sf(abs(t), count - 1),
    }


def exchange_case(random):
    """All deals of the labels of two recordings within each of 8 persons: balanced accuracy."""
    persons, counts = 8, []
    for _ in range(persons):
        counts.append([int(value) for value in random.integers(2, 6, 2)])
    right = [[int(random.binomial(count, 0.7)) for count in pair] for pair in counts]

    def score(flips):
        hits, totals = np.zeros(2), np.zeros(2)
        for person, flip in enumerate(flips):
            for recording in (0, 1):
                label = recording ^ flip
                count, hit = counts[person][recording], right[person][recording]
                totals[label] += count
                hits[label] += count - hit if flip else hit
        return (hits / totals).mean()

    observed = score([0] * persons)
    deals = [score(flips) for flips in itertools.product((0, 1), repeat=persons)]
    return {
        "counts": counts,
        "right": right,
        "value": observed,
        "chance": float(np.mean(deals)),
        "pValue": float(np.mean(np.array(deals) >= observed - 1e-12)),
    }


def fold_area_case(random):
    """AUROC within folds: scikit-learn's in each fold, weighted by the fold's pairs."""
    count, folds = 90, 5
    fold = np.arange(count) % folds
    truth = random.integers(0, 2, count)
    truth[fold == 4] = 1
    score = np.round(1 / (1 + np.exp(-(random.normal(size=count) + truth + fold - 2))), 2)
    area, pairs = 0.0, 0
    for number in range(folds - 1):
        inside = fold == number
        weight = truth[inside].sum() * (1 - truth[inside]).sum()
        area += weight * roc_auc_score(truth[inside], score[inside])
        pairs += weight
    return {
        "truth": truth.tolist(),
        "score": score.tolist(),
        "folds": fold.tolist(),
        "within": area / pairs,
        "pooled": roc_auc_score(truth, score),
    }


def embedding_case(random, name, rows, perplexity):
    """Exact t-SNE by scikit-learn: where its points end up, and what is left of the divergence."""
    rows = np.round(rows, 4)
    model = TSNE(
        method="exact", init="pca", learning_rate="auto", perplexity=perplexity, max_iter=1000,
        n_iter_without_progress=1000, min_grad_norm=0, random_state=0,
    )
    places = model.fit_transform(rows)
    loose = TSNE(method="exact", init="random", perplexity=perplexity, max_iter=250, random_state=1)
    begun = loose.fit_transform(rows)
    return {
        "name": name,
        "perplexity": perplexity,
        "rows": rows.tolist(),
        "x": np.round(places[:, 0], 4).tolist(),
        "y": np.round(places[:, 1], 4).tolist(),
        "divergence": float(model.kl_divergence_),
        "trustworthiness": [trustworthiness(rows, np.round(places, 4), n_neighbors=k) for k in (5, 10)],
        "begun": {
            "x": np.round(begun[:, 0], 6).tolist(),
            "y": np.round(begun[:, 1], 6).tolist(),
            "trustworthiness": trustworthiness(rows, np.round(begun, 6), n_neighbors=10),
        },
    }


def embedding_cases(random):
    centers = 3 * random.normal(size=(4, 8))
    groups = centers[np.arange(100) % 4] + random.normal(size=(100, 8))
    turn = np.sort(random.uniform(1.5, 4.5, 110)) * np.pi
    roll = np.stack([turn * np.cos(turn), turn * np.sin(turn), random.uniform(0, 15, 110)], axis=1)
    return [
        embedding_case(random, "four groups in eight dimensions", groups, 20.0),
        embedding_case(random, "a rolled sheet", roll, 12.0),
    ]


def statistics(random):
    ties = np.array([0.1, 0.1, -0.1, 0.3, 0.2, 0.2, -0.4, 0.0, 0.5, 0.3])
    probabilities = [np.round(random.uniform(0, 0.2, size), 4) for size in (1, 5, 12)]
    probabilities.append(np.array([0.01, 0.04, 0.03, 0.005, 0.03, 0.9]))
    return {
        "signedRanks": [
            signed_rank_case("ten persons", np.round(random.normal(0.4, 1, 10), 4)),
            signed_rank_case("28 persons", np.round(random.normal(0.3, 1, 28), 6)),
            signed_rank_case("50 persons", np.round(random.normal(0.2, 1, 50), 6)),
            signed_rank_case("80 persons", np.round(random.normal(0.2, 1, 80), 6)),
            signed_rank_case("ties and a zero", ties),
            signed_rank_case("40 persons with ties", np.round(random.normal(0.3, 1, 40), 1)),
            signed_rank_case("all one way", np.arange(1.0, 7.0)),
        ],
        "correctedT": [
            corrected_t_case(np.round(random.normal(0.02, 0.05, 10), 5), 1 / 9),
            corrected_t_case(np.round(random.normal(0.05, 0.05, 50), 5), 1 / 9),
            corrected_t_case(np.round(random.normal(0.0, 0.05, 2), 5), 1.0),
            corrected_t_case(np.round(random.normal(2, 0.1, 30), 5), 0.25),
        ],
        "holm": [
            {"pValues": values.tolist(), "corrected": multipletests(values, method="holm")[1].tolist()}
            for values in probabilities
        ],
        "exchange": exchange_case(random),
        "area": fold_area_case(random),
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
        "statistics.json": statistics(np.random.default_rng(SEED + 1)),
        "neighbour-embedding.json": embedding_cases(np.random.default_rng(SEED + 2)),
    }
    manifest = {
        "made by": pathlib.Path(__file__).name,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scikit-learn": sklearn.__version__,
        "scipy": scipy.__version__,
        "statsmodels": statsmodels.__version__,
        "seed": SEED,
        "sha256": {},
    }
    for name, content in files.items():
        data = (json.dumps(content) + "\n").encode()
        (HERE / name).write_bytes(data)
        manifest["sha256"][name] = hashlib.sha256(data).hexdigest()
    (HERE / "MANIFEST.json").write_text(json.dumps(manifest, indent=2) + "\n")


main()
