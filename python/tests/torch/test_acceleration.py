"""``accelerate`` replaces recurrent modules in place and tells what it left, and why."""

import copy
import io
import pickle
from typing import Any

import pytest
import torch
from torch import Tensor

import tidegate.torch


class Tagger(torch.nn.Module):
    """A model with recurrent modules in every corner."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = torch.nn.Embedding(10, 4)
        self.recurrent = torch.nn.GRU(4, 6, 2, dropout=0.1, batch_first=True)
        self.cells = torch.nn.ModuleList([torch.nn.LSTMCell(6, 6), torch.nn.RNNCell(6, 6)])
        self.again = self.recurrent
        self.head = torch.nn.Linear(6, 2)

    def forward(self, tokens: Tensor) -> Tensor:
        output, _ = self.recurrent(self.embedding(tokens))
        hidden, _ = self.cells[0](output[:, -1])
        return self.head(self.cells[1](hidden))


class OwnGRU(torch.nn.GRU):
    pass


def test_every_recurrent_module_is_replaced_once_and_named() -> None:
    model = Tagger()
    report = tidegate.torch.accelerate(model)
    assert report.replaced == ["recurrent", "cells.0", "cells.1"]
    assert report.left == {}
    assert type(model.recurrent) is tidegate.torch.GRU and model.again is model.recurrent
    assert tidegate.torch.accelerate(model).replaced == []
    assert str(report).splitlines()[0] == "recurrent: runs in Tidegate's engine"
    assert str(tidegate.torch.accelerate(torch.nn.Linear(1, 1))) == "no recurrent module"


def test_results_and_gradients_stay_those_of_the_model(assert_close: Any) -> None:
    model = Tagger().eval()
    twin = copy.deepcopy(model)
    tidegate.torch.accelerate(twin)
    tokens = torch.randint(10, (3, 7))
    gradients = []
    for each in (twin, model):
        each(tokens).sin().sum().backward()
        gradients.append([parameter.grad for parameter in each.parameters()])
    assert_close(twin(tokens), model(tokens))
    assert_close(*gradients)


def test_parameters_hooks_mode_and_references_stay() -> None:
    model = torch.nn.Sequential(torch.nn.GRU(3, 5))
    module, parameters = model[0], list(model.parameters())
    optimiser = torch.optim.SGD(model.parameters(), 0.1)
    seen = []
    module.register_forward_hook(lambda *_: seen.append("hook"))
    module.eval()
    module.weight_ih_l0.requires_grad_(False)
    tidegate.torch.accelerate(model)
    assert model[0] is module and not module.training
    assert all(one is other for one, other in zip(model.parameters(), parameters, strict=True))
    assert not module.weight_ih_l0.requires_grad
    before = module.weight_hh_l0.detach().clone()
    model(torch.randn(4, 2, 3))[0].sum().backward()
    optimiser.step()
    assert seen == ["hook"] and not torch.equal(module.weight_hh_l0, before)


@pytest.mark.parametrize("name", ["GRU", "LSTM", "RNN", "GRUCell", "LSTMCell", "RNNCell"])
def test_the_model_itself_may_be_the_module(name: str) -> None:
    module = getattr(torch.nn, name)(3, 5)
    assert tidegate.torch.accelerate(module).replaced == [""]
    assert type(module) is getattr(tidegate.torch, name)
    assert type(copy.deepcopy(module)) is type(pickle.loads(pickle.dumps(module))) is type(module)
    file = io.BytesIO()
    torch.save(module, file)
    file.seek(0)
    assert type(torch.load(file, weights_only=False)) is type(module)
    getattr(torch.nn, name)(3, 5).load_state_dict(module.state_dict())


def test_what_the_engine_cannot_run_is_left_with_the_reason() -> None:
    parametrised = torch.nn.utils.parametrizations.weight_norm(torch.nn.GRU(3, 5), "weight_hh_l0")
    patched = torch.nn.GRU(3, 5)
    patched.forward = lambda *_: None  # type: ignore[method-assign]
    quantised = torch.ao.nn.quantized.dynamic.LSTM(3, 5)
    model = torch.nn.ModuleDict(
        {
            "wide": torch.nn.GRU(3, 5).double(),
            "narrow": torch.nn.LSTMCell(3, 5).to(torch.bfloat16),
            "own": OwnGRU(3, 5),
            "projected": torch.nn.LSTM(3, 5, proj_size=2),
            "dropped": torch.nn.GRU(3, 5, 2, dropout=1.0),
            "rounded": torch.nn.GRU(3, 5, 2, dropout=0.99999999),
            "patched": patched,
            "parametrised": parametrised,
            "quantised": quantised,
            "empty": torch.nn.GRU(3, 5, device="meta"),
            "good": torch.nn.GRU(3, 5),
        }
    )
    before = {name: type(module) for name, module in model.items()}
    report = tidegate.torch.accelerate(model)
    assert report.replaced == ["good"]
    words = {
        "wide": "torch.float64",
        "narrow": "torch.bfloat16",
        "own": "OwnGRU",
        "projected": "proj_size is 2",
        "dropped": "dropout is 1.0",
        "rounded": "dropout is 0.99999999",
        "patched": "forward was replaced",
        "parametrised": "before parametrising",
        "quantised": "quantised",
        "empty": "lies on meta, where weights have no values",
    }
    assert report.left.keys() == words.keys()
    for name, word in words.items():
        assert word in report.left[name], report.left[name]
        assert f"{name}: left, " in str(report)
        assert type(model[name]) is before[name]


@pytest.mark.filterwarnings("ignore:.*torch.jit.*")
@pytest.mark.parametrize("compiled", [torch.jit.script, lambda model: torch.jit.trace(model, torch.randn(4, 2, 3))])
def test_modules_of_torchscript_are_left_and_named(compiled: Any) -> None:
    class Model(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.recurrent = torch.nn.GRU(3, 5)
            self.head = torch.nn.Linear(5, 1)

        def forward(self, input: Tensor) -> Tensor:
            return self.head(self.recurrent(input)[0])

    report = tidegate.torch.accelerate(compiled(Model()))
    assert report.replaced == []
    assert report.left == {"recurrent": "it is scripted or traced: accelerate it before"}


@pytest.mark.filterwarnings("ignore:.*torch.jit.*")
def test_modules_that_were_accelerated_before_they_were_traced_are_not_named() -> None:
    model = torch.nn.Sequential(torch.nn.GRU(3, 5))
    tidegate.torch.accelerate(model)
    report = tidegate.torch.accelerate(torch.jit.trace(model, torch.randn(4, 2, 3), check_trace=False))
    assert (report.replaced, report.left) == ([], {})


def test_a_model_that_is_accelerated_already_is_left_alone_and_said_to_be() -> None:
    model = torch.nn.Sequential(torch.nn.GRU(3, 4))
    assert tidegate.torch.accelerate(model).replaced == ["0"]
    again = tidegate.torch.accelerate(model)
    assert (again.replaced, again.left, again.already) == ([], {}, ["0"])
    assert str(again) == "0: runs in Tidegate's engine already"


def test_what_is_no_module_is_refused() -> None:
    with pytest.raises(TypeError, match=r"model is a list, not a torch\.nn\.Module"):
        tidegate.torch.accelerate([torch.nn.GRU(3, 5)])  # type: ignore[arg-type]


def test_training_runs_to_the_loss_of_pytorch() -> None:
    torch.manual_seed(0)
    input = torch.randn(30, 8, 3)
    target = input.cumsum(0)[..., :1].tanh()
    losses = []
    for accelerated in (False, True):
        torch.manual_seed(1)
        module, head = torch.nn.GRU(3, 16), torch.nn.Linear(16, 1)
        if accelerated:
            tidegate.torch.accelerate(module)
        optimiser = torch.optim.Adam([*module.parameters(), *head.parameters()], 0.01)
        losses.append([])
        for _ in range(20):
            optimiser.zero_grad()
            loss = torch.nn.functional.mse_loss(head(module(input)[0]), target)
            loss.backward()
            optimiser.step()
            losses[-1].append(loss.item())
    assert losses[1] == pytest.approx(losses[0], abs=1e-4)
    assert losses[1][-1] < 0.5 * losses[1][0]
