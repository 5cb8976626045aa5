"""What the figures were measured on."""

import os
import platform


def name():
    """The processor's own name, and the number of cores."""
    found = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as information:
            found = next((line.split(":", 1)[1].strip() for line in information if line.startswith("model name")), found)
    except OSError:
        pass
    return found


def describe(engines, peaks):
    """The machine and the versions of the engines, for the results file."""
    return {
        "name": name(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "instruction_set": engines["tidegate"].greeting["instruction_set"],
        "fma_peak_gflops_per_thread": {key: round(value, 1) for key, value in peaks.items()},
        "versions": {key: engine.greeting["version"] for key, engine in engines.items()},
    }
