"""Trains one run in PyTorch, from the files that job.ts writes: `train.py <folder of images> <folder of the job>`.

Binary32 on the CPU. Prints one JSON line: test accuracy after the last epoch, and the training loss of every epoch.
"""

import json
import sys
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F

images_folder, job_folder = Path(sys.argv[1]), Path(sys.argv[2])
job = json.loads((job_folder / "job.json").read_text())
flat = torch.from_numpy(numpy.fromfile(job_folder / "parameters.bin", dtype="<f4"))
labels = torch.from_numpy(numpy.fromfile(images_folder / "labels.bin", dtype="u1")).long()
images = torch.from_numpy(numpy.fromfile(images_folder / "images.bin", dtype="<f4")).reshape(len(labels), *job["input"])
trained = len(job["orders"][0])

parameters = {}
norms = {}
offset = 0
for layer in job["layers"]:
    for parameter in layer["parameters"]:
        count = numpy.prod(parameter["shape"], dtype=int)
        values = flat[offset : offset + count].reshape(parameter["shape"]).clone()
        parameters[layer["name"], parameter["role"]] = values.requires_grad_()
        offset += count
    if layer["kind"].startswith("batchNorm"):
        channels = layer["output"][0]
        norms[layer["name"]] = (torch.zeros(channels), torch.ones(channels))
assert offset == len(flat)


def conv2d(layer, x, own, training):
    padding = layer["padding"]
    return F.conv2d(
        x, own("weight"), own("bias"), layer["stride"], padding, layer.get("dilation", 1), layer.get("groups", 1)
    )


def batch_norm(layer, x, own, training):
    return F.batch_norm(x, *norms[layer["name"]], own("weight"), own("bias"), training, layer["momentum"], layer["eps"])


KINDS = {
    "conv2d": conv2d,
    "batchNorm2d": batch_norm,
    "batchNorm1d": batch_norm,
    "linear": lambda layer, x, own, training: F.linear(x.flatten(1), own("weight"), own("bias")),
    "relu": lambda layer, x, own, training: F.relu(x),
    "sigmoid": lambda layer, x, own, training: torch.sigmoid(x),
    "silu": lambda layer, x, own, training: F.silu(x),
    "hardswish": lambda layer, x, own, training: F.hardswish(x),
    "tanh": lambda layer, x, own, training: torch.tanh(x),
    "gelu": lambda layer, x, own, training: F.gelu(x),
    "maxPool2d": lambda layer, x, own, training: F.max_pool2d(x, layer["kernel"], layer["stride"]),
    "avgPool2d": lambda layer, x, own, training: F.avg_pool2d(x, layer["kernel"], layer["stride"]),
    "globalAvgPool": lambda layer, x, own, training: F.adaptive_avg_pool2d(x, 1),
    "flatten": lambda layer, x, own, training: x.flatten(1),
    "residual": lambda layer, x, own, training: x[0] + x[1],
}


def forward(x, training):
    outputs = []
    for layer in job["layers"]:
        taken = [x if at < 0 else outputs[at] for at in layer["inputs"]]
        own = lambda role, name=layer["name"]: parameters.get((name, role))
        outputs.append(KINDS[layer["kind"]](layer, taken if len(taken) > 1 else taken[0], own, training))
    return outputs[-1].flatten(1)


settings = job["optimizer"]
assert settings["type"] == "sgd"
optimizer = torch.optim.SGD(
    parameters.values(), lr=settings["lr"], momentum=settings["momentum"], weight_decay=settings["weightDecay"]
)
losses = []
for rates, order in zip(job["rates"], job["orders"]):
    order = torch.tensor(order)
    total = 0.0
    for rate, samples in zip(rates, order.split(job["batch"])):
        optimizer.param_groups[0]["lr"] = rate
        optimizer.zero_grad()
        loss = F.cross_entropy(forward(images[samples], True), labels[samples])
        loss.backward()
        optimizer.step()
        total += loss.item() * len(samples)
    losses.append(total / trained)

with torch.no_grad():
    right = sum(
        (forward(images[trained:][at : at + 500], False).argmax(1) == labels[trained:][at : at + 500]).sum().item()
        for at in range(0, len(labels) - trained, 500)
    )
print(json.dumps({"accuracy": right / (len(labels) - trained), "losses": losses}))
