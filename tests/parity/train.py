"""Trains one run in PyTorch, from the files that job.ts writes: `train.py <folder of images> <folder of the job>`.

Binary32 on the CPU. Prints one JSON line: test accuracy after the last epoch, and the training loss of every epoch.
"""

import json
import sys
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F

from graph import Graph

images_folder, job_folder = Path(sys.argv[1]), Path(sys.argv[2])
job = json.loads((job_folder / "job.json").read_text())
labels = torch.from_numpy(numpy.fromfile(images_folder / "labels.bin", dtype="u1")).long()
images = torch.from_numpy(numpy.fromfile(images_folder / "images.bin", dtype="<f4")).reshape(len(labels), *job["input"])
trained = len(job["orders"][0])

model = Graph(job["layers"])
model.fill(torch.from_numpy(numpy.fromfile(job_folder / "parameters.bin", dtype="<f4")))
settings = job["optimizer"]
assert settings["type"] == "sgd"
optimizer = torch.optim.SGD(
    model.parameters(), lr=settings["lr"], momentum=settings["momentum"], weight_decay=settings["weightDecay"]
)
losses = []
for rates, order in zip(job["rates"], job["orders"]):
    total = 0.0
    for rate, samples in zip(rates, torch.tensor(order).split(job["batch"])):
        optimizer.param_groups[0]["lr"] = rate
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images[samples]), labels[samples])
        loss.backward()
        optimizer.step()
        total += loss.item() * len(samples)
    losses.append(total / trained)

model.eval()
with torch.no_grad():
    right = sum(
        (model(images[trained:][at : at + 500]).argmax(1) == labels[trained:][at : at + 500]).sum().item()
        for at in range(0, len(labels) - trained, 500)
    )
print(json.dumps({"accuracy": right / (len(labels) - trained), "losses": losses}))
