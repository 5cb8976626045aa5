"""Times `import tidegate` in fresh interpreters, beside `import numpy` and an interpreter that imports nothing.

    make wheel && .venv/bin/python -m pip install dist/*.whl
    .venv/bin/python bench/python_import.py

The figures are medians of whole processes, from start to end, in milliseconds; the interpreter's own is taken from the others.
"""

import argparse
import statistics
import subprocess
import sys
import time

STATEMENTS = {
    "import tidegate": "import tidegate",
    "the weights of tidegate.Gru(1, 1)": "import tidegate; tidegate.Gru(1, 1).state_dict()",
    "import numpy": "import numpy",
}


def milliseconds(code):
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return (time.perf_counter() - begin) * 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=21, help="interpreters for each figure (default 21)")
    rounds = parser.parse_args().rounds
    measured = {code: [] for code in ["pass", *STATEMENTS.values()]}
    # In turns, so that a busy moment meets all of them.
    for _ in range(rounds):
        for code, times in measured.items():
            times.append(milliseconds(code))
    empty = statistics.median(measured["pass"])
    print(f"Python {sys.version.split()[0]}, {rounds} interpreters each; one that imports nothing takes {empty:.1f} ms")
    for name, code in STATEMENTS.items():
        print(f"{name:<40}{statistics.median(measured[code]) - empty:>8.1f} ms")


if __name__ == "__main__":
    main()
