"""Small files in the layouts of WESAD, DREAMER, AMIGOS and SWELL-KW, written by NumPy, SciPy and openpyxl.

Samples count upwards, so that a test can tell where each came from. Nothing in them was recorded.
Run in this folder: python make_datasets.py
"""

import hashlib
import json
import pathlib
import pickle
import platform

import numpy as np
import openpyxl
import scipy
from scipy.io import savemat

here = pathlib.Path(__file__).parent


def place(name):
    path = here / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def cell(values, shape):
    out = np.empty(len(values), dtype=object)
    for index, value in enumerate(values):
        out[index] = value
    return out.reshape(shape)


def wesad():
    runs = [(0, 70), (1, 700), (0, 70), (2, 350), (0, 35), (4, 140), (3, 210), (0, 35), (4, 140), (6, 70)]
    label = np.concatenate([np.full(count, code, dtype=np.int32) for code, count in runs])
    ecg = (np.arange(len(label), dtype=np.float64) / 1000)[:, None]
    data = {"signal": {"chest": {"ECG": ecg}}, "label": label, "subject": "S2"}
    with open(place("wesad/S2/S2.pkl"), "wb") as file:
        pickle.dump(data, file, protocol=2)
    lines = [
        "# Subj;S2;;",
        "# ORDER;Base;TSST;Medi 1;Fun;Medi 2;sRead;fRead;",
        "# START;7.08;39.55;70.19;81.25;93.38;54.42;89.51;",
        "# END;26.32;50.3;77.1;87.47;100.15;56.07;91.15;",
        "",
        "# PANAS;1;1;3;2", "# PANAS;5;1;3;2", "# PANAS;1;2;3;2", "# PANAS;1;1;4;2", "# PANAS;1;1;3;5",
        "# STAI;2;4;2;1;4;1", "# STAI;1;1;4;3;2;1", "# STAI;3;1;1;4;1;4", "# STAI;4;1;1;4;1;4",
        "# STAI;4;2;2;3;1;3",
        "# DIM;6;2;;",
        "# DIM;3;8;;",
        "# DIM;7;1;;",
        "# DIM;8;5;;",
        "# DIM;7;2;;",
        "# SSSQ;5;4;4;5;5;4",
    ]
    place("wesad/S2/S2_quest.csv").write_text("\r\n".join(lines) + "\r\n")


def dreamer():
    persons = []
    for person in range(2):
        def part(offset):
            clips = [np.stack([np.arange(300.0) + offset + 1000 * clip + 10000 * person,
                               -np.arange(300.0)], axis=1) for clip in range(3)]
            return cell(clips, (3, 1))
        eeg = {"baseline": cell([np.zeros((10, 14))] * 3, (3, 1)),
               "stimuli": cell([np.zeros((10, 14))] * 3, (3, 1))}
        persons.append({
            "Age": "22", "Gender": "female", "EEG": eeg,
            "ECG": {"baseline": part(500), "stimuli": part(0)},
            "ScoreValence": np.array([[4.0], [3.0], [5.0]]),
            "ScoreArousal": np.array([[1.0], [2.0], [3.0 + person]]),
            "ScoreDominance": np.array([[2.0], [np.nan], [1.0]]),
        })
    data = {"Data": cell(persons, (1, 2)), "EEG_SamplingRate": 128.0, "ECG_SamplingRate": 256.0,
            "noOfSubjects": 2.0, "noOfVideoSequences": 3.0}
    savemat(place("dreamer/DREAMER.mat"), {"DREAMER": data}, do_compression=True)


def gaps():
    """A DREAMER person with a clip of NaN, one of no samples, one without scores and one half of which is NaN."""
    clips = [np.stack([np.arange(2600.0) % 97 + clip, -np.arange(2600.0)], axis=1) for clip in range(5)]
    clips[1][:] = np.nan
    clips[2] = np.zeros((0, 0))
    clips[4][1300:] = np.nan
    scores = np.array([[4.0], [3.0], [2.0], [np.nan], [1.0]])
    person = {"ECG": {"baseline": cell(clips, (5, 1)), "stimuli": cell(clips, (5, 1))}, "ScoreValence": scores,
              "ScoreArousal": scores, "ScoreDominance": scores}
    data = {"Data": cell([person], (1, 1)), "ECG_SamplingRate": 256.0}
    savemat(place("gaps/DREAMER.mat"), {"DREAMER": data}, do_compression=True)


def amigos():
    trials, answers, names = [], [], []
    for index, name in enumerate(["10", "13", "138", "18", "N1", "P1"]):
        samples = np.zeros((900, 17))
        samples[:, 14] = np.arange(900) + 10000 * index
        samples[:, 15] = -np.arange(900)
        if name == "13":
            samples[:] = np.nan
        if name == "138":
            samples[700, 14] = np.nan
        answer = np.array([[4.5 + index, 3.25, 5, 6, 1, 0, 0, 1, 0, 0, 0, 0.0]])
        if name == "18":
            answer = np.zeros((1, 0))
        if name == "N1":
            samples, answer = np.zeros((0, 0)), np.zeros((1, 0))
        trials.append(samples)
        answers.append(answer)
        names.append(name)
    count = len(names)
    savemat(place("amigos/Data_Preprocessed_P01/Data_Preprocessed_P01.mat"), {
        "VideoIDs": cell(names, (1, count)), "joined_data": cell(trials, (1, count)),
        "labels_selfassessment": cell(answers, (1, count)),
        "labels_ext_annotation": cell([np.zeros((3, 3))] * count, (1, count)),
    }, do_compression=True)


def swell():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "SWELLdata"
    sheet.append(["PP", "Blok", "Condition", "timestamp", "Valence_rc", "Arousal_rc", "Dominance",
                  "Stress", "MentalEffort"])
    sheet.append(["PP1", 1, "R", "20120918T131600000", None, None, None, None, None])
    sheet.append(["PP1", 1, "N", "20120918T132400000", 3, 4, 5, 2, 1.5])
    sheet.append(["PP1", 1, "N", "20120918T132500000", 4, 6, 5, 2.5, 999])
    sheet.append(["PP1", 2, "T", "20120918T141600000", "#VALUE!", 7, None, 8, 6])
    sheet.append(["pp02", 1, "I", "20120919T131600000", 2, 2, 2, 2, 2])
    book.create_sheet("notes").append(["nothing to see"])
    book.save(place("swell/behavioral-labels.xlsx"))


def annotations():
    """AMIGOS's external annotations: headings in the second row and videos by number only; twice the prepared
    file's values for one video and the same for the other; and without segments."""
    heads = ["UserID", "Video_Number", "Segment index", "Valence (A)", "Arousal (A)", "Valence (B)", "Arousal (B)",
             "Mean valence"]
    for name, rows in [("numbers", [["External annotations"], heads, [4, 4, 1, 0.5, 0, 0.3, -0.2, 9],
                                    [4, 4, 2, -0.5, 0.2, None, 0.4, 9], [4, 4, "x", 1, 1, 1, 1, 1]]),
                       ("doubled", [["UserID", "VideoID", "Segment_Index", "Valence_Annotator_1", "Arousal_Annotator_1"],
                                    [3, "10", 1, 0.2, -0.4], [3, "10", 2, 1, 0.8], [3, "10", 3, 0.6, 0.4],
                                    [3, "N1", 1, -0.6, 0.8], [3, "N1", 2, -0.4, 0.6]]),
                       ("headless", [["UserID", "VideoID", "Valence_Annotator_1", "Arousal_Annotator_1"],
                                     [4, "10", 0.5, 0.5]])]:
        book = openpyxl.Workbook()
        book.active.title = "Ratings"
        for row in rows:
            book.active.append(row)
        book.save(place(f"annotations/{name}.xlsx"))


for make in (wesad, dreamer, gaps, amigos, swell, annotations):
    make()
files = sorted(path for path in here.rglob("*") if path.suffix in {".pkl", ".csv", ".mat", ".xlsx"}
               and path.parent.name != "persons")
manifest = {
    "made by": "make_datasets.py",
    "seed": None,
    "versions": {"python": platform.python_version(), "numpy": np.__version__,
                 "scipy": scipy.__version__, "openpyxl": openpyxl.__version__},
    "sha256": {str(path.relative_to(here)): hashlib.sha256(path.read_bytes()).hexdigest()
               for path in files},
}
(here / "MANIFEST.json").write_text(json.dumps(manifest, indent=2) + "\n")
