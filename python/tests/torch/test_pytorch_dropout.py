"""What PyTorch's own tests check of the dropout of its recurrent modules, checked of ours."""

import io
from typing import Any

import pytest
import torch

import tidegate.torch

LAYERS = ["RNN", "GRU", "LSTM"]


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("rate", [0.0, 0.276, 0.731])
def test_dropout_stands_between_the_layers_and_not_in_the_state(rate: float, training: bool) -> None:
    module = tidegate.torch.RNN(10, 1000, 2, bias=False, dropout=rate, nonlinearity="relu").train(training)
    for parameter in module.parameters():
        torch.nn.init.ones_(parameter)
    with torch.no_grad():
        output, state = module(torch.ones(1, 1, 10), torch.zeros(2, 1, 1000))
    assert torch.equal(state[0], torch.full((1, 1000), 10.0)), "nothing is dropped within the first layer"
    assert torch.equal(state[1], output[0])
    # Every unit of the second layer sums the same units of the first, each 10 or dropped.
    value = float(output[0, 0, 0])
    assert float(output.max() - output.min()) <= 1e-6 * value
    if not training or not rate:
        assert value == 10_000
        return
    kept = value * (1 - rate) / 10
    assert abs(kept - round(kept)) < 1e-2
    # Five standard deviations of the number of units that are kept.
    assert abs(kept - 1000 * (1 - rate)) < 5 * (1000 * rate * (1 - rate)) ** 0.5


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("rate", [0.0, 0.1234])
@pytest.mark.parametrize("name", LAYERS)
def test_calls_of_a_module_and_of_its_saved_copy_differ_by_their_dropout_alone(
    name: str, rate: float, training: bool
) -> None:
    module = getattr(tidegate.torch, name)(100, 100, 2, bias=False, dropout=rate).train(training)
    file = io.BytesIO()
    torch.save(module, file)
    file.seek(0)
    copy = torch.load(file, weights_only=False)
    copy.flatten_parameters()
    input, rows = torch.rand(1, 1, 100), torch.rand(2, 1, 100)
    state = (rows, rows) if name == "LSTM" else rows
    results = [each(input, state) for each in (module, module, copy)]
    for output, final in results[1:]:
        found, first = (each[0] if name == "LSTM" else each for each in (final, results[0][1]))
        assert torch.equal(output, results[0][0]) == torch.equal(found, first) == (rate == 0 or not training)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("name", LAYERS)
def test_dropout_that_is_changed_later_counts(name: str, training: bool) -> None:
    module = getattr(tidegate.torch, name)(20, 20, 2).train(training)
    input = torch.rand(3, 2, 20)
    plain, before = module(input)[0], None
    for rate in (0.5, 0.0, 0.7, 0.2, 0.0):
        module.dropout = rate
        first, second = module(input)[0], module(input)[0]
        assert torch.equal(first, second) == torch.equal(first, plain) == (rate == 0 or not training)
        assert before is None or torch.equal(first, before) == (not training)
        before = first


def test_dropout_outside_of_zero_to_one_is_refused() -> None:
    for name in LAYERS:
        for dropout in (-0.1, 1.1, "0.5", True):
            with pytest.raises(ValueError, match="dropout should be a number in range"):
                getattr(tidegate.torch, name)(3, 5, 2, dropout=dropout)


def test_dropout_without_a_second_layer_warns_as_in_pytorch() -> None:
    with pytest.warns(UserWarning, match="dropout option adds dropout after all but last"):
        tidegate.torch.LSTM(3, 5, dropout=0.5)
