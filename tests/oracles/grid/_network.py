"""Whole networks in PyTorch from the layers of a recipe, under the names that recipes give them; and numbers that need no file."""

import torch
from torch import cat, nn


class Residual(nn.Module):
    def __init__(self, body, shortcut):
        super().__init__()
        self.body, self.shortcut = body, shortcut

    def forward(self, x):
        return self.body(x) + self.shortcut(x)


class Concatenation(nn.Module):
    def __init__(self, branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return cat([branch(x) for branch in self.branches], dim=1)


class Scale(nn.Module):
    def __init__(self, body):
        super().__init__()
        self.body = body

    def forward(self, x):
        gate = self.body(x)
        return x * gate.reshape(*gate.shape[:2], *[1] * (x.dim() - 2))


def made(kind, settings, channels, classes):
    """One layer that joins nothing; `channels` enter it."""
    out = settings.get("out")
    out = classes if out == "classes" else out
    bias = settings.get("bias", True)
    if kind == "conv2d":
        kernel, padding = settings["kernel"], settings.get("padding", 0)
        padding = (kernel - 1) // 2 if padding == "same" else padding
        groups = settings.get("groups", 1)
        if "depthwise" in settings:
            groups, out = channels, channels * settings["depthwise"].get("multiplier", 1)
        return nn.Conv2d(channels, out, kernel, settings.get("stride", 1), padding, groups=groups, bias=bias)
    if kind == "linear":
        return nn.Linear(channels, out, bias)
    if kind == "batchNorm2d":
        return nn.BatchNorm2d(channels)
    if kind in ("maxPool2d", "avgPool2d"):
        pool = nn.MaxPool2d if kind == "maxPool2d" else nn.AvgPool2d
        return pool(settings["kernel"], settings.get("stride", settings["kernel"]))
    if kind == "globalAvgPool":
        return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    plain = {"relu": nn.ReLU, "gelu": nn.GELU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "flatten": nn.Flatten}
    return plain[kind]()


def build(layers, x, classes, block=""):
    """The module of a list of layers, what it makes of `x`, and the layers with parameters by full name."""
    modules, found, seen = [], {}, {}

    def branch(inner, place):
        module, _, within = build(inner, x, classes, place)
        found.update(within)
        return module

    for layer in layers:
        kind, settings = (layer, {}) if isinstance(layer, str) else next(iter(layer.items()))
        seen[kind] = seen.get(kind, 0) + 1
        name = f"{block}{kind}.{seen[kind]}"
        if kind == "residual":
            body, shortcut = (settings, []) if isinstance(settings, list) else (settings["body"], settings.get("shortcut", []))
            module = Residual(branch(body, f"{name}/"), branch(shortcut, f"{name}/shortcut/"))
        elif kind == "concatenation":
            module = Concatenation([branch(one, f"{name}/branch.{i + 1}/") for i, one in enumerate(settings)])
        elif kind == "scale":
            module = Scale(branch(settings, f"{name}/"))
        else:
            if not isinstance(settings, dict):
                settings = {"out" if kind == "linear" else "kernel": settings}
            module = made(kind, settings, x.shape[1], classes)
            found[name] = module
        modules.append(module)
        x = module(x)
    # Shapes are all that a pass over the input is for here.
    return nn.Sequential(*modules), x, found


def parameters_of(found):
    return {f"{name}.{role}": p for name, layer in found.items() for role, p in layer.named_parameters()}


def mixed(i):
    """A word from a word, all bits alike (the finalizer of MurmurHash3)."""
    i = ((i ^ (i >> 16)) * 0x85EBCA6B) & 0xFFFFFFFF
    i = ((i ^ (i >> 13)) * 0xC2B2AE35) & 0xFFFFFFFF
    return i ^ (i >> 16)


def numbered(count, stream):
    """Words that the tests work out again: `count` of them, of a stream with a number of its own."""
    return [mixed((mixed(stream + 1) + i) & 0xFFFFFFFF) for i in range(count)]


def start(shape, stream, size):
    """Values in ±size that binary32 holds exactly, size being a power of two."""
    count = torch.Size(shape).numel()
    return torch.tensor([((word >> 8) / 2**23 - 1) * size for word in numbered(count, stream)]).reshape(shape)
