"""A network as PyTorch computes it, from the list of layers that job.ts writes: each with its kind, its settings, the places it takes from, and the
shapes of its parameters. Imported by train.py here and by tests/bench/pytorch.py.
"""

import torch
import torch.nn.functional as F
from torch import nn


def conv2d(layer, x, weight, bias, training):
    return F.conv2d(
        x, weight, bias, layer["stride"], layer["padding"], layer.get("dilation", 1), x.shape[1] // weight.shape[1]
    )


# What needs no state but weight and bias: (layer, x, weight, bias, training); of a layer that joins, x is a list.
KINDS = {
    "conv2d": conv2d,
    "linear": lambda layer, x, weight, bias, training: F.linear(x.flatten(1), weight, bias),
    "relu": lambda layer, x, *_: F.relu(x),
    "sigmoid": lambda layer, x, *_: torch.sigmoid(x),
    "silu": lambda layer, x, *_: F.silu(x),
    "hardswish": lambda layer, x, *_: F.hardswish(x),
    "tanh": lambda layer, x, *_: torch.tanh(x),
    "gelu": lambda layer, x, *_: F.gelu(x),
    "maxPool2d": lambda layer, x, *_: F.max_pool2d(x, layer["kernel"], layer["stride"]),
    "avgPool2d": lambda layer, x, *_: F.avg_pool2d(x, layer["kernel"], layer["stride"]),
    "globalAvgPool": lambda layer, x, *_: F.adaptive_avg_pool2d(x, 1),
    "flatten": lambda layer, x, *_: x.flatten(1),
    "dropout": lambda layer, x, weight, bias, training: F.dropout(x, layer["p"], training),
    "residual": lambda layer, x, *_: x[0] + x[1],
    "concatenation": lambda layer, x, *_: torch.cat(x, 1),
    "scale": lambda layer, x, *_: x[0] * x[1].reshape(len(x[1]), -1, 1, 1),
}


class Graph(nn.Module):
    """Parameters stand in the order of the list, so that they can be filled from one vector."""

    def __init__(self, layers):
        super().__init__()
        self.layers = layers
        self.own = nn.ModuleList(nn.Module() for _ in layers)
        for layer, own in zip(layers, self.own):
            own.weight = own.bias = None
            for parameter in layer["parameters"]:
                setattr(own, parameter["role"], nn.Parameter(torch.empty(parameter["shape"])))
            if layer["kind"] == "batchNorm2d":
                own.register_buffer("mean", torch.zeros(layer["output"][0]))
                own.register_buffer("variance", torch.ones(layer["output"][0]))

    @torch.no_grad()
    def fill(self, values):
        """From one vector of all parameters, one after another."""
        offset = 0
        for parameter in self.parameters():
            parameter.copy_(values[offset : offset + parameter.numel()].reshape(parameter.shape))
            offset += parameter.numel()
        assert offset == len(values)

    def forward(self, x):
        outputs = []
        for layer, own in zip(self.layers, self.own):
            taken = [x if at < 0 else outputs[at] for at in layer["inputs"]]
            taken = taken if len(taken) > 1 else taken[0]
            if layer["kind"] == "batchNorm2d":
                settings = self.training, layer["momentum"], layer["eps"]
                outputs.append(F.batch_norm(taken, own.mean, own.variance, own.weight, own.bias, *settings))
            else:
                outputs.append(KINDS[layer["kind"]](layer, taken, own.weight, own.bias, self.training))
        return outputs[-1].flatten(1)
