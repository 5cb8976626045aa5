"""Types of command-line options, each with its own error line."""

import argparse
import json
import math
import os
import sys
from pathlib import Path


def seconds(text):
    """A time above 0."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (0 < value < math.inf):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return value


def count(text):
    """A whole number above 0."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def threads(text):
    """A number of threads that a machine may have use for."""
    value = count(text)
    if value > 1024:
        raise argparse.ArgumentTypeError(f"{text} threads are more than 1024")
    return value


def target(text):
    """A file that can be written: found out before anything is measured."""
    path = Path(text)
    if path.is_dir() or not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise argparse.ArgumentTypeError(f"{text}: cannot be written there")
    return path


def results(text):
    """A results file to add to, if it is there."""
    path = target(text)
    if path.exists():
        read(path)
    return path


def read(path):
    """A JSON document; one line for what cannot be read."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        sys.exit(f"{path}: {error}")
    if not isinstance(document, dict):
        sys.exit(f"{path} holds no results")
    return document
