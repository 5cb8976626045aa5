"""The classifier and the command are the same on real recordings: Japanese Vowels, 9 speakers, ragged."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tidegate import SequenceClassifier

# As good as the defaults, and trained in seconds.
OPTIONS: dict[str, Any] = {"hidden": 32, "epochs": 15, "random_state": 5}


def recordings(path: Path) -> tuple[list[Any], Any]:
    """The sequences ``[steps, channels]`` of a file of the UEA archive, with their classes."""
    lines = path.read_text("utf-8").partition("@data")[2].split("\n")
    sequences, classes = [], []
    for line in filter(str.strip, lines):
        *channels, name = line.strip().split(":")
        columns = [np.array([float(value) for value in channel.split(",") if value != "?"]) for channel in channels]
        sequences.append(np.stack(columns, axis=1))
        classes.append(name)
    return sequences, np.array(classes)


def test_the_estimator_is_the_command_bit_for_bit(
    shared: Callable[[str], Path], command: Callable[..., Any], tmp_path: Path
) -> None:
    train, test = (shared(f"data/japanese_vowels/JapaneseVowels_{part}.ts") for part in ("TRAIN", "TEST"))
    words = ["--hidden", "32", "--epochs", "15", "--seed", "5"]
    command("train", "classify", train, "-o", "command.safetensors", *words, folder=tmp_path)
    fitted = SequenceClassifier(**OPTIONS).fit(*recordings(train))
    X, y = recordings(test)
    theirs = SequenceClassifier.load(tmp_path / "command.safetensors")
    assert theirs.classes_.tolist() == fitted.classes_.tolist() == [str(speaker) for speaker in range(1, 10)]
    assert np.array_equal(fitted.predict_proba(X), theirs.predict_proba(X))

    fitted.save(tmp_path / "python.safetensors")
    documents = [
        json.loads(command("evaluate", f"{name}.safetensors", test, "--json", folder=tmp_path).stdout)
        for name in ("python", "command")
    ]
    assert documents[0]["metrics"] == documents[1]["metrics"]
    assert fitted.score(X, y) == documents[0]["metrics"]["accuracy"]
    assert fitted.score(X, y) > 0.9
