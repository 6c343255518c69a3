"""Losses with every option, and with given targets: the loss of a batch, the gradient of the logits."""

import torch
import torch.nn.functional as F

from ._case import inputs, random, results, rounded


def magnitudes(loss, z, t, value):
    """Sums of the terms' magnitudes, of the batch's loss and of each derivative, from targets with smoothing and weights in them."""
    if loss == "mse":
        return ((z.abs() + t) ** 2).mean(), (z.abs() + t) * 2 / z.numel()
    if loss == "bceWithLogits":
        return (z.abs() * (1 + t) + torch.log1p(torch.exp(-z.abs()))).mean(), (torch.sigmoid(z) + t) / z.numel()
    largest = z.abs().amax(1, keepdim=True)
    p, total = torch.softmax(z, 1), t.sum(1, keepdim=True)
    # A logit less the largest one, exp of that and the logarithm of their sum; PyTorch's own value tells what the batch is divided by.
    losses = (t * (z.abs() + largest + torch.log(torch.tensor(float(z.shape[1]))) + 1)).sum()
    divisor = (t * -torch.log_softmax(z, 1)).sum() / value
    return losses / divisor, (p * total * (1 + z.abs() + largest) + t) / divisor


def case(title, loss, batch, classes, function, size=2.0, given=False, smoothing=0.0, weight=None):
    """`loss` as a recipe says it; `function(logits, labels or targets)` is PyTorch's mean over the batch."""
    logits = random(batch, classes, size=size).requires_grad_()
    labels = torch.randint(classes, (batch,))
    targets = torch.softmax(random(batch, classes), 1).float().double() if given else None
    value = function(logits, targets if given else labels)
    (dlogits,) = torch.autograd.grad(value, logits)
    q = targets if given else F.one_hot(labels, classes).double()
    t = ((1 - smoothing) * q + smoothing / classes) * (1.0 if weight is None else torch.tensor(weight))
    value_sum, dlogits_sum = magnitudes(loss, logits.detach(), t, value.detach())
    return {
        "title": title, "loss": loss, "logits": inputs(logits), "labels": labels.tolist(), "targets": inputs(targets) if given else None,
        "value": value.item(), "dlogits": results(dlogits), "sums": {"value": value_sum.item(), "dlogits": rounded(dlogits_sum)},
    }


def cross_entropy(title, batch, classes, smoothing=0.0, weight=None, **more):
    settings = {**({"labelSmoothing": smoothing} if smoothing else {}), **({"weight": weight} if weight else {})}

    def function(logits, target):
        return F.cross_entropy(logits, target, None if weight is None else torch.tensor(weight), label_smoothing=smoothing)

    return case(title, {"crossEntropy": settings}, batch, classes, function, smoothing=smoothing, weight=weight, **more)


def one_hot(function):
    return lambda logits, target: function(logits, F.one_hot(target, logits.shape[1]).double() if target.dim() == 1 else target)


def fixture():
    return [
        cross_entropy("crossEntropy", 5, 10),
        cross_entropy("crossEntropy labelSmoothing 0.1", 5, 10, 0.1),
        cross_entropy("crossEntropy labelSmoothing 1, batch of 1", 1, 3, 1.0),
        cross_entropy("crossEntropy weight", 6, 4, 0.0, [0.5, 2.0, 0.0, 1.25]),
        cross_entropy("crossEntropy weight, batch of 1", 1, 3, 0.0, [3.0, 0.25, 1.0]),
        cross_entropy("crossEntropy labelSmoothing 0.3 and weight, 19 classes", 7, 19, 0.3, [0.25 * (1 + k % 5) for k in range(19)], size=8.0),
        cross_entropy("crossEntropy, targets given", 5, 10, given=True),
        cross_entropy("crossEntropy labelSmoothing 0.2, targets given", 3, 17, 0.2, given=True),
        cross_entropy("crossEntropy labelSmoothing 0.2 and weight, targets given", 4, 3, 0.2, [0.5, 2.0, 1.0], given=True),
        case("mse", "mse", 5, 10, one_hot(F.mse_loss)),
        case("mse, batch of 1, 19 classes", "mse", 1, 19, one_hot(F.mse_loss)),
        case("mse, targets given", "mse", 3, 4, one_hot(F.mse_loss), given=True),
        case("bceWithLogits", "bceWithLogits", 5, 10, one_hot(F.binary_cross_entropy_with_logits)),
        case("bceWithLogits, large logits, 19 classes", "bceWithLogits", 3, 19, one_hot(F.binary_cross_entropy_with_logits), size=30.0),
        case("bceWithLogits, targets given", "bceWithLogits", 4, 3, one_hot(F.binary_cross_entropy_with_logits), given=True),
    ]
