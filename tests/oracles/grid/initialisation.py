"""torch.nn.init: deviations and bounds of every scheme and option, dirac_ and eye_, the Q of orthogonal_ for given matrices; and normal quantiles."""

import torch
from torch.nn import init

from ._case import inputs, random, results


class Spy:
    """A tensor of a shape that remembers with what it is drawn, and draws nothing."""

    def __init__(self, shape):
        self.shape = torch.Size(shape)

    def dim(self):
        return len(self.shape)

    ndimension = dim

    def size(self, i):
        return self.shape[i]

    def normal_(self, mean, std, generator=None):
        assert mean == 0
        self.drawn = {"normal": {"std": std}}

    def uniform_(self, low, high, generator=None):
        assert low == -high
        self.drawn = {"uniform": {"bound": high}}


SNAKE = {"leakyRelu": "leaky_relu", "fanIn": "fan_in", "fanOut": "fan_out"}


def scheme(settings, shape):
    (_, kind), *options = settings.items()
    name = kind.replace("Normal", "_normal_").replace("Uniform", "_uniform_")
    spy = Spy(shape)
    getattr(init, name)(spy, **{key: SNAKE.get(value, value) for key, value in options})
    return {"init": settings, "shape": list(shape), "drawn": spy.drawn}


def fixture():
    shapes = [(4, 3, 3, 5), (6, 2, 1, 1), (7, 12), (1, 9)]
    kaiming = [
        {}, {"mode": "fanOut"}, {"nonlinearity": "relu"}, {"a": 0.2}, {"nonlinearity": "leakyRelu", "a": 0.01, "mode": "fanIn"},
        {"nonlinearity": "linear"}, {"nonlinearity": "conv2d"}, {"nonlinearity": "sigmoid"}, {"nonlinearity": "tanh"}, {"nonlinearity": "selu"},
    ]
    schemes = [
        scheme({"type": kind, **options}, shape)
        for kinds, choices in [(["kaimingNormal", "kaimingUniform"], kaiming), (["xavierNormal", "xavierUniform"], [{}, {"gain": 1.5}])]
        for kind in kinds
        for options in choices
        for shape in shapes
    ]

    def dirac(shape, groups=1):
        return {"shape": list(shape), "groups": groups, "values": results(init.dirac_(torch.empty(*shape), groups))["values"]}

    def orthogonal(*shape):
        normals = random(*shape)
        wide = shape[0] < shape[1]
        q, r = torch.linalg.qr(normals.T if wide else normals)
        q = q * torch.diag(r).sign()
        return {"normals": inputs(normals), "values": results(q.T if wide else q)["values"]}

    p = torch.tensor([2.0**-25, 1e-5, 0.01, 0.0749, 0.075, 0.0751, 0.3, 0.5, 0.7, 0.925, 0.9251, 0.99, 1 - 2.0**-25])
    return {
        "schemes": schemes,
        "dirac": [dirac((4, 3, 3, 3)), dirac((2, 4, 2, 5)), dirac((6, 2, 3, 1), 3), dirac((5, 1, 4, 4), 5)],
        "identity": [{"shape": [o, i], "values": results(init.eye_(torch.empty(o, i)))["values"]} for o, i in [(3, 5), (4, 2)]],
        "orthogonal": [orthogonal(4, 4), orthogonal(7, 3), orthogonal(3, 8), orthogonal(1, 5)],
        "quantiles": {"p": p.tolist(), "x": torch.special.ndtri(p).tolist()},
    }
