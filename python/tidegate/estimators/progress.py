"""What is shown while an estimator trains."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Callback = Callable[[dict[str, Any]], object]


@contextmanager
def progress(verbose: bool | int, callback: Callback | None, epochs: int | None) -> Iterator[Callback | None]:
    """What is called after each epoch: a bar of tqdm where it is installed, else a line on standard error, and the caller's
    own callback. ``epochs`` is their number at most, ``None`` where the data decides it."""
    if callback is not None and not callable(callback):
        raise TypeError(f"callback={callback!r} cannot be called")
    if not verbose:
        yield callback
        return
    show, close = _shown(epochs)

    def both(record: dict[str, Any]) -> None:
        show(record)
        if callback is not None:
            callback(record)

    try:
        yield both
    finally:
        close()


def _shown(epochs: int | None) -> tuple[Callback, Callable[[], object]]:
    try:
        from tqdm.auto import tqdm
    except ModuleNotFoundError:
        return lambda record: print(_line(record, epochs), file=sys.stderr, flush=True), lambda: None
    bar = tqdm(total=epochs, unit="epoch", desc="training")
    best = float("inf")

    def show(record: dict[str, Any]) -> None:
        nonlocal best
        best = min(best, record["valid_loss"])
        bar.set_postfix({"validation": f"{record['valid_loss']:.4g}", "best": f"{best:.4g}"}, refresh=False)
        bar.update()

    return show, bar.close


def _line(record: dict[str, Any], epochs: int | None) -> str:
    of = "" if epochs is None else f"/{epochs}"
    best = " (best)" if record["best"] else ""
    return (
        f"epoch {record['epoch']}{of}: training {record['train_loss']:.4g}, "
        f"validation {record['valid_loss']:.4g}{best}, {record['seconds']:.3g} s"
    )
