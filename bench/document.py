"""The results file, replaced as a whole so that it is never half-written."""

import json


def put(path, key, value):
    """Sets one key of the results file, made if it is not there."""
    document = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    document[key] = value
    replace(path, as_text(document))


def as_text(document):
    """JSON with one entry of a list a line, so that two runs can be compared line by line."""
    parts = []
    for key, value in document.items():
        lines = ",\n  ".join(json.dumps(entry, ensure_ascii=False, allow_nan=False) for entry in value) if isinstance(value, list) else ""
        parts.append(f" {json.dumps(key)}: " + (f"[\n  {lines}\n ]" if lines else json.dumps(value, ensure_ascii=False, allow_nan=False)))
    return "{\n" + ",\n".join(parts) + "\n}\n"


def replace(path, text):
    temporary = path.with_suffix(".tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
