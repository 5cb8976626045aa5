"""PyTorch's recurrent modules with Tidegate's engine inside, and a function that puts them in place of PyTorch's own.

>>> import torch, tidegate.torch
>>> model = torch.nn.GRU(3, 8)
>>> tidegate.torch.accelerate(model).replaced
['']
>>> output, state = model(torch.zeros(5, 2, 3))
"""

from tidegate._engine import torch_kept_memory as kept_memory
from tidegate._engine import torch_release_memory as release_memory
from tidegate.torch import onnx_operators as _onnx_operators  # registers what torch.onnx.export asks for
from tidegate.torch.acceleration import Acceleration, accelerate
from tidegate.torch.cells import GRUCell, LSTMCell, RNNCell
from tidegate.torch.layers import GRU, LSTM, RNN

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "Acceleration",
    "GRUCell",
    "LSTMCell",
    "RNNCell",
    "accelerate",
    "kept_memory",
    "release_memory",
]
