"""Bad input raises exceptions of the types that PyTorch's users expect, with shapes and places in them."""

import os
from fractions import Fraction
from typing import Any

import numpy
import pytest
import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence

import tidegate.torch
from tidegate import _engine
from tidegate.torch import operators

LAYERS = [tidegate.torch.GRU, tidegate.torch.LSTM, tidegate.torch.RNN]
CELLS = [tidegate.torch.GRUCell, tidegate.torch.LSTMCell, tidegate.torch.RNNCell]


@pytest.mark.parametrize("make", [*LAYERS, *CELLS])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
def test_other_dtypes_are_refused_with_what_to_do(make: Any, dtype: torch.dtype) -> None:
    module = make(3, 5).to(dtype)
    with pytest.raises(NotImplementedError, match=rf"{dtype}: convert module and tensors with \.float\(\)"):
        module(torch.randn(4, 3).to(dtype))
    assert issubclass(NotImplementedError, RuntimeError), "as PyTorch raises for a dtype without a kernel"


@pytest.mark.parametrize("make", CELLS)
def test_inputs_of_another_dtype_than_the_weights_are_refused(make: Any) -> None:
    with pytest.raises(RuntimeError, match=r"input of shape \(4, 3\) has dtype torch\.float64"):
        make(3, 5)(torch.randn(4, 3).double())
    with pytest.raises(RuntimeError, match=r"torch\.int64"):
        make(3, 5)(torch.zeros(4, 3, dtype=torch.int64))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="the machine has no CUDA device")
@pytest.mark.parametrize("make", [*LAYERS, *CELLS])
def test_cuda_tensors_are_refused_with_what_to_do(make: Any) -> None:
    module = make(3, 5).cuda()
    with pytest.raises(NotImplementedError, match=r"lies on cuda:0: move module and tensors to the CPU"):
        module(torch.randn(4, 3, device="cuda"))


@pytest.mark.parametrize("make", LAYERS)
def test_autocast_computes_in_float32_and_widens_what_comes_from_below(make: Any) -> None:
    module, linear = make(4, 5), torch.nn.Linear(3, 4)
    input = torch.randn(6, 2, 3)
    with torch.autocast("cpu", torch.bfloat16):
        narrow = linear(input)
        assert narrow.dtype == torch.bfloat16
        output = module(narrow)[0]
    assert output.dtype == torch.float32
    assert torch.equal(output, module(narrow.float())[0])
    output.sum().backward()
    assert linear.weight.grad is not None and linear.weight.grad.abs().sum() > 0


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
@pytest.mark.parametrize("make", LAYERS)
def test_values_that_are_not_finite_are_refused_by_their_place(make: Any, bad: float) -> None:
    module = make(3, 5)
    input = torch.randn(6, 2, 3)
    input[4, 1, 2] = bad
    with pytest.raises(ValueError, match=r"input is not finite: .* at step 4, sequence 1, feature 2"):
        module(input)
    packed = PackedSequence(input.reshape(-1, 3), torch.full((6,), 2))
    with pytest.raises(ValueError, match=r"step 4, sequence 1, feature 2"):
        module(packed)
    output, _ = module(torch.randn(6, 2, 3))
    with pytest.raises(ValueError, match=r"output gradient is not finite: .* at step 0, sequence 0, feature 0"):
        (output * bad).sum().backward()
    assert all(each.grad is None for each in module.parameters())
    with torch.no_grad():
        module.weight_hh_l0[7 % len(module.weight_hh_l0), 2] = bad
    with pytest.raises(ValueError, match=r"weight is not finite: .* at weight_hh_l0\[\d, 2\]"):
        module(torch.randn(6, 2, 3))


def test_sequences_without_steps_are_refused_as_by_pytorch() -> None:
    for make in (torch.nn.GRU, tidegate.torch.GRU):
        with pytest.raises(RuntimeError, match="Expected sequence length to be larger than 0 in RNN"):
            make(3, 5)(torch.randn(0, 2, 3))
        with pytest.raises(RuntimeError, match="Expected sequence length to be larger than 0 in RNN"):
            make(3, 5, batch_first=True)(torch.randn(2, 0, 3))


@pytest.mark.parametrize("sizes", [[2, 3], [2, 2], [5, -1], [4, 0, 0]])
def test_batch_sizes_that_do_not_count_the_rows_are_refused(sizes: list[int]) -> None:
    data = torch.randn(5, 3)
    with pytest.raises((ValueError, RuntimeError)):
        tidegate.torch.GRU(3, 5)(PackedSequence(data, torch.tensor(sizes)))


def test_rates_outside_of_their_range_are_refused() -> None:
    for name in ("recurrent_dropout", "zoneout"):
        # The fourth rounds to 1 in float32, and the greatest below it does not.
        for value in (-0.1, 1.0, float("nan"), 1 - 2.0**-25):
            with pytest.raises(ValueError, match=f"{name} should be a number from 0 to below 1"):
                tidegate.torch.GRU(3, 5, **{name: value})
        with pytest.raises(TypeError, match=f"{name} should be a number, got: str"):
            tidegate.torch.LSTMCell(3, 5, **{name: "0.1"})
        assert getattr(tidegate.torch.GRU(3, 5, **{name: 1 - 2.0**-24}), name) == 1 - 2.0**-24
        assert getattr(tidegate.torch.GRU(3, 5, **{name: numpy.float32(0.25)}), name) == 0.25
        assert getattr(tidegate.torch.GRU(3, 5, **{name: Fraction(1, 4)}), name) == 0.25
    with pytest.raises(ValueError, match="reset should be 'after' or 'before', got 'middle'"):
        tidegate.torch.GRU(3, 5, reset="middle")
    with pytest.raises(ValueError, match="dropout should be a number from 0 to below 1"):
        tidegate.torch.GRU(3, 5, 2, dropout=1.0)


def arguments(**changes: Any) -> tuple[Any, ...]:
    given: dict[str, Any] = {
        "input": torch.randn(4, 2, 3),
        "batch_sizes": None,
        "hidden": None,
        "cell": None,
        "weights": [torch.randn(15, 3), torch.randn(15, 5), torch.randn(15), torch.randn(15)],
        "kind": "gru",
        "layers": 1,
        "bidirectional": False,
        "rates": [0.0] * 4,
        "seed": None,
        "record": True,
    }
    return tuple((given | changes).values())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "mgu"}, "kind 'mgu'|kind \"mgu\""),
        ({"layers": 3}, "4 weights for 3 layers"),
        ({"layers": 0}, "layers|weights"),
        ({"weights": [torch.randn(15, 3), torch.randn(14, 5), torch.randn(15), torch.randn(15)]}, r"shape \[14, 5\], not \[15, 5\]"),
        ({"weights": [torch.randn(15, 3), torch.randn(15, 5)][:2]}, ""),
        ({"weights": [torch.randn(15), torch.randn(15, 5)]}, "weights begin with two matrices"),
        ({"input": torch.randn(4, 2, 4)}, r"input has shape \[4, 2, 4\], but weights read 3"),
        ({"input": torch.randn(4, 3)}, r"input has shape \[4, 3\]"),
        ({"hidden": torch.randn(1, 3, 5)}, r"hidden state has shape \[1, 3, 5\], not \[1, 2, 5\]"),
        ({"rates": [0.0, 1.5, 0.0, 0.0]}, "recurrent_dropout: 1.5"),
        ({"batch_sizes": torch.tensor([2, 2]), "input": torch.randn(5, 3)}, "batch_sizes must not increase"),
    ],
)
def test_the_operator_itself_refuses_what_does_not_fit(changes: dict[str, Any], words: str) -> None:
    if not words:
        operators.recurrent(*arguments(**changes))
        return
    with pytest.raises(ValueError, match=words):
        operators.recurrent(*arguments(**changes))


def test_the_compiled_module_reads_no_memory_that_is_not_a_tensors() -> None:
    def forward(input: Any, results: list[Any]) -> Any:
        return _engine.torch_forward((input, *arguments()[1:10]), False, 1, results)

    output, state = torch.empty(4, 2, 5), torch.empty(1, 2, 5)
    forward(torch.randn(4, 2, 3), [output, state])
    with pytest.raises(TypeError, match=r"input is a <class 'list'>, not a torch\.Tensor"):
        forward([[[1.0]]], [output, state])
    with pytest.raises(TypeError, match=r"input has dtype torch\.float64, not torch\.float32"):
        forward(torch.randn(4, 2, 3).double(), [output, state])
    with pytest.raises(ValueError, match="input is not contiguous"):
        forward(torch.randn(4, 3, 2).transpose(1, 2), [output, state])
    with pytest.raises(ValueError, match="input lies on meta"):
        forward(torch.empty(4, 2, 3, device="meta"), [output, state])
    with pytest.raises(ValueError, match="shares its memory"):
        forward(torch.randn(4, 2, 3), [output, output])
    whole = torch.randn(64)
    with pytest.raises(ValueError, match="shares its memory"):
        forward(whole[:24].reshape(4, 2, 3), [whole[20:60].reshape(4, 2, 5), state])
    with pytest.raises(ValueError, match="output: expected 40 values"):
        forward(torch.randn(4, 2, 3), [torch.empty(3, 2, 5), state])
    with pytest.raises(ValueError, match="outputs and final state are missing"):
        forward(torch.randn(4, 2, 3), [])
    negated = torch.randn(4, 2, 3, dtype=torch.complex64).conj().imag
    with pytest.raises(ValueError, match="lazily negated|not contiguous"):
        forward(negated, [output, state])


def test_lazily_negated_views_give_the_bits_of_their_values() -> None:
    module = tidegate.torch.GRU(3, 5)
    negated = torch.randn(4, 2, 3, dtype=torch.complex64).conj().imag
    assert negated.is_neg()
    assert torch.equal(module(negated)[0], module(negated.resolve_neg().contiguous())[0])


def test_memory_that_is_kept_between_calls_is_given_back() -> None:
    module = tidegate.torch.GRU(64, 128)
    module(torch.randn(50, 8, 64))[0].sum().backward()
    assert tidegate.torch.kept_memory() > 50 * 8 * 4 * 128
    tidegate.torch.release_memory()
    assert tidegate.torch.kept_memory() == 0


def test_outputs_that_nobody_differentiates_give_their_tapes_back() -> None:
    module = tidegate.torch.GRU(64, 128)
    tidegate.torch.release_memory()
    outputs = [module(torch.randn(20, 4, 64))[0] for _ in range(3)]
    held = tidegate.torch.kept_memory()
    del outputs
    assert tidegate.torch.kept_memory() > held


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*")
def test_a_forked_process_computes_too() -> None:
    module = tidegate.torch.GRU(64, 128)
    input = torch.randn(50, 32, 64)
    expected = module(input)[0].sum().item()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        # PyTorch's own threads do not survive a fork: the child computes with the engine alone.
        torch.set_num_threads(1)
        with torch.no_grad():
            output: Tensor = module(input)[0]
        os.write(writer, str(output.sum().item()).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as file:
        assert float(file.read()) == pytest.approx(expected, rel=1e-6)
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_the_bits_are_the_same_at_any_number_of_threads(threads: int) -> None:
    module = tidegate.torch.GRU(64, 128)
    input = torch.randn(50, 32, 64)
    before = torch.get_num_threads()
    results = []
    for count in (before, threads):
        torch.set_num_threads(count)
        try:
            results.append([module(input)[0], *torch.autograd.grad(module(input)[0].sum(), module.parameters())])
        finally:
            torch.set_num_threads(before)
    assert all(torch.equal(*each) for each in zip(*results, strict=True))


@pytest.mark.parametrize("make", CELLS)
@pytest.mark.parametrize("rows", [1, 2])
def test_cells_take_no_state_of_two_axes_for_an_input_of_one(make: Any, rows: int) -> None:
    state = torch.zeros(rows, 5)
    hx = (state, state) if make is tidegate.torch.LSTMCell else state
    for kind in (make, getattr(torch.nn, make.__name__)):
        with pytest.raises(RuntimeError):
            kind(3, 5)(torch.zeros(3), hx)


@pytest.mark.parametrize("make", LAYERS)
def test_traces_refuse_what_the_module_refuses(make: Any) -> None:
    module = make(3, 5)
    state = torch.zeros(1, 3, 5)
    hx = (state, state) if make is tidegate.torch.LSTM else state
    for call in (module, module.trace):
        with pytest.raises(RuntimeError, match="Expected 3, got 4"):
            call(torch.zeros(6, 2, 4))
        with pytest.raises(RuntimeError, match=r"Expected hidden.* size \(1, 2, 5\), got \[1, 3, 5\]"):
            call(torch.zeros(6, 2, 3), hx)
        with pytest.raises(ValueError, match=r"dtype \(torch\.float64\) does not match weight dtype"):
            call(torch.zeros(6, 2, 3, dtype=torch.float64))
        with pytest.raises((ValueError, RuntimeError), match="2D or 3D"):
            call(torch.zeros(3))
        with pytest.raises(RuntimeError, match="sequence length to be larger than 0"):
            call(torch.zeros(0, 2, 3))
    with pytest.raises(NotImplementedError, match=r"convert module and tensors with \.float\(\)"):
        make(3, 5).double().trace(torch.zeros(6, 2, 3, dtype=torch.float64))
