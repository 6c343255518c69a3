"""batchNorm2d and batchNorm1d with every option, running statistics and evaluation included."""

import torch
import torch.nn.functional as F

from ._case import inputs, layer_case, random, results, rounded


def shaped(values, x):
    """One value a channel, along the channels of x."""
    return values.reshape(1, -1, *[1] * (x.dim() - 2))


def over(x):
    """Every axis but the channels'."""
    return [axis for axis in range(x.dim()) if axis != 1]


def magnitudes(x, dy, mean, inverse, gamma, beta, count, summed):
    """Sums of the terms' magnitudes of a normalisation; x - mean counts as two terms. `summed` adds up over what shares a mean."""
    centred = x.abs() + mean.abs()
    scaled = dy.abs() * gamma.abs()
    dx = inverse * (scaled + summed(scaled) / count + centred * inverse**2 * summed(scaled * centred) / count)
    return {"y": centred * inverse * gamma.abs() + beta.abs(), "dx": dx}, centred * inverse


def batch_norm(title, shape, settings=None, *, mean=0.0, before=0):
    """`before` is the number of batches that have been seen, where they count."""
    settings = settings or {}
    eps, momentum = settings.get("eps", 1e-5), settings.get("momentum", 0.1)
    affine, tracks = settings.get("affine", True), settings.get("trackRunningStats", True)
    channels = shape[1]
    x, dy = (random(*shape, size=2.0) + mean).float().double(), random(*shape)
    gamma, beta = random(channels), random(channels)
    running_mean, running_variance = random(channels), (random(channels).abs() + 0.5).float().double()
    kind = "batchNorm2d" if len(shape) == 4 else "batchNorm1d"
    module = (torch.nn.BatchNorm2d if len(shape) == 4 else torch.nn.BatchNorm1d)(channels, eps, momentum, affine, tracks)
    if tracks:
        module.running_mean.copy_(running_mean)
        module.running_var.copy_(running_variance)
        module.num_batches_tracked.fill_(before)

    def function(x, p):
        return F.batch_norm(x, None, None, p.get("weight"), p.get("bias"), True, 0.0, eps)

    module.train()
    with torch.no_grad():
        if affine:
            module.weight.copy_(gamma)
            module.bias.copy_(beta)
        module(x)
        module.eval()
        evaluated = module(x)

    factors = shaped(gamma if affine else torch.ones(channels), x)
    addends = shaped(beta if affine else torch.zeros(channels), x)
    count = x.numel() // channels
    average, variance = x.mean(over(x), keepdim=True), x.var(over(x), unbiased=False, keepdim=True)
    inverse = 1 / (variance + eps).sqrt()
    summed = lambda values: values.sum(over(x), keepdim=True)  # noqa: E731
    sums, normalized = magnitudes(x, dy, average, inverse, factors, addends, count, summed)
    sums = {**sums, "weight": (dy.abs() * normalized).sum(over(x)), "bias": dy.abs().sum(over(x))}
    parameters = {"weight": gamma, "bias": beta} if affine else {}
    case = layer_case(title, {kind: settings}, function, x, parameters, dy=dy, sums=sums,
                      terms={name: count for name in ("y", "dx", "weight", "bias", "runningMean", "runningVariance", "evaluated")})
    case["results"]["evaluated"] = results(evaluated)
    if tracks:
        shifted = {"mean": shaped(module.running_mean, x), "inverse": 1 / (shaped(module.running_var, x) + eps).sqrt()}
        case["statistics"] = {"runningMean": inputs(running_mean), "runningVariance": inputs(running_variance),
                              **({"batchesTracked": before} if momentum is None else {})}
        case["results"] |= {"runningMean": results(module.running_mean), "runningVariance": results(module.running_var)}
        case["sums"] |= {
            "runningMean": rounded(running_mean.abs() + x.abs().mean(over(x))),
            "runningVariance": rounded(running_variance + ((x.abs() + average.abs()) ** 2).sum(over(x)) / (count - 1)),
            "evaluated": rounded((x.abs() + shifted["mean"].abs()) * shifted["inverse"] * factors.abs() + addends.abs()),
        }
    else:
        case["sums"]["evaluated"] = case["sums"]["y"]
    return case


def fixture():
    return [
        batch_norm("batchNorm2d", (3, 4, 3, 5)),
        batch_norm("batchNorm2d, batch 1", (1, 3, 5, 4)),
        batch_norm("batchNorm2d of single pixels", (7, 3, 1, 1)),
        batch_norm("batchNorm2d, a large mean", (4, 2, 3, 3), mean=100.0),
        batch_norm("batchNorm2d eps 0.1, momentum 0.3", (3, 2, 4, 3), {"eps": 0.1, "momentum": 0.3}),
        batch_norm("batchNorm2d momentum null, first batch", (3, 2, 3, 3), {"momentum": None}),
        batch_norm("batchNorm2d momentum null, fifth batch", (3, 2, 3, 3), {"momentum": None}, before=4),
        batch_norm("batchNorm2d affine false", (3, 2, 4, 3), {"affine": False}),
        batch_norm("batchNorm2d trackRunningStats false", (3, 2, 4, 3), {"trackRunningStats": False}),
        batch_norm("batchNorm1d", (9, 5)),
        batch_norm("batchNorm1d, batch 2", (2, 3)),
        batch_norm("batchNorm1d eps 0.1, momentum 0.3", (6, 4), {"eps": 0.1, "momentum": 0.3}),
        batch_norm("batchNorm1d momentum null, third batch", (6, 4), {"momentum": None}, before=2),
        batch_norm("batchNorm1d affine false", (6, 4), {"affine": False}),
        batch_norm("batchNorm1d trackRunningStats false", (6, 4), {"trackRunningStats": False}),
    ]
