"""The peers that Python reaches, one process each: `python -m engines.pytorch --threads 2`."""
