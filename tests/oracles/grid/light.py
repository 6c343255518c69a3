"""dropout and dropout2d under the masks that the project draws for seed 1, epoch 1 and samples 0, 1, …, and flatten."""

import torch

from ._case import layer_case, random
from ._draws import kept


def dropped(title, kind, x, p=None):
    rate = 0.5 if p is None else p
    batch, channels, *size = x
    pixels = size[0] * size[1] if size else 1
    drawn = channels if kind == "dropout2d" else channels * pixels
    mask = torch.tensor(kept(1, f"{kind}.1", rate, batch, 1, drawn))
    if kind == "dropout2d":
        mask = mask.reshape(batch, channels, *[1] * len(size))
    else:
        # Drawn in the order (h, w, c).
        mask = mask.reshape(batch, pixels, channels).transpose(1, 2).reshape(x)
    layer = kind if p is None else {kind: p}
    return layer_case(title, layer, lambda x, _: x * mask / (1 - rate), random(*x), terms={"y": 1, "dx": 1})


def fixture():
    return [
        dropped("dropout", "dropout", (3, 4, 3, 5)),
        dropped("dropout p 0.2 of a vector", "dropout", (4, 13), 0.2),
        dropped("dropout p 0, batch 1", "dropout", (1, 3, 2, 2), 0),
        dropped("dropout2d", "dropout2d", (3, 5, 3, 4)),
        dropped("dropout2d p 0.3, 17 channels", "dropout2d", (2, 17, 1, 2), 0.3),
        layer_case("flatten", "flatten", lambda x, _: x.flatten(1), random(3, 4, 3, 5), terms={"y": 1, "dx": 1}),
        layer_case("flatten of a vector, batch 1", "flatten", lambda x, _: x.flatten(1), random(1, 7), terms={"y": 1, "dx": 1}),
    ]
