"""Loss curves of 20 steps for whole networks. What the tests need to do the same is worked out on both sides: images, labels and initial values
come from numbered streams of words (`numbered` in _network.py), batches walk through the images."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from ._network import build, numbered, parameters_of, start

STEPS, BATCH, IMAGES, CLASSES = 20, 8, 48, 10


def conv(out, kernel=3, stride=1, bias=False):
    return {"conv2d": {"out": out, "kernel": kernel, "stride": stride, "padding": (kernel - 1) // 2, "bias": bias}}


def simple_cnn(width, norm):
    stages = [layer for out in (width, 2 * width) for layer in [conv(out, bias=True), *norm, "relu", {"maxPool2d": 2}]]
    return [*stages, "flatten", {"linear": 128}, {"linear": "classes"}]


def lenet5():
    stages = []
    for out, padding in ((6, 2), (16, 0)):
        stages += [{"conv2d": {"out": out, "kernel": 5, "padding": padding}}, "tanh", {"avgPool2d": 2}]
    return [*stages, "flatten", {"linear": 120}, "tanh", {"linear": 84}, "tanh", {"linear": "classes"}]


def resnet8(width):
    layers, inputs = [conv(width), "batchNorm2d", "relu"], width
    for stage in range(3):
        out, stride = width << stage, 1 if stage == 0 else 2
        body = [conv(out, 3, stride), "batchNorm2d", "relu", conv(out), "batchNorm2d"]
        shortcut = [] if inputs == out else [conv(out, 1, stride), "batchNorm2d"]
        layers += [{"residual": {"body": body, "shortcut": shortcut}}, "relu"]
        inputs = out
    return [*layers, "globalAvgPool", {"linear": "classes"}]


def squeezed():
    gate = ["globalAvgPool", {"linear": 3}, "relu", {"linear": 12}, "sigmoid"]
    return [
        conv(6), "batchNorm2d", "relu", {"concatenation": [[conv(4, 1)], [], [conv(3, 1), "relu", conv(2, 5)]]},
        "batchNorm2d", "relu", {"scale": gate}, {"maxPool2d": 2},
        {"residual": {"body": [conv(8, 3, 2), "batchNorm2d", {"scale": ["globalAvgPool", {"linear": 8}, "sigmoid"]}], "shortcut": [conv(8, 1, 2)]}},
        "relu", "flatten", {"linear": "classes"},
    ]


def curve(title, preset, layers, shape, lr=0.05, momentum=0.9):
    channels, height, width = shape
    pixels = channels * height * width
    levels = torch.tensor([word >> 24 for word in numbered(IMAGES * pixels, 1)])
    # Bytes stand in storage order: channels last.
    x = (((levels / 255 - 0.5) / 0.25).float().double()).reshape(IMAGES, height, width, channels).permute(0, 3, 1, 2).contiguous()
    labels = torch.tensor([word % CLASSES for word in numbered(IMAGES, 2)])
    model, _, found = build(layers, x[:2], CLASSES)
    with torch.no_grad():
        for i, (name, parameter) in enumerate(parameters_of(found).items()):
            fan_in = parameter[0].numel()
            value = start(parameter.shape, 10 + i, 2.0 ** -math.floor(math.log2(fan_in) / 2 + 0.5))
            is_norm = isinstance(found[name.rsplit(".", 1)[0]], nn.BatchNorm2d)
            parameter.copy_(1 + value / 4 if is_norm and name.endswith(".weight") else value if parameter.dim() > 1 else value / 4)
    for layer in found.values():
        if isinstance(layer, nn.BatchNorm2d):
            layer.reset_running_stats()
    made = torch.optim.SGD(model.parameters(), lr=lr, momentum=momentum)
    losses = []
    model.train()
    for step in range(STEPS):
        samples = [(step * BATCH + n) % IMAGES for n in range(BATCH)]
        made.zero_grad()
        loss = F.cross_entropy(model(x[samples]), labels[samples])
        loss.backward()
        made.step()
        losses.append(loss.item())
    return {
        "title": title, "preset": preset, "network": layers, "input": shape, "optimizer": {"type": "sgd", "lr": lr, "momentum": momentum},
        "losses": losses,
    }


def fixture():
    norm = ["batchNorm2d"]
    return [
        curve("simpleCnn with batch norm", {"simpleCnn": {"width": 4, "dropout": 0}}, simple_cnn(4, norm), (3, 12, 12)),
        curve("simpleCnn without", {"simpleCnn": {"width": 4, "dropout": 0, "batchNorm": False}}, simple_cnn(4, []), (3, 12, 12)),
        curve("lenet5", "lenet5", lenet5(), (1, 28, 28)),
        curve("resnet8", {"resnet8": {"width": 4}}, resnet8(4), (3, 16, 16)),
        curve("concatenation and squeeze-and-excitation", None, squeezed(), (2, 12, 10)),
    ]
