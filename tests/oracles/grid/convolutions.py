"""conv2d with every option."""

import torch.nn.functional as F

from ._case import layer_case, random


def conv2d(title, x, settings, bias=True):
    batch, channels, height, width = x
    out, kernel = settings["out"], settings["kernel"]
    stride, padding = settings.get("stride", 1), settings.get("padding", 0)
    parameters = {"weight": random(out, channels, kernel, kernel, size=0.3), **({"bias": random(out)} if bias else {})}

    def function(x, p):
        return F.conv2d(x, p["weight"], p.get("bias"), stride=stride, padding=padding)

    positions = batch * (height + 2 * kernel) * (width + 2 * kernel)
    terms = {"y": channels * kernel * kernel + 1, "dx": out * kernel * kernel, "weight": positions, "bias": positions}
    written = {**settings, **({} if bias else {"bias": False})}
    return layer_case(title, {"conv2d": written}, function, random(*x), parameters, terms=terms)


def fixture():
    return [
        conv2d("conv2d stride 2, padding 1", (2, 3, 7, 6), {"out": 4, "kernel": 3, "stride": 2, "padding": 1}),
        conv2d("conv2d without bias", (3, 2, 9, 8), {"out": 3, "kernel": 5, "padding": 2}, bias=False),
    ]
