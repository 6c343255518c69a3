"""groupNorm and layerNorm with every option."""

import torch
import torch.nn.functional as F

from ._case import layer_case, random
from .norms import magnitudes, over, shaped


def sample_norm(title, kind, shape, settings, groups, *, affine, bias=True, mean=0.0):
    """groupNorm, and layerNorm as one group; `affine` is the shape of its parameters, or None."""
    eps = settings.get("eps", 1e-5)
    x, dy = (random(*shape, size=2.0) + mean).float().double(), random(*shape)
    gamma, beta = (torch.ones(1), torch.zeros(1)) if affine is None else (random(*affine), random(*affine) if bias else torch.zeros(affine))
    parameters = {} if affine is None else {"weight": gamma, "bias": beta} if bias else {"weight": gamma}

    def function(x, p):
        if kind == "groupNorm":
            return F.group_norm(x, groups, p.get("weight"), p.get("bias"), eps)
        return F.layer_norm(x, x.shape[1:], p.get("weight"), p.get("bias"), eps)

    channels = shape[1]
    per_channel = affine is not None and kind == "groupNorm"
    factors, addends = (shaped(gamma, x), shaped(beta, x)) if per_channel else (gamma, beta)
    grouped = lambda values: values.expand(x.shape).reshape(shape[0], groups, -1)  # noqa: E731
    spread = lambda values: values.expand(shape[0], groups, x[0].numel() // groups).reshape(x.shape)  # noqa: E731
    average = spread(grouped(x).mean(2, keepdim=True))
    inverse = spread(1 / (grouped(x).var(2, unbiased=False, keepdim=True) + eps).sqrt())
    count = x[0].numel() // groups
    sums, normalized = magnitudes(x, dy, average, inverse, factors, addends, count, lambda values: spread(grouped(values).sum(2, keepdim=True)))
    summed = over(x) if kind == "groupNorm" else 0
    sums = {**sums, "weight": (dy.abs() * normalized).sum(summed), "bias": dy.abs().sum(summed)}
    of_parameters = x.numel() // channels if kind == "groupNorm" else shape[0]
    terms = {"y": count, "dx": count, "weight": of_parameters, "bias": of_parameters}
    return layer_case(title, {kind: settings}, function, x, parameters, dy=dy, sums=sums, terms=terms)


def group_norm(title, shape, numGroups, mean=0.0, **settings):
    affine = shape[1:2] if settings.get("affine", True) else None
    return sample_norm(title, "groupNorm", shape, {"numGroups": numGroups, **settings}, numGroups, affine=affine, mean=mean)


def layer_norm(title, shape, **settings):
    affine = shape[1:] if settings.get("elementwiseAffine", True) else None
    return sample_norm(title, "layerNorm", shape, settings, 1, affine=affine, bias=settings.get("bias", True))


def fixture():
    return [
        group_norm("groupNorm numGroups 2", (3, 4, 3, 5), 2),
        group_norm("groupNorm numGroups 1, batch 1", (1, 3, 4, 3), 1),
        group_norm("groupNorm, as many groups as channels", (2, 3, 3, 2), 3),
        group_norm("groupNorm of vectors", (4, 6), 2),
        group_norm("groupNorm, a large mean", (2, 4, 3, 3), 2, mean=100.0),
        group_norm("groupNorm eps 0.1", (2, 4, 3, 3), 2, eps=0.1),
        group_norm("groupNorm affine false", (2, 4, 3, 3), 2, affine=False),
        layer_norm("layerNorm", (3, 4, 3, 5)),
        layer_norm("layerNorm, batch 1", (1, 3, 2, 2)),
        layer_norm("layerNorm of vectors", (4, 9)),
        layer_norm("layerNorm eps 0.1", (2, 2, 3, 3), eps=0.1),
        layer_norm("layerNorm elementwiseAffine false", (2, 3, 2, 3), elementwiseAffine=False),
        layer_norm("layerNorm bias false", (2, 3, 2, 3), bias=False),
    ]
