"""The engines, one process each. An engine whose turn it is not is stopped, so that no spinning thread of one slows another."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", HERE.parent / "target"))
TIDEGATE = TARGET / "release" / "examples" / "bench_engine"
RTEN = TARGET / "rten" / "release" / "tidegate-bench-rten"

COMMANDS = {
    "tidegate": [str(TIDEGATE)],
    "naive": [str(TIDEGATE), "--naive"],
    "pytorch": [sys.executable, "-m", "engines.pytorch"],
    "onnxruntime": [sys.executable, "-m", "engines.onnxruntime"],
    "openvino": [sys.executable, "-m", "engines.openvino"],
    "rten": [str(RTEN)],
}
# These read the case as an ONNX file, which the package onnx writes.
READ_ONNX = {"onnxruntime", "openvino", "rten"}
TITLES = {"tidegate": "Tidegate", "pytorch": "PyTorch", "onnxruntime": "ONNX Runtime", "openvino": "OpenVINO", "rten": "rten",
          "naive": "naive loop"}


class EngineMissing(Exception):
    """An engine that is not installed."""


class EngineFailed(Exception):
    """An engine whose process ended."""


class EngineProcess:
    """A running engine: `ask` gives it a turn."""

    def __init__(self, name, threads, environment=None):
        self.name, self.threads = name, threads
        command = [*COMMANDS[name], "--threads", str(threads)]
        if not Path(command[0]).exists():
            raise EngineMissing(f"{command[0]} is not built")
        if name in READ_ONNX and importlib.util.find_spec("onnx") is None:
            raise EngineMissing("the package onnx, which writes its model, is not installed")
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(command, cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True,
                                        env={**os.environ, "OMP_NUM_THREADS": str(threads), **(environment or {})})
        self.greeting = self.read()
        if "missing" in self.greeting:
            self.process.wait()
            raise EngineMissing(self.greeting["missing"])
        self.signal("SIGSTOP")

    def read(self):
        line = self.process.stdout.readline()
        if line:
            return json.loads(line)
        self.process.wait()
        self.errors.seek(0)
        raise EngineFailed(f"{TITLES[self.name]} ended with status {self.process.returncode}:\n{self.errors.read().strip()}")

    def ask(self, action, case=None, **request):
        if case:
            request["case"] = asdict(case)
        self.signal("SIGCONT")
        try:
            self.process.stdin.write(json.dumps({"action": action, **request}) + "\n")
            self.process.stdin.flush()
            return self.read()
        finally:
            self.signal("SIGSTOP")

    def signal(self, name):
        if hasattr(signal, name) and self.process.poll() is None:
            self.process.send_signal(getattr(signal, name))

    def close(self):
        self.process.kill()
        self.process.wait()


def start(names, threads, environment=None):
    """The engines that are installed, by name, and a line for each that is not."""
    # A bench that is told to end takes its engines along: a stopped process would stay.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    engines, missing = {}, []
    try:
        for name in names:
            try:
                engines[name] = EngineProcess(name, threads, environment)
            except EngineMissing as reason:
                if name == "tidegate":
                    raise
                missing.append(f"{TITLES[name]} is left out: {reason}")
    except BaseException:
        close(engines)
        raise
    return engines, missing


def close(engines):
    for engine in engines.values():
        engine.close()
