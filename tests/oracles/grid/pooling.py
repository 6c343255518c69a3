"""maxPool2d, avgPool2d, adaptiveAvgPool2d and globalAvgPool with every option."""

import torch.nn.functional as F

from ._case import layer_case, random, run


def maximum(title, x, kernel, stride=None, padding=0, dilation=1, ceilMode=False):
    def function(x, _):
        return F.max_pool2d(x, kernel, stride, padding, dilation, ceil_mode=ceilMode)

    values = random(*x)
    dy = random(*function(values, {}).shape)
    # A value is one of those that went in; a gradient adds up what comes from as many windows as a pixel is in.
    sums = {"y": function(values, {}).abs(), "dx": run(function, values, {}, dy.abs())["dx"]}
    settings = {"kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation, "ceilMode": ceilMode}
    defaults = {"stride": None, "padding": 0, "dilation": 1, "ceilMode": False}
    written = {name: value for name, value in settings.items() if name not in defaults or value != defaults[name]}
    return layer_case(title, {"maxPool2d": written}, function, values, terms={"y": 1, "dx": 9}, sums=sums, dy=dy)


def average(title, x, kernel, stride=None, padding=0, ceilMode=False, countIncludePad=True):
    def function(x, _):
        return F.avg_pool2d(x, kernel, stride, padding, ceilMode, countIncludePad)

    settings = {"kernel": kernel, "stride": stride, "padding": padding, "ceilMode": ceilMode, "countIncludePad": countIncludePad}
    defaults = {"stride": None, "padding": 0, "ceilMode": False, "countIncludePad": True}
    written = {name: value for name, value in settings.items() if name not in defaults or value != defaults[name]}
    size = kernel * kernel if isinstance(kernel, int) else kernel[0] * kernel[1]
    return layer_case(title, {"avgPool2d": written}, function, random(*x), terms={"y": size, "dx": size})


def adaptive(title, x, outputSize, layer=None):
    written = layer or {"adaptiveAvgPool2d": {"outputSize": outputSize}}
    terms = {"y": x[2] * x[3], "dx": 9}
    return layer_case(title, written, lambda x, _: F.adaptive_avg_pool2d(x, outputSize), random(*x), terms=terms)


def fixture():
    return [
        maximum("maxPool2d kernel 2", (2, 3, 5, 7), 2),
        maximum("maxPool2d kernel 2, batch 1, one channel", (1, 1, 4, 4), 2),
        maximum("maxPool2d stride 1, windows that overlap", (2, 2, 5, 4), 3, 1),
        maximum("maxPool2d stride 3, windows with gaps", (2, 2, 8, 7), 2, 3),
        maximum("maxPool2d padding 1", (2, 2, 6, 7), 3, 2, 1),
        maximum("maxPool2d dilation 2", (2, 2, 7, 6), 2, 1, 0, 2),
        maximum("maxPool2d ceilMode", (2, 2, 5, 7), 2, ceilMode=True),
        maximum("maxPool2d ceilMode whose last window would begin in the padding", (1, 2, 4, 5), 2, 3, 1, ceilMode=True),
        maximum("maxPool2d rectangular kernel", (2, 2, 6, 7), [3, 2]),
        maximum("maxPool2d rectangular kernel, stride, padding and dilation, ceilMode", (2, 2, 9, 8), [3, 2], [2, 3], [1, 0], [2, 1], True),
        average("avgPool2d kernel 2", (2, 3, 5, 7), 2),
        average("avgPool2d kernel 3, batch 1, one channel", (1, 1, 6, 6), 3),
        average("avgPool2d stride 1, windows that overlap", (2, 2, 5, 4), 3, 1),
        average("avgPool2d stride 3, windows with gaps", (2, 2, 8, 7), 2, 3),
        average("avgPool2d padding 1", (2, 2, 6, 7), 3, 2, 1),
        average("avgPool2d padding 1, countIncludePad false", (2, 2, 6, 7), 3, 2, 1, countIncludePad=False),
        average("avgPool2d ceilMode", (2, 2, 5, 7), 2, ceilMode=True),
        average("avgPool2d ceilMode, padding", (2, 2, 6, 5), 3, 2, 1, True),
        average("avgPool2d ceilMode, padding, countIncludePad false", (2, 2, 6, 5), 3, 2, 1, True, False),
        average("avgPool2d rectangular kernel, stride and padding", (2, 2, 7, 6), [2, 3], [3, 1], [1, 0]),
        adaptive("adaptiveAvgPool2d outputSize that divides", (2, 3, 6, 4), 2),
        adaptive("adaptiveAvgPool2d outputSize that does not divide", (2, 2, 7, 5), [3, 4]),
        adaptive("adaptiveAvgPool2d outputSize beyond the maps, batch 1", (1, 2, 2, 3), [3, 5]),
        adaptive("globalAvgPool", (2, 3, 4, 4), 1, "globalAvgPool"),
        adaptive("globalAvgPool of maps that are not square, batch 1", (1, 2, 5, 3), 1, "globalAvgPool"),
    ]
