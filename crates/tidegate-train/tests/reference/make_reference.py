"""Writes pytorch.json, the numbers that the tests of this crate compare with.

    python3 -m venv venv && venv/bin/pip install "torch==2.15.*" numpy
    venv/bin/python make_reference.py
"""

import json
import pathlib

import torch
from torch import nn

torch.manual_seed(20)
torch.set_num_threads(1)
STEPS = 6
SIZE = 5


def numbers(tensor):
    return [float(value) for value in tensor.detach().flatten()]


def optimiser(name, make, options):
    start = torch.randn(SIZE)
    gradients = [torch.randn(SIZE) * scale for scale in (1.0, 0.1, 3.0, 1e-3, 0.0, 1.0)]
    parameter = nn.Parameter(start.clone())
    optimiser = make([parameter])
    after = []
    for gradient in gradients:
        parameter.grad = gradient.clone()
        optimiser.step()
        after.append(numbers(parameter))
    return {
        "name": name,
        **options,
        "start": numbers(start),
        "gradients": [numbers(gradient) for gradient in gradients],
        "parameters_after": after,
    }


def optimisers():
    adam = dict(name="adam_w", beta1=0.9, beta2=0.999, epsilon=1e-8)
    rms = dict(name="rms_prop", smoothing=0.99, epsilon=1e-8, momentum=0.0)
    sgd = dict(name="sgd", momentum=0.9, nesterov=False)
    o = torch.optim
    return [
        optimiser("AdamW, PyTorch's defaults", lambda p: o.AdamW(p),
                  dict(optimiser=adam, learning_rate=1e-3, weight_decay=None)),
        optimiser("AdamW without decay", lambda p: o.AdamW(p, lr=0.05, weight_decay=0.0, betas=(0.8, 0.95)),
                  dict(optimiser=dict(adam, beta1=0.8, beta2=0.95), learning_rate=0.05, weight_decay=0.0)),
        optimiser("RMSprop, PyTorch's defaults", lambda p: o.RMSprop(p),
                  dict(optimiser=rms, learning_rate=0.01, weight_decay=None)),
        optimiser("RMSprop with decay and momentum",
                  lambda p: o.RMSprop(p, lr=0.02, alpha=0.9, momentum=0.7, weight_decay=0.1),
                  dict(optimiser=dict(rms, smoothing=0.9, momentum=0.7), learning_rate=0.02, weight_decay=0.1)),
        optimiser("SGD", lambda p: o.SGD(p, lr=0.1),
                  dict(optimiser=dict(sgd, momentum=0.0), learning_rate=0.1, weight_decay=None)),
        optimiser("SGD with momentum and decay", lambda p: o.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.05),
                  dict(optimiser=sgd, learning_rate=0.1, weight_decay=0.05)),
        optimiser("SGD with Nesterov momentum", lambda p: o.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
                  dict(optimiser=dict(sgd, nesterov=True), learning_rate=0.1, weight_decay=None)),
    ]


def loss(name, width, outputs, targets, value):
    """Ragged: sequence b of the time-major [3, 4, width] batch has lengths[b] steps."""
    lengths = [3, 0, 1, 2]
    mask = torch.tensor([[step < length for length in lengths] for step in range(3)])
    outputs = outputs.clone().requires_grad_(True)
    per_step = torch.where(mask, value(outputs, targets), torch.zeros(()))
    total = per_step.sum()
    (total / mask.sum()).backward()
    return {
        "name": name, "steps": 3, "batch": 4, "width": width, "lengths": lengths,
        "outputs": numbers(outputs), "targets": numbers(targets.float()),
        "sum": float(total.detach().double()), "gradient": numbers(outputs.grad),
    }


def losses():
    functional = nn.functional
    shape = (3, 4, 5)
    wide = (3, 4, 11)
    return [
        loss("mean_squared_error", 5, torch.randn(shape), torch.randn(shape),
             lambda x, y: functional.mse_loss(x, y, reduction="none").mean(-1)),
        loss("cross_entropy", 11, torch.randn(wide) * 12, torch.randint(0, 11, wide[:2]),
             lambda x, y: functional.cross_entropy(x.flatten(0, 1), y.flatten(), reduction="none").view(y.shape)),
        loss("binary_cross_entropy", 11, torch.randn(wide) * 12, torch.randint(0, 2, wide).float(),
             lambda x, y: functional.binary_cross_entropy_with_logits(x, y, reduction="none").sum(-1)),
    ]


def clipping():
    gradient = torch.randn(7) * 2
    cases = []
    for limit in (0.5, 100.0):
        parameter = nn.Parameter(torch.zeros(7))
        parameter.grad = gradient.clone()
        norm = nn.utils.clip_grad_norm_([parameter], limit)
        cases.append({"limit": limit, "gradient": numbers(gradient), "norm": float(norm),
                      "clipped": numbers(parameter.grad)})
    return cases


def schedules():
    def optimiser(rate):
        return torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=rate)

    def rate(o):
        return o.param_groups[0]["lr"]

    o = optimiser(0.4)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=12, eta_min=0.02)
    rates = []
    for _ in range(12):
        rates.append(rate(o))
        o.step()
        cosine.step()
    o = optimiser(0.4)
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(o, factor=0.5, patience=1, min_lr=0.06)
    losses = [3.0, 2.0, 2.0, 1.99999, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0, 1.4, 1.5, 1.5, 1.5, 1.5]
    after = []
    for value in losses:
        plateau.step(value)
        after.append(rate(o))
    return {
        "cosine": {"learning_rate": 0.4, "minimum": 0.02, "batches": 12, "rates": rates},
        "plateau": {"learning_rate": 0.4, "factor": 0.5, "patience": 1, "minimum": 0.06,
                    "losses": losses, "rates_after": after},
    }


reference = {
    "torch": torch.__version__.split("+")[0],
    "optimisers": optimisers(),
    "losses": losses(),
    "clipping": clipping(),
    "schedules": schedules(),
}
path = pathlib.Path(__file__).with_name("pytorch.json")
path.write_text(json.dumps(reference, indent=1) + "\n")
