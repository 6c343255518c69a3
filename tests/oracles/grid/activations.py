"""Activations: relu, leakyRelu, gelu, silu, hardswish, sigmoid, tanh."""

import torch
import torch.nn.functional as F

from ._case import layer_case, random


def activation(title, layer, function, *, terms=1, y_sums=None, slopes=None, x=(2, 3, 3, 5)):
    """`y_sums(x)` are the magnitudes of the terms of a value (|y| where it is one product), `slopes(x)` those of the terms of its slope."""
    values = random(*x, size=3.0)
    # The places where formulas change, and both zeros.
    edges = torch.tensor([0.0, -0.0, 3.0, -3.0, 0.625, -0.625, 12.0, -12.0])
    values.flatten()[: len(edges)] = edges
    dy = random(*x)
    magnitudes = values.abs()
    y = y_sums(magnitudes) if y_sums else function(values, {}).abs()
    dx = dy.abs() * (slopes(magnitudes) if slopes else torch.ones_like(values))
    return layer_case(title, layer, function, values, terms={"y": terms, "dx": terms}, sums={"y": y, "dx": dx}, dy=dy)


def fixture():
    one_more = lambda x: 1 + x  # noqa: E731
    return [
        activation("relu", "relu", lambda x, _: F.relu(x)),
        activation("relu of a vector, batch 1", "relu", lambda x, _: F.relu(x), x=(1, 17)),
        activation("leakyRelu", "leakyRelu", lambda x, _: F.leaky_relu(x)),
        activation("leakyRelu negativeSlope 0.2", {"leakyRelu": 0.2}, lambda x, _: F.leaky_relu(x, 0.2)),
        activation("leakyRelu negativeSlope -0.5", {"leakyRelu": {"negativeSlope": -0.5}}, lambda x, _: F.leaky_relu(x, -0.5)),
        # Φ is a polynomial of twelve terms that add up to 1 at most; the slope adds x·φ(x).
        activation("gelu", "gelu", lambda x, _: F.gelu(x), terms=12, y_sums=lambda x: x, slopes=one_more),
        # σ is one division by two terms, the exponential among them a polynomial of six.
        activation("silu", "silu", lambda x, _: F.silu(x), terms=6, y_sums=lambda x: x, slopes=one_more),
        activation("hardswish", "hardswish", lambda x, _: F.hardswish(x), terms=2, y_sums=lambda x: x * (x + 3) / 6, slopes=one_more),
        activation("sigmoid", "sigmoid", lambda x, _: torch.sigmoid(x), terms=6),
        activation("sigmoid of a vector, batch 1", "sigmoid", lambda x, _: torch.sigmoid(x), terms=6, x=(1, 17)),
        # Near 0 a polynomial whose largest term is x.
        activation("tanh", "tanh", lambda x, _: torch.tanh(x), terms=6),
    ]
