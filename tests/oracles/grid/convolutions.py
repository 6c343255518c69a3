"""conv2d with every option: odd sizes, strides that do not divide, a batch of 1."""

import torch

from ._case import layer_case, random


def pair(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def conv2d(x, settings, batch=1):
    """A case of torch.nn.Conv2d with the settings of a recipe; the title is what the recipe says."""
    channels, height, width = x
    given = dict(settings)
    bias = given.pop("bias", True)
    kernel = pair(given.pop("kernel"))
    stride = pair(given.pop("stride", 1))
    padding = given.pop("padding", 0)
    dilation = pair(given.pop("dilation", 1))
    mode = given.pop("paddingMode", "zeros")
    depthwise = given.pop("depthwise", None)
    groups = channels if depthwise is not None else given.pop("groups", 1)
    out = channels * depthwise.get("multiplier", 1) if depthwise is not None else given.pop("out")
    assert not given, given
    module = torch.nn.Conv2d(
        channels, out, kernel, stride=stride, padding=padding if isinstance(padding, str) else pair(padding), dilation=dilation,
        groups=groups, bias=bias, padding_mode=mode,
    )
    parameters = {"weight": random(*module.weight.shape, size=0.3), **({"bias": random(out)} if bias else {})}

    def function(x, p):
        return torch.func.functional_call(module, p, (x,))

    taps = kernel[0] * kernel[1]
    positions = batch * (height + 2 * kernel[0] * dilation[0]) * (width + 2 * kernel[1] * dilation[1])
    # Of mirrored padding, up to nine places of the padded maps meet in one pixel.
    places = 9 if mode == "reflect" else 1
    terms = {"y": channels // groups * taps + 1, "dx": out // groups * taps * places, "weight": positions, "bias": positions}
    words = ", ".join(f"{name} {value}" for name, value in settings.items())
    return layer_case(
        f"conv2d {words}, maps {channels} x {height} x {width}, batch {batch}", {"conv2d": settings}, function, random(batch, *x),
        parameters, terms=terms,
    )


def fixture():
    return [
        conv2d((3, 5, 6), {"out": 2, "kernel": 3}, batch=2),
        conv2d((2, 5, 4), {"out": 3, "kernel": 3, "bias": False}),
        conv2d((2, 5, 5), {"out": 3, "kernel": 1}),
        # Rectangles.
        conv2d((2, 5, 7), {"out": 3, "kernel": [3, 5]}),
        conv2d((2, 4, 5), {"out": 2, "kernel": [1, 3], "padding": [0, 1]}),
        conv2d((2, 5, 4), {"out": 2, "kernel": [4, 2], "bias": False}, batch=2),
        # Strides, some of which do not divide.
        conv2d((3, 7, 6), {"out": 2, "kernel": 3, "stride": 2, "padding": 1}, batch=2),
        conv2d((2, 7, 8), {"out": 2, "kernel": 2, "stride": 3}),
        conv2d((2, 7, 5), {"out": 3, "kernel": 3, "stride": [1, 2]}),
        conv2d((2, 6, 5), {"out": 2, "kernel": 1, "stride": 2}),
        # Padding.
        conv2d((2, 4, 5), {"out": 2, "kernel": 3, "padding": 2}),
        conv2d((2, 4, 5), {"out": 2, "kernel": 3, "padding": [2, 0]}),
        conv2d((2, 4, 5), {"out": 2, "kernel": 5, "padding": "same"}),
        conv2d((2, 4, 5), {"out": 2, "kernel": 2, "padding": "same"}, batch=2),
        conv2d((2, 5, 4), {"out": 2, "kernel": [4, 3], "padding": "same", "dilation": [1, 2]}),
        conv2d((2, 4, 5), {"out": 2, "kernel": 3, "padding": "valid"}),
        # Mirrored padding.
        conv2d((2, 4, 5), {"out": 2, "kernel": 3, "padding": 1, "paddingMode": "reflect"}, batch=2),
        conv2d((2, 4, 5), {"out": 2, "kernel": 3, "padding": 1, "paddingMode": "zeros"}),
        conv2d((2, 3, 4), {"out": 2, "kernel": [5, 3], "padding": [2, 3], "paddingMode": "reflect"}),
        conv2d((2, 4, 5), {"out": 2, "kernel": 4, "padding": "same", "paddingMode": "reflect"}),
        conv2d((2, 5, 6), {"out": 2, "kernel": 3, "padding": 2, "stride": 2, "dilation": 2, "paddingMode": "reflect"}),
        # Dilation.
        conv2d((2, 6, 7), {"out": 2, "kernel": 3, "dilation": 2}, batch=2),
        conv2d((2, 7, 6), {"out": 2, "kernel": [3, 2], "dilation": [2, 3], "padding": [1, 2]}),
        conv2d((2, 8, 7), {"out": 2, "kernel": 3, "dilation": 2, "stride": 2, "padding": 2}),
        conv2d((2, 9, 8), {"out": 2, "kernel": 3, "dilation": 3, "stride": 2, "padding": 3, "bias": False}),
        # Groups.
        conv2d((4, 3, 4), {"out": 6, "kernel": 3, "groups": 2, "padding": 1}, batch=2),
        conv2d((6, 5, 4), {"out": 3, "kernel": [2, 3], "groups": 3, "stride": 2, "padding": 1}),
        conv2d((4, 4, 5), {"out": 4, "kernel": 1, "groups": 2, "bias": False}),
        conv2d((4, 5, 5), {"out": 4, "kernel": 3, "groups": 4, "dilation": 2, "padding": 2}),
        # Depthwise.
        conv2d((3, 5, 6), {"depthwise": {}, "kernel": 3, "padding": 1}),
        conv2d((3, 5, 6), {"depthwise": {"multiplier": 1}, "kernel": 3, "stride": 2, "padding": 1, "bias": False}, batch=2),
        conv2d((3, 5, 4), {"depthwise": {"multiplier": 2}, "kernel": [3, 2], "padding": "same"}),
        conv2d((2, 6, 7), {"depthwise": {"multiplier": 3}, "kernel": 3, "dilation": 2, "padding": 2, "paddingMode": "reflect"}),
    ]
