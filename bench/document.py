"""The results file, replaced as a whole so that it is never half-written."""

import json


def put(path, key, value):
    """Sets one key of the results file, made if it is not there."""
    document = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    document[key] = value
    replace(path, json.dumps(document, indent=1, allow_nan=False) + "\n")


def replace(path, text):
    temporary = path.with_suffix(".tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
