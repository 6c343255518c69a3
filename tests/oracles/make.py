"""Writes the fixtures beside this file: what PyTorch gives in float64, for layers, loss, optimizers and two small networks.

Inputs are binary32 numbers, written with nine digits, so that Float32 kernels start from the same values; results are doubles, written
with all digits. Layouts are PyTorch's (n, c, h, w); the tests turn them into ours. See README.md for how to run it.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from grid._case import inputs, random, results

FOLDER = Path(__file__).parent / "fixtures"

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
torch.manual_seed(20_240_601)


def write(name, content):
    FOLDER.mkdir(exist_ok=True)
    text = json.dumps(content, separators=(",", ":"))
    (FOLDER / f"{name}.json").write_text(text + "\n")
    print(f"{name}.json {len(text):,} bytes")


def gradients(y, dy, *tensors):
    return torch.autograd.grad(y, tensors, dy)


def conv2d(batch, channels, height, width, out, kernel, stride, padding, bias):
    x = random(batch, channels, height, width).requires_grad_()
    weight = random(out, channels, kernel, kernel, size=0.3).requires_grad_()
    b = random(out).requires_grad_() if bias else None
    y = F.conv2d(x, weight, b, stride=stride, padding=padding)
    dy = random(*y.shape)
    dx, dweight, *dbias = gradients(y, dy, x, weight, *([b] if bias else []))
    return {
        "kernel": kernel, "stride": stride, "padding": padding,
        "x": inputs(x), "weight": inputs(weight), "bias": inputs(b) if bias else None, "dy": inputs(dy),
        "y": results(y), "dx": results(dx), "dweight": results(dweight), "dbias": results(dbias[0]) if bias else None,
    }


def linear(batch, maps, out, bias):
    x = random(batch, *maps).requires_grad_()
    weight = random(out, x[0].numel(), size=0.3).requires_grad_()
    b = random(out).requires_grad_() if bias else None
    y = F.linear(x.flatten(1), weight, b)
    dy = random(*y.shape)
    dx, dweight, *dbias = gradients(y, dy, x, weight, *([b] if bias else []))
    return {
        "x": inputs(x), "weight": inputs(weight), "bias": inputs(b) if bias else None, "dy": inputs(dy),
        "y": results(y), "dx": results(dx), "dweight": results(dweight), "dbias": results(dbias[0]) if bias else None,
    }


def batch_norm(batches, channels, height, width, eps, momentum, shift):
    """Several training batches, for the running statistics; the last with gradients, then one evaluation."""
    layer = nn.BatchNorm2d(channels, eps=eps, momentum=momentum)
    with torch.no_grad():
        layer.weight.copy_((random(channels) + 1).float())
        layer.bias.copy_(random(channels))
    gamma, beta = layer.weight, layer.bias
    steps = []
    for batch in batches:
        x = (random(batch, channels, height, width) + shift).float().double().requires_grad_()
        y = layer(x)
        dy = random(*y.shape)
        dx, dgamma, dbeta = gradients(y, dy, x, gamma, beta)
        steps.append({
            "x": inputs(x), "dy": inputs(dy), "y": results(y), "dx": results(dx), "dgamma": results(dgamma), "dbeta": results(dbeta),
            "runningMean": results(layer.running_mean), "runningVariance": results(layer.running_var),
        })
    layer.eval()
    return {
        "eps": eps, "momentum": momentum, "gamma": inputs(gamma), "beta": inputs(beta), "steps": steps, "evaluated": results(layer(x)),
    }


def max_pool(batch, channels, height, width, kernel, stride, ties):
    x = random(batch, channels, height, width)
    x = (torch.round(x * 2) / 2 if ties else x).requires_grad_()
    y = F.max_pool2d(x, kernel, stride)
    dy = random(*y.shape)
    (dx,) = gradients(y, dy, x)
    return {"kernel": kernel, "stride": stride, "x": inputs(x), "dy": inputs(dy), "y": results(y), "dx": results(dx)}


def avg_pool(batch, channels, height, width, kernel, stride):
    x = random(batch, channels, height, width).requires_grad_()
    y = F.avg_pool2d(x, kernel, stride)
    dy = random(*y.shape)
    (dx,) = gradients(y, dy, x)
    return {"kernel": kernel, "stride": stride, "x": inputs(x), "dy": inputs(dy), "y": results(y), "dx": results(dx)}


def gelu():
    x = (4 * random(60)).requires_grad_()
    y = F.gelu(x)
    dy = random(60)
    (dx,) = gradients(y, dy, x)
    return {"x": inputs(x), "dy": inputs(dy), "y": results(y), "dx": results(dx)}


def relu():
    x = random(40)
    x[3], x[4] = 0.0, -0.0
    x.requires_grad_()
    y = F.relu(x)
    dy = random(40)
    (dx,) = gradients(y, dy, x)
    return {"x": inputs(x), "dy": inputs(dy), "y": results(y), "dx": results(dx)}


def dropout(p):
    x = random(40).requires_grad_()
    y = F.dropout(x, p, training=True)
    dy = random(40)
    (dx,) = gradients(y, dy, x)
    kept = (y != 0).int().tolist()
    return {"p": p, "x": inputs(x), "dy": inputs(dy), "kept": kept, "y": results(y), "dx": results(dx)}


def cross_entropy(batch, classes, size):
    logits = random(batch, classes, size=size).requires_grad_()
    labels = torch.randint(classes, (batch,))
    losses = F.cross_entropy(logits, labels, reduction="none")
    (dlogits,) = gradients(F.cross_entropy(logits, labels), None, logits)
    return {
        "logits": inputs(logits), "labels": labels.tolist(), "losses": results(losses), "dlogits": results(dlogits),
        "predictions": logits.argmax(1).tolist(),
    }


def optimizer(settings, steps=8, count=6):
    """A parameter under given gradients, the rate halved after the fourth step."""
    parameter = random(count).requires_grad_()
    start = inputs(parameter)
    if settings["type"] == "sgd":
        made = torch.optim.SGD([parameter], lr=settings["lr"], momentum=settings["momentum"], weight_decay=settings["weightDecay"])
    else:
        made = torch.optim.Adam(
            [parameter], lr=settings["lr"], betas=(settings["beta1"], settings["beta2"]), eps=settings["eps"],
            weight_decay=settings["weightDecay"],
        )
    taken = []
    for step in range(steps):
        made.param_groups[0]["lr"] = settings["lr"] * (1 if step < 4 else 0.5)
        parameter.grad = random(count)
        gradient = inputs(parameter.grad)
        made.step()
        taken.append({"lr": made.param_groups[0]["lr"], "gradient": gradient, "parameter": results(parameter)})
    return {"settings": settings, "start": start, "steps": taken}


class Residual(nn.Module):
    """What a body makes of its input, plus the input."""

    def __init__(self, body):
        super().__init__()
        self.body = body

    def forward(self, x):
        return self.body(x) + x


def named(layers, block=""):
    """Layers by full name from nested pairs of a name and a layer, or a list for a residual block; and all of them as one module."""
    found, modules = {}, []
    for name, layer in layers:
        if isinstance(layer, list):
            inner, body = named(layer, f"{block}{name}/")
            found.update(inner)
            modules.append(Residual(body))
        else:
            found[block + name] = layer
            modules.append(layer)
    return found, nn.Sequential(*modules)


def network(structure, settings, images=16, batch=6, steps=10):
    """Ten steps over batches that walk through the images.

    No bias before a norm: its gradient is 0, and Adam would divide what rounding leaves of it by eps, another number on every machine.
    """
    layers, model = named(structure)
    parameters = {f"{name}.{role}": p for name, layer in layers.items() for role, p in layer.named_parameters()}
    with torch.no_grad():
        for parameter in parameters.values():
            parameter.copy_(parameter.float())
    start = {name: inputs(parameter) for name, parameter in parameters.items()}
    x = random(images, 2, 8, 8)
    labels = torch.randint(5, (images,))
    if settings["type"] == "sgd":
        made = torch.optim.SGD(model.parameters(), lr=settings["lr"], momentum=settings["momentum"], weight_decay=settings["weightDecay"])
    else:
        made = torch.optim.Adam(model.parameters(), lr=settings["lr"])
    taken = []
    for step in range(steps):
        samples = [(step * batch + n) % images for n in range(batch)]
        made.zero_grad()
        loss = F.cross_entropy(model(x[samples]), labels[samples])
        loss.backward()
        made.step()
        taken.append({"samples": samples, "loss": loss.item()})
    norms = {
        name: {"runningMean": results(layer.running_mean), "runningVariance": results(layer.running_var)}
        for name, layer in layers.items() if isinstance(layer, nn.BatchNorm2d)
    }
    model.eval()
    return {
        "settings": settings, "x": inputs(x), "labels": labels.tolist(), "start": start, "steps": taken,
        "end": {name: results(parameter) for name, parameter in parameters.items()}, "batchNorm": norms,
        "evaluated": results(model(x)),
    }


def conv(inputs, out, bias=False):
    return nn.Conv2d(inputs, out, 3, padding=1, bias=bias)


write("conv2d", [
    conv2d(2, 3, 7, 6, 4, 3, 1, 1, True),
    conv2d(3, 2, 9, 8, 3, 3, 2, 0, True),
    conv2d(2, 2, 8, 7, 3, 5, 2, 2, False),
    conv2d(1, 4, 5, 5, 2, 1, 1, 0, True),
    conv2d(2, 1, 11, 10, 2, 4, 3, 1, True),
    conv2d(2, 2, 5, 6, 3, 2, 3, 2, True),
    conv2d(19, 2, 4, 3, 2, 3, 1, 1, True),
])
write("linear", [linear(3, (7,), 4, True), linear(5, (3, 2, 4), 6, True), linear(1, (2, 3, 3), 5, False)])
write("batchNorm2d", [
    batch_norm([4, 3, 5], 3, 3, 4, 1e-5, 0.1, 0.0),
    batch_norm([1, 18], 2, 2, 3, 1e-3, 0.3, 5.0),
    batch_norm([2, 1], 2, 5, 1, 1e-5, 0.1, 100.0),
])
write("maxPool2d", [
    max_pool(2, 3, 6, 8, 2, 2, False), max_pool(2, 2, 7, 9, 3, 2, False), max_pool(1, 2, 7, 7, 3, 1, True), max_pool(2, 2, 9, 8, 2, 3, True),
])
write("relu", relu())
write("dropout", [dropout(0.5), dropout(0.3)])
write("crossEntropy", [cross_entropy(5, 10, 2.0), cross_entropy(4, 19, 10.0), cross_entropy(1, 3, 0.1)])
write("optimizers", [
    optimizer({"type": "sgd", "lr": 0.1, "momentum": 0.0, "weightDecay": 0.0}),
    optimizer({"type": "sgd", "lr": 0.1, "momentum": 0.9, "weightDecay": 0.0}),
    optimizer({"type": "sgd", "lr": 0.05, "momentum": 0.8, "weightDecay": 0.02}),
    optimizer({"type": "adam", "lr": 0.01, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weightDecay": 0.0}),
    optimizer({"type": "adam", "lr": 0.02, "beta1": 0.7, "beta2": 0.95, "eps": 1e-3, "weightDecay": 0.05}),
])
write("network", network([
    ("conv2d.1", conv(2, 3)), ("batchNorm2d.1", nn.BatchNorm2d(3)), ("relu.1", nn.ReLU()), ("maxPool2d.1", nn.MaxPool2d(2)),
    ("conv2d.2", conv(3, 4)), ("batchNorm2d.2", nn.BatchNorm2d(4)), ("relu.2", nn.ReLU()), ("maxPool2d.2", nn.MaxPool2d(2)),
    ("flatten.1", nn.Flatten()), ("linear.1", nn.Linear(16, 6)), ("linear.2", nn.Linear(6, 5)),
], {"type": "adam", "lr": 0.01, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weightDecay": 0.0}))
write("avgPool2d", [avg_pool(2, 3, 6, 8, 2, 2), avg_pool(2, 2, 7, 9, 3, 2), avg_pool(1, 2, 7, 7, 3, 1), avg_pool(2, 2, 9, 8, 2, 3)])
write("gelu", gelu())
write("residual", network([
    ("conv2d.1", conv(2, 4)), ("batchNorm2d.1", nn.BatchNorm2d(4)), ("gelu.1", nn.GELU()), ("avgPool2d.1", nn.AvgPool2d(2)),
    ("residual.1", [
        ("conv2d.1", conv(4, 4)), ("batchNorm2d.1", nn.BatchNorm2d(4)), ("relu.1", nn.ReLU()),
        ("conv2d.2", conv(4, 4)), ("batchNorm2d.2", nn.BatchNorm2d(4)),
    ]),
    ("relu.1", nn.ReLU()),
    ("residual.2", [
        ("batchNorm2d.1", nn.BatchNorm2d(4)), ("gelu.1", nn.GELU()), ("conv2d.1", conv(4, 4, bias=True)),
        ("residual.1", [("conv2d.1", conv(4, 4, bias=True)), ("gelu.1", nn.GELU())]),
    ]),
    ("avgPool2d.2", nn.AvgPool2d(2)), ("flatten.1", nn.Flatten()),
    ("residual.3", [("linear.1", nn.Linear(16, 16)), ("gelu.1", nn.GELU())]),
    ("linear.1", nn.Linear(16, 5)),
], {"type": "sgd", "lr": 0.05, "momentum": 0.9, "weightDecay": 0.01}))
