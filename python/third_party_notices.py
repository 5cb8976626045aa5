"""Writes THIRD-PARTY-NOTICES: the Rust packages that are compiled into the wheel, and the texts of their licences.

The packages are those of Cargo's metadata for the platform that is built for; the texts are the files in their own folders.
"""

import json
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
TEXTS = re.compile(r"(licen[cs]e|copying|copyright|notice|unlicense)", re.IGNORECASE)


def platform() -> str:
    version = subprocess.run(["rustc", "--version", "--verbose"], check=True, capture_output=True, text=True).stdout
    return version.split("host: ")[1].split()[0]


def packages() -> list[dict[str, Any]]:
    """Packages of other authors that are linked into the compiled module, by name."""
    command = ["cargo", "metadata", "--format-version=1", "--locked", f"--filter-platform={platform()}"]
    metadata = json.loads(subprocess.run(command, cwd=PROJECT, check=True, capture_output=True).stdout)
    package_of = {package["id"]: package for package in metadata["packages"]}
    dependencies = {node["id"]: node["deps"] for node in metadata["resolve"]["nodes"]}
    waiting = [key for key, package in package_of.items() if package["name"] == "tidegate-python"]
    found: set[str] = set()
    while waiting:
        key = waiting.pop()
        # A procedural macro runs in the compiler alone.
        if key in found or any("proc-macro" in target["kind"] for target in package_of[key]["targets"]):
            continue
        found.add(key)
        waiting += [one["pkg"] for one in dependencies[key] if any(kind["kind"] is None for kind in one["dep_kinds"])]
    others = (package_of[key] for key in found if package_of[key]["source"] is not None)
    return sorted(others, key=lambda package: (package["name"], package["version"]))


def texts(package: dict[str, Any]) -> list[str]:
    folder = Path(package["manifest_path"]).parent
    files = sorted(path for path in folder.iterdir() if TEXTS.match(path.name) and path.is_file())
    return [path.read_text("utf-8", errors="replace").strip() for path in files]


def main(output: Path) -> None:
    users: dict[str, list[str]] = defaultdict(list)
    text_of: dict[str, str] = {}
    lines = [
        "The compiled module of this package holds the Rust standard library (MIT OR Apache-2.0) and the packages below, each under the",
        "licence beside its name. The texts follow; those of MIT and Apache-2.0 are also beside this file.",
        "",
    ]
    for package in packages():
        name = f"{package['name']} {package['version']}"
        found = texts(package)
        without = "" if found else " (its package holds no text)"
        source = f", {package['repository']}" if package["repository"] else ""
        lines.append(f"{name}: {package['license'] or 'see its text'}{source}{without}")
        for text in found:
            # Copies of one text differ in their line breaks.
            key = " ".join(text.split())
            text_of.setdefault(key, text)
            if name not in users[key]:
                users[key].append(name)
    for key, names in users.items():
        lines += ["", "=" * 80, f"Of {', '.join(names)}:", "", text_of[key]]
    output.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
