"""Networks in PyTorch, driven over standard streams: a JSON request a line in, a JSON reply a line out (measure/child.ts).

The same layers, loss, optimizer and batch as ours; a step is zero_grad, forward, loss, backward, step; images are random, normalised
already and resident in memory. Every setting is warmed up before its first sample.
"""

import json
import sys
import time
from pathlib import Path

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).parents[1] / "parity"))
from graph import Graph  # noqa: E402

SHAPES = {"seed": (3, 32, 32), "mnist": (1, 28, 28)}
BATCHES = 16


def network(name):
    channels, height, width = SHAPES[name]
    return nn.Sequential(
        nn.Conv2d(channels, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(32 * (height // 4) * (width // 4), 128), nn.Dropout(0.5), nn.Linear(128, 10),
    )  # fmt: skip


class Work:
    """One network in one memory format at one batch size, training or evaluating."""

    def __init__(self, name, batch, mode, channels_last, layers):
        torch.manual_seed(1)
        layout = torch.channels_last if channels_last else torch.contiguous_format
        self.model = (network(name) if layers is None else Graph(layers)).to(memory_format=layout).train(mode == "train")
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=0.001)
        self.loss = nn.CrossEntropyLoss()
        if layers is not None:
            with torch.no_grad():
                for parameter in self.model.parameters():
                    parameter.normal_(std=0.05)
        self.images = [torch.randn(batch, *SHAPES.get(name, SHAPES["seed"])).to(memory_format=layout) for _ in range(BATCHES)]
        self.labels = [torch.randint(10, (batch,)) for _ in range(BATCHES)]
        self.step = self.train if mode == "train" else self.evaluate
        self.batch = batch
        self.warm = set()
        self.calls = 0

    def train(self, images, labels):
        self.optimizer.zero_grad()
        self.loss(self.model(images), labels).backward()
        self.optimizer.step()

    def evaluate(self, images, _labels):
        with torch.no_grad():
            self.model(images)

    def run(self, seconds, least):
        """Images a second over at least `seconds` and `least` steps."""
        start = time.perf_counter()
        steps = 0
        while True:
            self.step(self.images[self.calls % BATCHES], self.labels[self.calls % BATCHES])
            self.calls += 1
            steps += 1
            elapsed = time.perf_counter() - start
            if elapsed >= seconds and steps >= least:
                return steps * self.batch / elapsed

    def measure(self, threads, seconds):
        torch.set_num_threads(threads)
        if threads not in self.warm:
            self.run(0.2, 3)
            self.warm.add(threads)
        return self.run(seconds, 1)


works = {}
for line in sys.stdin:
    request = json.loads(line)
    if request["do"] == "describe":
        reply = {"version": torch.__version__, "capability": torch.backends.cpu.get_cpu_capability()}
    else:
        key = (request["network"], request["batch"], request["mode"], request["channelsLast"])
        if key not in works:
            works[key] = Work(*key, request.get("layers"))
        reply = {"imagesPerSecond": works[key].measure(request["threads"], request["seconds"])}
    print(json.dumps(reply), flush=True)
