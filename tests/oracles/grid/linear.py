"""linear on vectors, with and without bias."""

import torch.nn.functional as F

from ._case import layer_case, random


def linear(batch, inputs, settings):
    out, bias = settings["out"], settings.get("bias", True)
    parameters = {"weight": random(out, inputs, size=0.3), **({"bias": random(out)} if bias else {})}

    def function(x, p):
        return F.linear(x, p["weight"], p.get("bias"))

    words = ", ".join(f"{name} {value}" for name, value in settings.items())
    terms = {"y": inputs + 1, "dx": out, "weight": batch, "bias": batch}
    return layer_case(
        f"linear {words}, {inputs} numbers, batch {batch}", {"linear": settings}, function, random(batch, inputs), parameters, terms=terms
    )


def fixture():
    return [
        linear(3, 7, {"out": 5}),
        linear(4, 17, {"out": 3, "bias": False}),
        linear(1, 9, {"out": 18, "bias": True}),
        linear(1, 5, {"out": 1, "bias": False}),
        linear(18, 3, {"out": 2}),
    ]
