#!/usr/bin/env python3
"""Drives the page of heartfelt-server in headless Chromium: upload, live, error, abstention, keyboard, token.

Usage: Scripts/page.py [--server PROGRAM] [--model FILE] [--recording FILE] [--screenshots FOLDER]

Needs Python and Chromium, nothing else; it speaks the DevTools protocol over a pipe. Where there is no
Chromium it says so and ends well. CHROMIUM names one that is not on the path.
"""

import argparse
import base64
import json
import math
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60


class Browser:
    """A Chromium with one page."""

    def __init__(self, program, folder):
        # The browser reads commands from its descriptor 3 and writes answers to 4.
        their_in, self.out = os.pipe()
        self.incoming, their_out = os.pipe()

        def arrange():
            first, second = os.dup(their_in), os.dup(their_out)
            os.dup2(first, 3)
            os.dup2(second, 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", "--remote-debugging-pipe", f"--user-data-dir={folder}", "about:blank"],
            preexec_fn=arrange, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(their_in)
        os.close(their_out)
        self.number, self.text, self.faults = 0, b"", []
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "DOM"):
            self.call(f"{domain}.enable")

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

    def receive(self):
        while b"\0" not in self.text:
            piece = os.read(self.incoming, 1 << 20)
            if not piece:
                raise RuntimeError("the browser has ended")
            self.text += piece
        line, self.text = self.text.split(b"\0", 1)
        message = json.loads(line)
        if message.get("method") == "Runtime.exceptionThrown":
            self.faults.append(message["params"]["exceptionDetails"].get("exception", {}).get("description", "?"))
        if message.get("method") == "Log.entryAdded":
            entry = message["params"]["entry"]
            if entry["level"] == "error":
                self.faults.append(f"{entry['text']} {entry.get('url', '')}")
        return message

    def js(self, code):
        result = self.call("Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"])
        return result["result"].get("value")

    def wait(self, code, what):
        end = time.time() + PATIENCE
        while time.time() < end:
            if self.js(code):
                return
            time.sleep(0.1)
        state = self.js("document.body.innerText")
        raise AssertionError(f"waited for {what}; the page says:\n{state[:1500]}")

    def go(self, url):
        self.call("Page.navigate", url=url)
        self.wait("document.readyState === 'complete' && document.getElementById('score') !== null", url)

    def screen(self, width, height, scheme="light", mobile=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=2 if mobile else 1, mobile=mobile)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        time.sleep(0.3)

    def screenshot(self, file):
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]
        file.write_bytes(base64.b64decode(data))

    def choose(self, *files):
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector="#file")["nodeId"]
        self.call("DOM.setFileInputFiles", nodeId=node, files=[str(file) for file in files])

    def key(self, name, code, text=None):
        extra = {"text": text} if text else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", key=name, code=name, windowsVirtualKeyCode=code, **extra)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=name, code=name, windowsVirtualKeyCode=code)

    def close(self):
        try:
            self.call("Browser.close")
        except (RuntimeError, OSError):
            pass
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Server:
    """A heartfelt-server on a port of its own."""

    def __init__(self, program, models, *options):
        arguments = [program, "--port", "0", *options]
        for model in models:
            arguments += ["--model", model]
        self.process = subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            if found:
                self.url = found[0]
                return
        raise RuntimeError("the server did not start")

    def close(self):
        self.process.terminate()
        assert self.process.wait(60) == 0, "the server does not end well"


def synthetic(file, seconds, rate=128, silent=()):
    """Heartbeats as CSV; silent where nothing is to be seen."""
    noise = random.Random(1)
    rows = ["time_s,ecg_mV"]
    for index in range(seconds * rate):
        time_s = index / rate
        phase = (time_s % 0.8) / 0.8
        value = (math.exp(-((phase - 0.4) / 0.012) ** 2) + 0.2 * math.exp(-((phase - 0.7) / 0.05) ** 2)
                 + 0.1 * math.exp(-((phase - 0.25) / 0.03) ** 2) + noise.gauss(0, 0.01))
        if any(start <= time_s < end for start, end in silent):
            value = 0
        rows.append(f"{time_s:.5f},{value:.4f}")
    file.write_text("\n".join(rows) + "\n")


def text(browser, name):
    return browser.js(f"document.getElementById('{name}').innerText")


def drawn(browser, name):
    """Whether a canvas has more on it than one colour."""
    return browser.js(
        f"(() => {{ const c = document.getElementById('{name}'); if (!c.width) return false;"
        "const d = new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer);"
        "return new Set(d).size > 2; })()")


def check(browser, server, folder, shots, recording):
    # The model and what it is worth are said before anything is asked.
    browser.screen(1280, 900)
    browser.go(server.url + "/")
    browser.wait("document.getElementById('score').innerText.length > 20", "the score")
    assert "diagnosis" in text(browser, "purpose"), text(browser, "purpose")

    # Upload, with stretches from which the model abstains.
    own = folder / "own.csv"
    synthetic(own, 60, silent=[(20, 30)])
    browser.choose(own)
    browser.wait("!document.getElementById('result').hidden", "a result")
    assert text(browser, "result-title") == "own.csv"
    assert "6 windows" in text(browser, "summary") and "abstained from" in text(browser, "summary"), \
        text(browser, "summary")
    assert drawn(browser, "ecg") and drawn(browser, "timeline")
    assert browser.js("document.querySelectorAll('#table tr').length") == 7

    # From window to window by keyboard alone.
    browser.js("document.getElementById('place').focus()")
    browser.key("Home", 36)
    assert text(browser, "time").startswith("0:00.0")
    for _ in range(2):
        browser.key("ArrowRight", 39)
    assert text(browser, "time").startswith("0:20.0"), text(browser, "time")
    assert "Abstains: there is no signal" in text(browser, "verdict"), text(browser, "verdict")
    assert "Abstains" in browser.js("document.getElementById('place').getAttribute('aria-valuetext')")
    stops = []
    browser.js("document.activeElement.blur()")
    for _ in range(12):
        browser.key("Tab", 9)
        stops.append(browser.js("document.activeElement.id || document.activeElement.tagName"))
    for needed in ("file", "replay", "watch", "place"):
        assert needed in stops, f"{needed} is not reached by Tab: {stops}"
    unnamed = browser.js(
        "[...document.querySelectorAll('input,select,canvas[role=img]')].filter(n => n.offsetParent &&"
        "!n.labels?.length && !n.getAttribute('aria-label')).map(n => n.id)")
    assert unnamed == [], f"without a name: {unnamed}"

    # An error is said in the server's words, and what follows works again.
    short = folder / "short.csv"
    synthetic(short, 5)
    browser.choose(short)
    browser.wait("!document.getElementById('error').hidden", "an error")
    assert "10.0 s are needed" in text(browser, "error"), text(browser, "error")
    assert browser.js("document.getElementById('result').hidden")
    browser.faults.clear()

    # Live: the recording replayed.
    browser.choose(own)
    browser.wait("!document.getElementById('replay').disabled", "the replay")
    browser.js("document.getElementById('speed').value = '20'")
    browser.js("document.getElementById('replay').click()")
    browser.wait("document.getElementById('summary').innerText.includes('Live.')", "live predictions")
    assert drawn(browser, "ecg")
    browser.wait("document.getElementById('status').innerText.includes('has ended')", "the end of the stream")
    assert "51 windows" in text(browser, "summary"), text(browser, "summary")

    # A stream that somebody else sends is watched.
    import urllib.request
    rows = own.read_text().splitlines()[1:]

    def send(lines, query=""):
        request = urllib.request.Request(
            f"{server.url}/v1/live/strap/samples?rate=128&timed=true{query}", "\n".join(lines).encode() + b"\n")
        urllib.request.urlopen(request).read()

    send(rows[:1280])
    browser.js("document.getElementById('stream').value = 'strap'")
    browser.js("document.getElementById('watch').click()")
    browser.wait("!document.getElementById('stop').disabled", "the watch")
    time.sleep(0.5)
    send(rows[1280:2500])
    browser.wait("document.getElementById('result-title').innerText === 'strap'", "the watched stream")
    send([], "&end=true")
    browser.wait("document.getElementById('status').innerText.includes('has ended')", "its end")
    assert browser.faults == [], browser.faults

    # On a phone's width nothing is wider than the screen.
    if recording:
        browser.choose(*recording)
        browser.wait("!document.getElementById('result').hidden && document.getElementById('error').hidden"
                     f"&& document.getElementById('result-title').innerText === {json.dumps(recording[0].name)}",
                     "the recording")
    for name, width, height, scheme, mobile in [
            ("desktop", 1280, 900, "light", False), ("desktop-dark", 1280, 900, "dark", False),
            ("phone", 390, 844, "light", True), ("phone-dark", 390, 844, "dark", True)]:
        browser.screen(width, height, scheme, mobile)
        wide = browser.js("document.documentElement.scrollWidth")
        assert wide <= width, f"the page is {wide} wide on {name}, whose screen is {width}"
        assert drawn(browser, "ecg"), name
        if shots:
            browser.screenshot(shots / f"{name}.png")
    assert browser.faults == [], browser.faults


def check_token(browser, program, model, folder):
    token = folder / "token"
    token.write_text("0123456789abcdef0123\n")
    server = Server(program, [model], "--token-file", str(token))
    try:
        browser.screen(1280, 900)
        browser.go(server.url + "/")
        browser.wait("!document.getElementById('access').hidden", "the question for the token")
        browser.js("document.getElementById('token').value = '0123456789abcdef0123'")
        browser.js("document.querySelector('#access button').click()")
        browser.wait("document.getElementById('access').hidden", "the token's acceptance")
        assert len(text(browser, "score")) > 20
    finally:
        server.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--server", default=str(ROOT / ".build/release/heartfelt-server"))
    parser.add_argument("--program", default=str(ROOT / ".build/release/heartfelt"))
    parser.add_argument("--model", action="append", help="a model; several of other targets")
    parser.add_argument("--recording", action="append", type=Path, help="for the screenshots")
    parser.add_argument("--screenshots", type=Path)
    options = parser.parse_args()
    chromium = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"])),
        None)
    if not chromium:
        print("SKIPPED page: there is no Chromium here, so nobody looked at the page; name one in CHROMIUM")
        return
    if options.screenshots:
        options.screenshots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="heartfelt-page-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        models = options.model or [quick_model(options.program, folder)]
        server = Server(options.server, models)
        browser = Browser(chromium, folder / "profile")
        try:
            check(browser, server, folder, options.screenshots, options.recording)
            check_token(browser, options.server, models[0], folder)
        finally:
            browser.close()
            server.close()
    print("page: upload, abstention, keyboard, error, live, watching, widths and token work in Chromium")


def quick_model(program, folder):
    """A model made in seconds; what it says means nothing."""
    def run(*arguments):
        subprocess.run([program, *arguments], cwd=folder, check=True, capture_output=True)

    run("synthesize", "--persons", "4", "--seconds", "40", "--output", "cohort")
    run("prepare", "folder", "cohort", "--output", "store")
    run("pretrain", "store", "--output", "run", "--epochs", "1", "--batch-size", "16")
    run("train", "store", "--target", "condition", "--encoder", "run", "--set-aside", "0.4",
        "--training-epochs", "5", "--output", "model")
    return str(folder / "model")


if __name__ == "__main__":
    try:
        main()
    except AssertionError as error:
        sys.exit(f"page: {error}")
