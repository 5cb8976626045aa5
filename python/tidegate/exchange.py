"""Networks of other libraries, in and out: PyTorch, Keras, RTNeural, ONNX.

``read`` opens a file of any of them, ``from_torch`` and ``from_keras`` take what lives in memory. What comes of it is a ``Network``:
a chain of layers that runs over whole sequences or step by step and is written to any of these formats, or to a model file.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from tidegate import _engine
from tidegate._engine import Network as _Layers
from tidegate.model import Model

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from tidegate.recurrent import Floats, Lengths, State

__all__ = ["Network", "NetworkStream", "from_keras", "from_state_dict", "from_torch", "read", "save_state_dict", "to_keras"]

Read: TypeAlias = "Literal['every', 'last', 'mean']"
Nonlinearity: TypeAlias = "Literal['tanh', 'relu']"
Reset: TypeAlias = "Literal['after', 'before']"


class Network:
    """A chain of layers with their weights, made by ``read``, ``from_torch``, ``from_keras``, ``from_state_dict`` or of a ``tidegate.Model``.

    Raises:
        TypeError: If ``model`` is no ``tidegate.Model``.
    """

    _engine: _Layers

    def __init__(self, model: Model) -> None:
        if not isinstance(model, Model):
            raise TypeError(f"model: expected a tidegate.Model, found {type(model).__name__}")
        self._engine = _engine.Network.from_model(model._engine)

    @classmethod
    def _over(cls, engine: _Layers) -> Network:
        network = cls.__new__(cls)
        network._engine = engine
        return network

    @property
    def description(self) -> dict[str, Any]:
        """What it is made of: ``features`` or ``vocabulary``, ``layers`` by name, ``outputs``, ``every_step``, ``needs_whole_sequences``."""
        description: dict[str, Any] = json.loads(self._engine.description)
        return description

    def __call__(
        self,
        x: Floats | NDArray[np.integer[Any]],
        lengths: Lengths | None = None,
        *,
        batch_first: bool = False,
    ) -> Floats:
        """Runs whole sequences from states of zero.

        Args:
            x: ``float32`` features ``[steps, batch, features]``, or tokens of any integer dtype ``[steps, batch]``; of one sequence
                ``[steps, features]`` or ``[steps]``.
            lengths: Number of steps of each sequence of a ragged batch, in any order.
            batch_first: Whether ``x`` and the outputs of every step have the batch's axis first.

        Returns:
            ``[steps, batch, outputs]``, zero past a sequence's end, or ``[batch, outputs]`` of a network that gives one answer for a sequence;
            without the batch's axis for one sequence.

        Raises:
            TypeError: If ``x`` has another dtype.
            ValueError: If a shape or a token does not fit, or a value is not finite.
        """
        return self._engine.forward(x, lengths, batch_first)

    def stream(self, batch: int | None = None) -> NetworkStream:
        """A stream that is fed step by step; with ``batch``, that many side by side.

        Raises:
            ValueError: If a layer needs whole sequences: it runs backwards in time, or pools over the steps.
        """
        return NetworkStream(self, batch)

    def to_model(self) -> Model:
        """The ``tidegate.Model`` that computes the same.

        Raises:
            ValueError: If a model cannot hold a layer; it is named.
        """
        return Model._over(self._engine.to_model())

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a model file, which the command ``tidegate`` and ``tidegate.load`` read.

        Raises:
            OSError: If the file cannot be written; one that stood there before is as it was.
            ValueError: If a model file cannot hold a layer; it is named.
        """
        with _naming(path):
            self.to_model().save(path)

    def to_onnx(self, path: str | os.PathLike[str], *, preset: Literal["sequence", "step"] = "sequence") -> None:
        """Writes an ONNX file with real GRU, LSTM or RNN operators, whole or not at all.

        Args:
            path: The file.
            preset: ``"sequence"``: whole sequences, with any number of steps and sequences; ``"step"``: one step, with the states before it
                and after it.

        Raises:
            OSError: If the file cannot be written.
            ValueError: If a layer has no counterpart; it is named.
        """
        with _naming(path):
            _replace(path, self._engine.to_onnx(preset))

    def to_state_dict(self) -> dict[str, Floats]:
        """Copies of the parameters under the names that a PyTorch module gives them; ``torch_source`` is the module's source.

        Raises:
            ValueError: If ``torch.nn`` has no module for a layer; it is named.
        """
        return self._engine.to_state_dict()

    def torch_source(self) -> str:
        """Python source of a class ``Network`` whose ``load_state_dict`` takes what ``to_state_dict`` gives, as tensors."""
        return self._engine.module_source()

    def to_torch(self, path: str | os.PathLike[str]) -> None:
        """Writes those parameters as a safetensors file, whose metadata keep the order of computation.

        Raises:
            OSError: If the file cannot be written.
            ValueError: If ``torch.nn`` has no module for a layer; it is named.
        """
        with _naming(path):
            _replace(path, self._engine.to_pytorch())

    def to_rtneural(self, path: str | os.PathLike[str]) -> None:
        """Writes the JSON that RTNeural loads.

        Raises:
            OSError: If the file cannot be written.
            ValueError: If RTNeural has no layer for one of these; it is named.
        """
        with _naming(path):
            _replace(path, self._engine.to_rtneural())

    def __repr__(self) -> str:
        description = self.description
        inputs = description["features"] or f"tokens of {description['vocabulary']}"
        layers = ", ".join(description["layers"])
        return f"<tidegate.exchange.Network {inputs} -> {layers} -> {description['outputs']}>"


class NetworkStream:
    """One sequence, or several side by side, fed step by step. The bits are those of a call over the whole sequences."""

    def __init__(self, network: Network, batch: int | None = None) -> None:
        self._network = network
        self._engine = _engine.NetworkStream(network._engine, batch)

    @property
    def batch(self) -> int | None:
        """Number of sequences side by side; ``None`` for one without an axis for them."""
        return self._engine.batch

    def step(self, x: Floats | NDArray[np.integer[Any]] | int) -> Floats:
        """Advances by one step: from ``[features]`` or a token, with ``batch`` ``[batch, features]`` or ``[batch]``, to ``[outputs]`` or
        ``[batch, outputs]``. Where the network reads the final state, they are as if the sequence ended here.

        Raises:
            TypeError: If ``x`` has another dtype.
            ValueError: If a shape or a token does not fit, or a value is not finite. The states are as they were then.
        """
        return self._engine.step(x)

    def reset(self) -> None:
        """Starts again from states of zeros."""
        self._engine.reset()

    def snapshot(self) -> list[State]:
        """Copies of the states, one for each recurrent part of the chain."""
        return self._engine.snapshot()

    def restore(self, states: Sequence[State]) -> None:
        """Continues from states that ``snapshot`` gave.

        Raises:
            ValueError: If they do not fit; the stream is as it was then.
        """
        self._engine.restore(list(states))

    def __reduce__(self) -> tuple[Any, ...]:
        """For ``pickle`` and ``copy``: a copy goes on from the same states, alone."""
        return type(self), (self._network, self.batch), self.snapshot()

    def __setstate__(self, states: list[State]) -> None:
        self.restore(states)


def read(
    path: str | os.PathLike[str],
    *,
    layers: Sequence[str] | None = None,
    read: Read | None = None,
    nonlinearity: Nonlinearity | None = None,
    reset: Reset | None = None,
    scaled: bool = False,
    logits: bool = False,
) -> Network:
    """The network in a file: ONNX, parameters of a PyTorch module as safetensors, JSON of RTNeural, a model of Keras (``.keras``, or a whole
    one in ``.h5``), a model file.

    What kind of file it is, its content says. A model of a classifier or regressor comes with what its task adds, as for ``tidegate run``:
    it reads the channels as the recordings hold them and gives probabilities, or targets in their units. Every other model is the
    network alone; ``Network(tidegate.load(path))`` is that of any model. No other library is needed, and nothing in a file is run. A keyword that says nothing about a file of its kind is refused.

    Args:
        path: The file.
        layers: Of a PyTorch module's parameters, the order of computation: modules by their names in the file, and ``"last"``, ``"mean"``,
            ``"relu"``, ``"sigmoid"``, ``"tanh"``, ``"softmax"``. By default the one order in which the sizes fit.
        read: What the layers above the recurrent ones read: ``"every"`` step, the ``"last"`` state, the ``"mean"``; every step by default.
        nonlinearity: Activation of ``torch.nn.RNN``; by default ``"tanh"``.
        reset: Where the reset gate of GRUs acts; by default ``"after"``, as in ``torch.nn.GRU``.
        scaled: Leave out the scaling of a classifier's or regressor's channels: the network reads channels that are scaled already.
        logits: Leave out a classifier's softmax.

    Raises:
        OSError: If the file cannot be read.
        ValueError: If it is damaged, of no kind that is read, or holds what is not computed here, which is named.
    """
    options = _options(layers, read, nonlinearity, reset, scaled, logits)
    with _naming(path):
        with open(path, "rb") as file:
            contents = file.read()
        return Network._over(_engine.Network.from_bytes(contents, os.fsdecode(path), options))


def from_state_dict(
    state_dict: Mapping[str, Any],
    *,
    layers: Sequence[str] | None = None,
    read: Read | None = None,
    nonlinearity: Nonlinearity | None = None,
    reset: Reset | None = None,
) -> Network:
    """The network of a PyTorch module's parameters: tensors or arrays by name. The keywords are those of ``read``.

    Raises:
        TypeError: If ``state_dict`` is no mapping, or a value is no tensor or array of floats.
        ValueError: If the parameters make up no network, or more than one.
    """
    options = _options(layers, read, nonlinearity, reset)
    return Network._over(_engine.Network.from_state_dict(_arrays(state_dict), options))


def from_torch(
    module: Any,
    *,
    layers: Sequence[str] | None = None,
    read: Read | None = None,
    reset: Reset | None = None,
) -> Network:
    """The network of a PyTorch module that is a chain of embedding, recurrent and dense layers.

    A module says what it is made of, not in which order its ``forward`` computes: where more than one order fits, or the module has
    activations, ``layers`` says it, as for ``read``. Dropout does not act. A copy of the module is run beside the network on random
    numbers, so that a ``forward`` that is no such chain is refused; a container without a ``forward`` is taken as it is said.

    Args:
        module: A ``torch.nn.Module``; its recurrent parts may be those of ``tidegate.torch``.
        layers: The order of computation: names of submodules, and ``"last"``, ``"mean"``, ``"relu"``, ``"sigmoid"``, ``"tanh"``, ``"softmax"``.
        read: What the layers above the recurrent ones read, where ``layers`` is not given.
        reset: Where the reset gate of GRUs acts, if not where the modules say.

    Raises:
        TypeError: If ``module`` is no ``torch.nn.Module``.
        ValueError: If it holds something else, which is named, ``layers`` is needed, or the module computes something else.
    """
    from torch import nn

    import tidegate.torch

    if not isinstance(module, nn.Module):
        raise TypeError(f"module: expected a torch.nn.Module, found {type(module).__name__}")
    words = {nn.ReLU: "relu", nn.Sigmoid: "sigmoid", nn.Tanh: "tanh", nn.Softmax: "softmax"}
    silent = (nn.Dropout, nn.Identity)
    recurrent = (nn.GRU, nn.LSTM, nn.RNN, nn.GRUCell, nn.LSTMCell, nn.RNNCell)
    ours = tuple(getattr(tidegate.torch, kind.__name__) for kind in recurrent)
    known = (*recurrent, *ours, nn.Linear, nn.Embedding, *silent, *words)
    activations: dict[str, str] = {}
    resets: set[Any] = set()
    nonlinearities: set[Any] = set()
    for name, part in module.named_modules():
        if any(True for _ in part.children()):
            continue
        if type(part) not in known:
            raise ValueError(f"module {name or '.'} is a {type(part).__name__}, which is not read")
        if isinstance(part, nn.Embedding) and part.max_norm is not None:
            raise ValueError(f"module {name or '.'} limits the norm of what it embeds (max_norm), which is not read")
        if isinstance(part, nn.Softmax) and part.dim not in (-1, 2):
            raise ValueError(f"module {name or '.'} is a softmax over axis {part.dim}: the last one, -1, is read")
        activations.update({name: word for kind, word in words.items() if isinstance(part, kind)})
        if hasattr(part, "reset"):
            resets.add(part.reset)
        elif isinstance(part, (nn.GRU, nn.GRUCell)):
            resets.add("after")
        if hasattr(part, "nonlinearity"):
            nonlinearities.add(part.nonlinearity)
        if getattr(part, "zoneout", 0.0):
            raise ValueError(f"module {name or '.'} has zoneout, whose expectation acts in inference: it is not read")
    for kinds, what in ((resets, "reset"), (nonlinearities, "nonlinearity")):
        if len(kinds) > 1:
            raise ValueError(f"the modules differ in {what}: {', '.join(sorted(kinds))}")
    if activations and layers is None:
        names = ", ".join(name for name, _ in module.named_modules() if name)
        raise ValueError(f"the module has activations ({', '.join(activations)}): say the order of computation with layers=, of {names}")
    place: Reset = next(iter(resets), "after")
    # A str is refused below.
    order = layers if isinstance(layers, str) else [activations.get(name, name) for name in layers or ()]
    network = from_state_dict(
        module.state_dict(),
        layers=order,
        read=read,
        nonlinearity=next(iter(nonlinearities), None),
        reset=reset if reset is not None else place,
    )
    # Of a layer alone, what is read of its results is the caller's choice; a cell is a single step.
    alone = type(module) in (*recurrent, *ours)
    if not alone or (read is None and not layers and isinstance(module, nn.RNNBase)):
        _compare_with_torch(network, module)
    return network


def _compare_with_torch(network: Network, module: Any) -> None:
    """Raises ``ValueError`` unless ``module`` computes what ``network`` does, on random numbers."""
    import copy

    import numpy as np
    import torch

    if type(module).forward is torch.nn.Module.forward:
        return
    twin = copy.deepcopy(module).float().cpu().eval()
    batch_first = next((part.batch_first for part in twin.modules() if isinstance(part, torch.nn.RNNBase)), False)
    generator = torch.Generator().manual_seed(0)
    shape = (3, 5) if batch_first else (5, 3)
    description = network.description
    if description["vocabulary"] is not None:
        inputs = torch.randint(description["vocabulary"], shape, generator=generator)
    else:
        inputs = torch.randn((*shape, description["features"]), generator=generator)
    advice = "say what it computes with layers= and read=, or take its parameters alone with from_state_dict"
    try:
        with torch.no_grad():
            results = twin(inputs)
    except Exception as error:
        raise ValueError(f"the module's forward does not run on a batch of shape {list(inputs.shape)} ({error}): {advice}") from error
    expected = results[0] if isinstance(results, tuple) else results
    found = network(inputs.numpy(), batch_first=batch_first)
    if not isinstance(expected, torch.Tensor) or tuple(expected.shape) != found.shape:
        gives = list(expected.shape) if isinstance(expected, torch.Tensor) else type(expected).__name__
        raise ValueError(f"the module's forward gives {gives} where a chain of its parts gives {list(found.shape)}: {advice}")
    difference = float(np.abs(expected.numpy() - found).max())
    # The bound is that of the import of ONNX.
    if not difference <= 1e-4 * max(1.0, float(np.abs(found).max())):
        raise ValueError(f"the module's outputs differ from those of a chain of its parts by up to {difference:.2g}: {advice}")


def from_keras(model: Any) -> Network:
    """The network of a Keras model that is a chain of layers, such as ``keras.Sequential``.

    Read are ``GRU`` (``reset_after`` on and off), ``LSTM``, ``SimpleRNN``, ``Bidirectional``, ``Dense``, ``Embedding``, ``TimeDistributed``, activations,
    ``GlobalAveragePooling1D``; dropout does not act. Keras' sequences are ``[batch, steps, features]``: call the network with
    ``batch_first=True``.

    Raises:
        TypeError: If ``model`` is neither a Keras model nor one of its layers.
        ValueError: If it branches, or a layer or an option of one is not computed here; it is named.
    """
    import keras

    if isinstance(model, keras.Model) and not type(model).__module__.startswith("keras."):
        raise ValueError(f"model {model.name} is a {type(model).__name__} of its own, whose call is not read: give a keras.Sequential of its layers")
    if isinstance(model, keras.Sequential):
        chain = list(model.layers)
    elif isinstance(model, keras.Model):
        chain = _chain(model)
    elif isinstance(model, keras.layers.Layer):
        chain = [model]
    else:
        raise TypeError(f"model: expected a Keras model or layer, found {type(model).__name__}")
    return Network._over(_engine.Network.from_keras([part for layer in chain for part in _keras_layers(layer)]))


def to_keras(network: Network) -> Any:
    """A ``keras.Sequential`` that computes what ``network`` does, over ``[batch, steps, features]`` or ``[batch, steps]`` tokens.

    Raises:
        ValueError: If Keras has no layer for one of these; it is named.
    """
    import keras

    description = network.description
    is_tokens = description["vocabulary"] is not None
    shape, dtype = ((None,), "int32") if is_tokens else ((None, description["features"]), "float32")
    layers, weights = [keras.Input(shape, dtype=dtype)], []
    for kind, configuration, arrays in network._engine.to_keras():
        options = json.loads(configuration)
        if kind == "Bidirectional":
            inner = options.pop("layer")
            layer = keras.layers.Bidirectional(getattr(keras.layers, inner["class_name"])(**inner["config"]), **options)
        else:
            layer = getattr(keras.layers, kind)(**options)
        layers.append(layer)
        weights.append(arrays)
    model = keras.Sequential(layers)
    for layer, arrays in zip(model.layers, weights, strict=True):
        layer.set_weights(arrays)
    return model


def save_state_dict(state_dict: Mapping[str, Any], path: str | os.PathLike[str]) -> None:
    """Writes the parameters of a PyTorch module, tensors or arrays by name, as a safetensors file that ``read`` and the command
    ``tidegate import`` read.

    Raises:
        OSError: If the file cannot be written.
        TypeError: If ``state_dict`` is no mapping, such as a module itself, or a value is no tensor or array of floats.
        ValueError: If a value is not finite, or a 64-bit float is none of 32 bits.
    """
    arrays = _arrays(state_dict)
    with _naming(path):
        _replace(path, _engine.state_dict_bytes(arrays))


def _options(
    layers: Sequence[str] | None,
    read: str | None,
    nonlinearity: str | None,
    reset: str | None,
    scaled: bool = False,
    logits: bool = False,
) -> dict[str, Any]:
    """The keywords of ``read`` as the engine takes them."""
    if isinstance(layers, str):
        raise TypeError("layers: expected a list of names, found a str")
    return {
        "layers": list(layers or ()),
        "read": read,
        "nonlinearity": nonlinearity,
        "reset": reset,
        "scaled": scaled,
        "logits": logits,
    }


def _arrays(state_dict: Mapping[str, Any]) -> dict[str, Floats]:
    """Parameters as arrays of ``float32``, where nothing is lost by it."""
    import numpy as np

    if not isinstance(state_dict, Mapping):
        kind = type(state_dict).__name__
        advice = ": give it module.state_dict()" if hasattr(state_dict, "state_dict") else ""
        raise TypeError(f"state_dict: expected parameters by name, found a {kind}{advice}")
    arrays = {}
    for name, value in state_dict.items():
        if hasattr(value, "detach"):
            value = value.detach().cpu()
            # NumPy has no bfloat16.
            value = (value.float() if value.dtype.is_floating_point and value.dtype.itemsize < 4 else value).numpy()
        array = np.asarray(value)
        if array.dtype.kind != "f":
            raise TypeError(f"{name}: expected floats, found {array.dtype}")
        narrow = np.ascontiguousarray(array, dtype=np.float32)
        if not np.array_equal(narrow, array, equal_nan=True):
            raise ValueError(f"{name}: holds {array.dtype} that no float32 is equal to: convert the module to 32 bits, with .float() in PyTorch")
        arrays[name] = narrow.reshape(array.shape)
    return arrays


def _keras_layers(layer: Any) -> list[tuple[str, str, list[Floats]]]:
    """Class, configuration and weights of a layer; those of a nested chain for a model."""
    import keras

    if isinstance(layer, keras.Sequential):
        return [part for inner in layer.layers for part in _keras_layers(inner)]
    kind = type(layer)
    if not kind.__module__.startswith("keras."):
        raise ValueError(f"layer {layer.name} is a {kind.__name__} of its own, which is not read")
    configuration = json.dumps(layer.get_config(), default=str)
    weights = _arrays({f"layer {layer.name}, weights {index}": array for index, array in enumerate(layer.get_weights())})
    return [(kind.__name__, configuration, list(weights.values()))]


def _chain(model: Any) -> list[Any]:
    """The layers of a functional model in their order, if each reads the one before it alone."""
    layers = list(model.layers)
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise ValueError(f"the model has {len(model.inputs)} inputs and {len(model.outputs)} outputs: a chain has one of each")
    tensor = model.inputs[0]
    for layer in layers:
        if type(layer).__name__ == "InputLayer":
            continue
        nodes = [node for node in layer._inbound_nodes if any(tensor is given for given in node.input_tensors)]
        if len(layer._inbound_nodes) != 1 or len(nodes) != 1 or len(nodes[0].input_tensors) != 1 or len(nodes[0].output_tensors) != 1:
            raise ValueError(f"layer {layer.name} does not read the one before it alone: the model is no chain of layers")
        tensor = nodes[0].output_tensors[0]
    if tensor is not model.outputs[0]:
        raise ValueError("the output is not that of the last layer: the model is no chain of layers")
    return layers


@contextlib.contextmanager
def _naming(path: str | os.PathLike[str]) -> Iterator[None]:
    """Lets errors over a file name it."""
    name = os.fsdecode(path)

    def named(error: BaseException) -> str:
        text = str(error)
        return text if text.startswith(name) else f"{name}: {text}"

    try:
        yield
    except OSError as error:
        if error.filename is not None:
            raise
        if error.errno is not None:
            raise OSError(error.errno, error.strerror, name) from error
        raise OSError(named(error)) from error
    except TypeError as error:
        raise TypeError(named(error)) from error
    except MemoryError as error:
        raise MemoryError(named(error)) from error
    except ValueError as error:
        raise ValueError(named(error)) from error


def _replace(path: str | os.PathLike[str], contents: bytes) -> None:
    """Writes a file whole or not at all."""
    _engine.replace_file(path, contents)
