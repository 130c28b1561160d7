"""How long `heartfelt prepare wesad` takes for persons of WESAD's size, and how much of that is reading.

    python3 prepare.py HEARTFELT FOLDER [--persons 15] [--megabytes 960] [--threads N] [--keep]

makes pickles of protocol 0 as Python 2 writes them, one for each person of WESAD's list (all but the name of the person
in them is the same), prepares them, and prints seconds, seconds of processor time, peak memory, and what of them reading
alone takes: the ECG and the labels of each file, by `heartfelt benchmark --read`, and SHA-256 over it. The files are
removed afterwards. Needs numpy, scipy and 1 GB for each person.
"""

import argparse
import os
import resource
import shutil
import subprocess
import time

import make_files

PERSONS = [f"S{n}" for n in (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17)]
QUESTIONS = """# Subj;NAME;;;;
# ORDER;Base;TSST;Medi 1;Fun;Medi 2;bRead;sRead;fRead
# START;1;22;44;60;72;12;35;55
# END;21;42;52;70;80;14;36;56
"""


def lay(folder, persons, megabytes):
    """One generated file, under the name of each person with that name in it."""
    os.makedirs(folder, exist_ok=True)
    first = f"{folder}/S2.pkl"
    if not os.path.exists(first):
        make_files.pickle(folder, megabytes)
    with open(first, "rb") as file:
        file.seek(-64, os.SEEK_END)
        tail = file.read()
    for person in persons:
        os.makedirs(f"{folder}/WESAD/{person}", exist_ok=True)
        path = f"{folder}/WESAD/{person}/{person}.pkl"
        if not os.path.exists(path):
            shutil.copyfile(first, path)
            with open(path, "r+b") as file:
                file.seek(-64, os.SEEK_END)
                file.write(tail.replace(b"S'S2'\n", f"S'{person}'\n".encode()))
                file.truncate()
        with open(f"{folder}/WESAD/{person}/{person}_quest.csv", "w") as file:
            file.write(QUESTIONS.replace("NAME", person))
    os.remove(first)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("heartfelt")
    parser.add_argument("folder")
    parser.add_argument("--persons", type=int, default=15)
    parser.add_argument("--megabytes", type=float, default=960)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    persons = PERSONS[: options.persons]
    lay(options.folder, persons, options.megabytes)
    size = sum(os.path.getsize(f"{options.folder}/WESAD/{p}/{p}.pkl") for p in persons)

    def measured(*command):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        done = subprocess.run(["/usr/bin/env", *command], capture_output=True, text=True)
        seconds = time.perf_counter() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        return done.stdout, seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    _, seconds, processor = measured(
        options.heartfelt, "prepare", "wesad", f"{options.folder}/WESAD", "--output", f"{options.folder}/store",
        "--threads", str(options.threads), "--replace")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6
    windows = sum(1 for _ in open(f"{options.folder}/store/windows.csv")) - 1
    print(f"prepare, {len(persons)} persons, {options.threads} threads: {size / 1e6:.0f} MB in {seconds:.1f} s, "
          f"{size / 1e6 / seconds:.0f} MB/s; {processor:.1f} s of processor time; peak {peak:.0f} MB; {windows} windows")

    # The same files, read one after another on one thread and nothing made of them.
    files = [f"{options.folder}/WESAD/{p}/{p}.pkl" for p in persons]
    _, wall, reading = measured(options.heartfelt, "benchmark", "--calls", "1", "--read", *files)
    print(f"reading alone, one thread: {wall:.1f} s, {reading:.1f} s of processor time, "
          f"{100 * reading / processor:.0f} % of the whole's")
    _, wall, hashing = measured("sha256sum", *files)
    print(f"sha256sum over them: {wall:.1f} s, {hashing:.1f} s of processor time")
    started = time.perf_counter()
    for path in files:
        with open(path, "rb", buffering=0) as file:
            while file.read(1 << 20):
                pass
    print(f"plain reading of all bytes: {time.perf_counter() - started:.1f} s")
    if not options.keep:
        shutil.rmtree(options.folder)


if __name__ == "__main__":
    main()
