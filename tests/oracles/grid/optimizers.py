"""Ten steps of every optimizer with every option, of parameter groups, clipping and averages; the rate is halved after the fourth step.

Gradients are given. `optimizer` (and `clip`, `ema`) is what a recipe says, parameters are those of a network by name, with their canonical shapes; what
they have become is written down after some of the steps.
"""

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

STEPS = 10
WRITTEN = (1, 2, 5, 10)

VECTOR = {"linear.1.bias": (5,)}


def random(*shape):
    """Normal values of few digits."""
    return (torch.randn(*shape) * 64).round() / 64


def steps(title, written, shapes, make, clip=None, ema=None):
    """`make(parameters)` gives PyTorch's optimizers for parameters by name; each of their groups is scaled alike."""
    parameters = {name: random(*shape).requires_grad_() for name, shape in shapes.items()}
    start = {name: {"shape": list(shapes[name]), "values": parameter.flatten().tolist()} for name, parameter in parameters.items()}
    made = make(parameters)
    groups = [group for optimizer in made for group in optimizer.param_groups]
    rates = [group["lr"] for group in groups]
    module = torch.nn.ParameterList(parameters.values())
    average = None if ema is None else AveragedModel(module, multi_avg_fn=get_ema_multi_avg_fn(ema["decay"]))
    taken = []
    for step in range(STEPS):
        factor = 1 if step < 4 else 0.5
        for group, rate in zip(groups, rates):
            group["lr"] = rate * factor
        for parameter in parameters.values():
            parameter.grad = random(*parameter.shape)
        gradients = {name: parameter.grad.flatten().tolist() for name, parameter in parameters.items()}
        if clip is not None and "norm" in clip:
            torch.nn.utils.clip_grad_norm_(parameters.values(), clip["norm"])
        if clip is not None and "value" in clip:
            torch.nn.utils.clip_grad_value_(parameters.values(), clip["value"])
        for optimizer in made:
            optimizer.step()
        became = {"parameters": {name: parameter.flatten().tolist() for name, parameter in parameters.items()}}
        if average is not None:
            average.update_parameters(module)
            became["averages"] = {name: mean.flatten().tolist() for name, mean in zip(parameters, average.module)}
        taken.append({"factor": factor, "gradients": gradients, **(became if step + 1 in WRITTEN else {})})
    return {"title": title, "optimizer": written, **({} if clip is None else {"clip": clip}), **({} if ema is None else {"ema": ema}), "start": start, "steps": taken}


NAMES = {
    "weightDecay": "weight_decay", "lrDecay": "lr_decay", "initialAccumulatorValue": "initial_accumulator_value", "nsSteps": "ns_steps",
    "nsCoefficients": "ns_coefficients", "adjustLrFn": "adjust_lr_fn",
}


def torch_settings(settings):
    """Settings of a recipe under PyTorch's names."""
    named = {NAMES.get(name, name): value for name, value in settings.items() if name not in ("beta1", "beta2", "type")}
    if "beta1" in settings or "beta2" in settings:
        defaults = (0.9, 0.99) if settings.get("type") == "lion" else (0.9, 0.999)
        named["betas"] = (settings.get("beta1", defaults[0]), settings.get("beta2", defaults[1]))
    if "adjust_lr_fn" in named:
        named["adjust_lr_fn"] = {"original": "original", "matchRmsAdamw": "match_rms_adamw"}[named["adjust_lr_fn"]]
    return named


class Lion(torch.optim.Optimizer):
    """Algorithm 2 of "Symbolic Discovery of Optimization Algorithms" (Chen et al., 2023)."""

    def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for parameter in group["params"]:
                m = self.state[parameter].setdefault("m", torch.zeros_like(parameter))
                update = torch.sign(beta1 * m + (1 - beta1) * parameter.grad)
                parameter -= group["lr"] * (update + group["weight_decay"] * parameter)
                m.copy_(beta2 * m + (1 - beta2) * parameter.grad)


class Muon(torch.optim.Optimizer):
    """torch.optim.Muon with its iteration in float64 instead of bfloat16; the weights of a filter are one row."""

    def __init__(self, params, **settings):
        defaults = torch.optim.Muon([torch.zeros(1, 1)]).defaults
        super().__init__(params, {**defaults, **settings})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for parameter in group["params"]:
                gradient = parameter.grad.flatten(1)
                matrix = parameter.view(gradient.shape)
                momentum = self.state[parameter].setdefault("momentum", torch.zeros_like(gradient))
                momentum.lerp_(gradient, 1 - group["momentum"])
                update = gradient.lerp(momentum, group["momentum"]) if group["nesterov"] else momentum
                update = self.iterate(update, group["ns_coefficients"], group["ns_steps"], group["eps"])
                rate = torch.optim._muon._adjust_lr(group["lr"], group["adjust_lr_fn"], matrix.shape)
                matrix.mul_(1 - group["lr"] * group["weight_decay"])
                matrix.add_(update, alpha=-rate)

    @staticmethod
    def iterate(update, coefficients, steps, eps):
        a, b, c = coefficients
        x = update.T if update.size(0) > update.size(1) else update
        x = x / x.norm().clamp(min=eps)
        for _ in range(steps):
            gram = x @ x.T
            x = a * x + (b * gram + c * gram @ gram) @ x
        return x.T if update.size(0) > update.size(1) else x


KINDS = {
    "sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamW": torch.optim.AdamW, "rmsprop": torch.optim.RMSprop,
    "adagrad": torch.optim.Adagrad, "lion": Lion,
}


def plain(kind, options, **settings):
    """One optimizer of one group, on a vector."""
    written = {"type": kind, **settings}
    return steps(f"{kind} {options}", written, VECTOR, lambda p: [KINDS[kind](p.values(), **torch_settings(written))])


# What a network may have, in its order; only the last linear layer goes to AdamW.
MATRICES = {
    "conv2d.1.weight": (2, 2, 1, 2), "conv2d.2.weight": (5, 1, 1, 2), "linear.1.weight": (3, 3), "linear.1.bias": (2,), "linear.2.weight": (2, 3),
}


def muon(options, shapes=MATRICES, **settings):
    inner = settings.get("adamW", {})
    own = {name: value for name, value in settings.items() if name not in ("adamW", "lastLinear")}

    def make(parameters):
        matrices = [name for name, parameter in parameters.items() if parameter.ndim > 1]
        if settings.get("lastLinear") != "muon":
            matrices.remove([name for name, parameter in parameters.items() if parameter.ndim == 2][-1])
        rest = [parameter for name, parameter in parameters.items() if name not in matrices]
        return [
            Muon([parameters[name] for name in matrices], **torch_settings(own)),
            torch.optim.AdamW(rest, **torch_settings({"lr": 0.001, **inner})),
        ]

    return steps(f"muon {options}", {"type": "muon", **settings}, shapes, make)


NETWORK = {
    "conv2d.1.weight": (2, 1, 1, 2), "batchNorm2d.1.bias": (2,), "residual.1/batchNorm2d.1.weight": (2,), "linear.1.weight": (2, 2), "linear.1.bias": (2,),
}


def grouped(title, kind, settings, own):
    """`own(name, parameter)` gives what a parameter has of its own."""
    def make(parameters):
        named = torch_settings({name: value for name, value in settings.items() if name not in ("groups", "decayBiasesAndNorms")})
        return [KINDS[kind]([{"params": [parameter], **own(name, parameter)} for name, parameter in parameters.items()], **named)]

    return steps(title, {"type": kind, **settings}, NETWORK, make)


def norms_apart(name, _):
    return {"weight_decay": 0, "lr": 0.02} if "batchNorm2d." in name else {"lr": 0.2} if name.startswith("linear.") else {}


def clipped(title, clip, kind, **settings):
    written = {"type": kind, **settings}
    return steps(title, written, NETWORK, lambda p: [KINDS[kind](p.values(), **torch_settings(written))], clip)


def fixture():
    return [
        plain("sgd", "lr", lr=0.1),
        plain("sgd", "defaults"),
        plain("sgd", "momentum", lr=0.1, momentum=0.9),
        plain("sgd", "momentum, weightDecay", lr=0.05, momentum=0.8, weightDecay=0.02),
        plain("sgd", "dampening", lr=0.1, momentum=0.9, dampening=0.3),
        plain("sgd", "dampening, weightDecay", lr=0.1, momentum=0.6, dampening=0.9, weightDecay=0.1),
        plain("sgd", "nesterov", lr=0.1, momentum=0.9, nesterov=True),
        plain("sgd", "nesterov, weightDecay", lr=0.1, momentum=0.7, nesterov=True, weightDecay=0.05),
        plain("adam", "defaults"),
        plain("adam", "lr, weightDecay", lr=0.02, weightDecay=0.05),
        plain("adam", "beta1, beta2, eps", lr=0.02, beta1=0.7, beta2=0.95, eps=1e-3),
        plain("adam", "amsgrad", lr=0.02, beta2=0.5, amsgrad=True),
        plain("adamW", "amsgrad", lr=0.02, beta2=0.5, amsgrad=True),
        plain("adamW", "defaults"),
        plain("adamW", "lr, weightDecay 0", lr=0.02, weightDecay=0),
        plain("adamW", "lr, beta1, beta2, eps, weightDecay", lr=0.02, beta1=0.7, beta2=0.95, eps=1e-3, weightDecay=0.3),
        plain("rmsprop", "defaults"),
        plain("rmsprop", "lr, alpha, eps", lr=0.03, alpha=0.8, eps=1e-3),
        plain("rmsprop", "momentum", lr=0.02, momentum=0.9),
        plain("rmsprop", "centered", lr=0.02, alpha=0.9, centered=True, eps=1e-3),
        plain("rmsprop", "weightDecay", lr=0.02, weightDecay=0.1),
        plain("rmsprop", "centered, momentum, weightDecay", lr=0.01, alpha=0.9, centered=True, momentum=0.5, weightDecay=0.1, eps=1e-4),
        plain("adagrad", "defaults"),
        plain("adagrad", "lr, lrDecay", lr=0.1, lrDecay=0.2),
        plain("adagrad", "initialAccumulatorValue, eps", lr=0.1, initialAccumulatorValue=0.5, eps=1e-3),
        plain("adagrad", "weightDecay", lr=0.1, weightDecay=0.1),
        plain("lion", "defaults"),
        plain("lion", "lr, beta1, beta2", lr=0.01, beta1=0.6, beta2=0.8),
        plain("lion", "weightDecay", lr=0.01, weightDecay=0.5),
        muon("defaults"),
        muon("lr, weightDecay 0", lr=0.02, weightDecay=0),
        muon("momentum, without nesterov", lr=0.02, momentum=0.6, nesterov=False),
        muon("nsSteps, nsCoefficients", lr=0.02, nsSteps=3, nsCoefficients=[2, -1.5, 0.5]),
        muon("eps above the norm", lr=0.02, eps=30.0),
        muon("adjustLrFn matchRmsAdamw", lr=0.02, adjustLrFn="matchRmsAdamw"),
        muon("lastLinear muon", lr=0.02, lastLinear="muon"),
        muon("adamW", lr=0.02, adamW={"lr": 0.01, "beta1": 0.8, "beta2": 0.9, "eps": 1e-4, "weightDecay": 0.2}),
        grouped(
            "sgd groups", "sgd",
            {"lr": 0.1, "momentum": 0.9, "weightDecay": 0.1, "groups": [{"match": "*batchNorm2d.*", "weightDecay": 0, "lr": 0.02}, {"match": "linear.*", "lr": 0.2}]},
            norms_apart,
        ),
        grouped(
            "adamW groups", "adamW",
            {"lr": 0.01, "weightDecay": 0.1, "groups": [{"match": "*batchNorm2d.*", "weightDecay": 0, "lr": 0.02}, {"match": "linear.*", "lr": 0.2}]},
            norms_apart,
        ),
        grouped(
            "adamW decayBiasesAndNorms false", "adamW", {"lr": 0.01, "weightDecay": 0.2, "decayBiasesAndNorms": False},
            lambda _, parameter: {"weight_decay": 0} if parameter.ndim == 1 else {},
        ),
        clipped("clip norm, sgd", {"norm": 1}, "sgd", lr=0.1, momentum=0.9, weightDecay=0.1),
        clipped("clip norm above the norm, sgd", {"norm": 1000}, "sgd", lr=0.1),
        clipped("clip norm, adam", {"norm": 0.5}, "adam", lr=0.1),
        clipped("clip value, sgd", {"value": 0.5}, "sgd", lr=0.1, momentum=0.9),
        steps("ema decay, sgd", {"type": "sgd", "lr": 0.1}, VECTOR, lambda p: [torch.optim.SGD(p.values(), lr=0.1)], ema={"decay": 0.9}),
        steps("ema, adam", {"type": "adam", "lr": 0.1}, VECTOR, lambda p: [torch.optim.Adam(p.values(), lr=0.1)], ema={"decay": 0.999}),
    ]
