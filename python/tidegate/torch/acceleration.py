"""``accelerate``: the recurrent modules of a model run in Tidegate's engine from then on."""

from dataclasses import dataclass, field

import torch
from torch import nn

from tidegate.torch import checks
from tidegate.torch.cells import GRUCell, LSTMCell, RNNCell
from tidegate.torch.layers import GRU, LSTM, RNN

_REPLACEMENTS: dict[type[nn.Module], type[nn.Module]] = {
    nn.GRU: GRU,
    nn.LSTM: LSTM,
    nn.RNN: RNN,
    nn.GRUCell: GRUCell,
    nn.LSTMCell: LSTMCell,
    nn.RNNCell: RNNCell,
}


@dataclass
class Acceleration:
    """What :func:`accelerate` did: the names of modules as in ``model.named_modules()``, the model itself being ``""``."""

    replaced: list[str] = field(default_factory=list)
    """Modules that run in Tidegate's engine now."""
    left: dict[str, str] = field(default_factory=dict)
    """Recurrent modules that are as they were, with the reason."""
    already: list[str] = field(default_factory=list)
    """Modules that ran in Tidegate's engine before."""

    def __str__(self) -> str:
        def shown(name: str) -> str:
            return name or "(the model itself)"

        lines = [f"{shown(name)}: runs in Tidegate's engine" for name in self.replaced]
        lines += [f"{shown(name)}: left, {reason}" for name, reason in self.left.items()]
        lines += [f"{shown(name)}: runs in Tidegate's engine already" for name in self.already]
        return "\n".join(lines) or "no recurrent module"


def accelerate(model: nn.Module) -> Acceleration:
    """Lets every recurrent module of ``model``, or the model itself, run in Tidegate's engine, and tells which.

    A module stays the object that it is, with its parameters, buffers, hooks, mode and every reference to it: only its class
    becomes that of ``tidegate.torch``. Optimisers need not be told. What the engine cannot run is left, with the reason.
    Modules that occur twice are named once. Accelerate a model before ``torch.compile``.

    A layer is then no instance of ``torch.nn.GRU``, ``LSTM`` or ``RNN`` any more: code that asks by ``isinstance`` must ask for
    ``torch.nn.RNNBase``. ``torch.ao.quantization`` does not know the classes: quantise a model before, or not at all.

    Raises ``TypeError`` if ``model`` is no module.
    """
    if not isinstance(model, nn.Module):
        raise TypeError(f"model is a {type(model).__name__}, not a torch.nn.Module")
    report = Acceleration()
    for name, module in model.named_modules():
        if isinstance(module, tuple(_REPLACEMENTS.values())):
            report.already.append(name)
            continue
        if not _is_recurrent(module):
            continue
        reason = _reason_to_leave(module)
        if reason:
            report.left[name] = reason
        else:
            module.__class__ = _REPLACEMENTS[type(module)]
            report.replaced.append(name)
    return report


def _is_recurrent(module: nn.Module) -> bool:
    if isinstance(module, (nn.RNNBase, nn.RNNCellBase)) or _is_scripted(module):
        return True
    # Quantised modules are none of PyTorch's recurrent ones.
    kind = type(module)
    return kind.__module__.startswith("torch.ao.nn") and kind.__name__ in {each.__name__ for each in _REPLACEMENTS}


def _is_scripted(module: nn.Module) -> bool:
    """Whether TorchScript made ``module`` from one of PyTorch's recurrent modules."""
    if not isinstance(module, torch.jit.ScriptModule):
        return False
    # "__torch__", the module of the class, mangled where several types come from it, and the class
    path = str(module._c._type().qualified_name()).split(".")
    return path[1:3] == ["torch", "nn"] and path[-1] in {each.__name__ for each in _REPLACEMENTS}


def _reason_to_leave(module: nn.Module) -> str | None:
    if _is_scripted(module):
        return "it is scripted or traced: accelerate it before"
    kind = type(module)
    if kind.__module__.startswith("torch.ao.nn"):
        return f"it is quantised ({kind.__module__}.{kind.__qualname__})"
    if nn.utils.parametrize.is_parametrized(module):
        return "it is parametrised, which gave it a class of its own: accelerate it before parametrising it"
    if kind not in _REPLACEMENTS:
        return f"{kind.__module__}.{kind.__qualname__} is a class of its own"
    if "forward" in vars(module):
        return "its forward was replaced"
    if getattr(module, "proj_size", 0):
        return f"its proj_size is {module.proj_size}, and the engine has no projections"
    dropout = getattr(module, "dropout", 0.0)
    if checks.drops_everything(dropout):
        return f"its dropout is {dropout}, and the engine drops less than everything"
    for parameter in module.parameters(recurse=False):
        if parameter.dtype is not torch.float32:
            return f"its weights are {parameter.dtype}, and the engine computes in torch.float32"
        if parameter.is_meta:
            return "it lies on meta, where weights have no values: accelerate it once they have some"
        if not parameter.is_cpu:
            return f"it lies on {parameter.device}, and the engine computes on the CPU"
    return None
