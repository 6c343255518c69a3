"""Layers that join: residual with a projection shortcut, concatenation, scale. Each case is a small network of layers that are linear in
each of what enters them: for absolute values it gives the sums of the terms' magnitudes, for ones how many terms there are once everything is
multiplied out. A convolution stands before the join; its gradient shows that of the join's input."""

import torch

from ._case import inputs, random, results, rounded
from ._network import build, parameters_of


def run(layers, classes, x, values, dy):
    module, _, found = build(layers, x, classes)
    parameters = parameters_of(found)
    with torch.no_grad():
        for name, parameter in parameters.items():
            parameter.copy_(values[name])
    y = module(x)
    dy = random(*y.shape) if dy is None else dy
    gradients = torch.autograd.grad(y, list(parameters.values()), dy)
    return y, dy, dict(zip(parameters, gradients))


def case(title, layers, shape):
    x = random(*shape)
    _, y, found = build(layers, x, 0)
    values = {name: random(*parameter.shape, size=0.5) for name, parameter in parameters_of(found).items()}
    y, dy, gradients = run(layers, 0, x, values, None)
    bounds = []
    for of in (torch.abs, torch.ones_like):
        bound_y, _, bound = run(layers, 0, of(x), {name: of(value) for name, value in values.items()}, of(dy))
        bounds.append({"y": bound_y, **bound})
    return {
        "title": title, "network": layers, "x": inputs(x), "parameters": {name: inputs(value) for name, value in values.items()},
        "dy": inputs(dy), "results": {name: results(value) for name, value in {"y": y, **gradients}.items()},
        "terms": {name: round(value.max().item()) for name, value in bounds[1].items()},
        "sums": {name: rounded(value) for name, value in bounds[0].items()},
    }


def conv(out, kernel=3, stride=1, padding=None, bias=True):
    padding = (kernel - 1) // 2 if padding is None else padding
    return {"conv2d": {"out": out, "kernel": kernel, "stride": stride, "padding": padding, "bias": bias}}


def gate(channels, side):
    return [{"avgPool2d": side}, "flatten", {"linear": 2}, {"linear": channels}]


def fixture():
    return [
        case("residual of the identity", [conv(3), {"residual": [conv(3)]}], (2, 2, 5, 4)),
        case("residual shortcut: a projection", [conv(3), {"residual": {"body": [conv(4)], "shortcut": [conv(4, 1)]}}], (2, 2, 5, 4)),
        case(
            "residual shortcut: stride 2 on maps of odd sides, two layers in the body, batch of 1",
            [conv(3), {"residual": {"body": [conv(4, 3, 2), conv(5)], "shortcut": [conv(5, 1, 2, bias=False)]}}], (1, 2, 7, 5),
        ),
        case(
            "residual shortcut: average pooling, then a projection",
            [conv(3), {"residual": {"body": [conv(4, 2, 2, 0)], "shortcut": [{"avgPool2d": 2}, conv(4, 1)]}}], (2, 2, 5, 7),
        ),
        case("concatenation branches: two convolutions", [conv(3), {"concatenation": [[conv(2)], [conv(3, 1)]]}], (2, 2, 5, 4)),
        case(
            "concatenation branches: the input first, and two layers, batch of 1",
            [conv(3), {"concatenation": [[], [conv(2), conv(4, 3)]]}], (1, 2, 5, 7),
        ),
        case("concatenation branches: the input twice", [conv(3), {"concatenation": [[], [conv(2, 1)], []]}], (2, 2, 3, 4)),
        case(
            "concatenation branches: vectors behind a flatten of maps",
            [conv(2, 3, 2), "flatten", {"concatenation": [[], [{"linear": 3}]]}, {"linear": 4}], (2, 2, 5, 4),
        ),
        case("scale body: squeezed to two", [conv(3), {"scale": gate(3, 4)}], (2, 2, 4, 4)),
        case("scale body: a convolution of the mean, 5 × 5, batch of 1", [conv(4), {"scale": [{"avgPool2d": 5}, conv(4, 1)]}], (1, 2, 5, 5)),
        case("scale body: a vector behind a flatten of maps", [conv(2, 3, 2), "flatten", {"scale": [{"linear": 12}]}, {"linear": 4}], (2, 2, 5, 4)),
    ]
