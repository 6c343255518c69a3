"""Fifty rates of every schedule with every option; also behind a warm-up and in sequences. ReduceLROnPlateau follows a made-up metric.

A case has the schedule as a recipe says it, the optimizer's rate, and the rates that PyTorch's optimizer has at fifty calls of `step`, whatever
such a call stands for: the tests let it be an epoch, then a step. Cases with `stepsPerEpoch` are of one unit and say which rate holds at each step.
"""

import math

import torch
from torch.optim import lr_scheduler

COUNT = 50
LR = 0.1


def optimizer(lr):
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)


def follow(opt, scheduler, metrics=None):
    rates = []
    for i in range(COUNT):
        rates.append(opt.param_groups[0]["lr"])
        opt.step()
        if i < COUNT - 1:
            scheduler.step() if metrics is None else scheduler.step(metrics[i])
    return rates


def make(opt, schedule):
    """PyTorch's scheduler for a schedule as a recipe says it."""
    kind, settings = schedule["type"], {name: value for name, value in schedule.items() if name not in ("type", "warmup", "per")}
    if kind == "sequence":
        parts = [make(opt, part) for part in settings["schedules"]]
        return lr_scheduler.SequentialLR(opt, parts, settings["milestones"])
    named = {"constant": "ConstantLR", "reduceLROnPlateau": "ReduceLROnPlateau"}.get(kind, kind[0].upper() + kind[1:])
    if kind == "constant":
        settings = {"factor": 1.0}
    if kind == "oneCycleLR":
        settings = {"totalSteps": COUNT, "cycleMomentum": False, **settings}
    names = {"t0": "T_0", "tMult": "T_mult", "tMax": "T_max", "metric": None}
    snake = lambda name: "".join("_" + c.lower() if c.isupper() else c for c in name)
    given = {names.get(name, snake(name)): value for name, value in settings.items() if names.get(name, "") is not None}
    return getattr(lr_scheduler, named)(opt, **given)


def case(title, schedule, lr=LR, **more):
    opt = optimizer(lr)
    warmup = schedule.get("warmup")
    if warmup is None:
        rates = follow(opt, make(opt, schedule))
    else:
        start = {"start_factor": warmup["startFactor"]} if "startFactor" in warmup else {}
        linear = lr_scheduler.LinearLR(opt, total_iters=warmup["epochs"], **start)
        if schedule["type"] == "sequence":
            parts = [make(opt, part) for part in schedule["schedules"]]
            milestones = [warmup["epochs"]] + [warmup["epochs"] + m for m in schedule["milestones"]]
        else:
            parts, milestones = [make(opt, schedule)], [warmup["epochs"]]
        rates = follow(opt, lr_scheduler.SequentialLR(opt, [linear, *parts], milestones))
    return {"title": title, "schedule": schedule, "lr": lr, "rates": rates, **more}


def metric(kind):
    """Falls (or rises), stands still for a while, gets a little better, a little worse, then is NaN once."""
    down = []
    value = 2.0
    for i in range(COUNT):
        if i < 8:
            value *= 0.8
        elif i < 20:
            value *= 0.99995 if i % 3 else 1.0
        elif i < 26:
            value *= 0.9
        elif i < 40:
            value += 0.0004 * ((i % 5) - 2)
        down.append(value)
    down[44] = math.nan
    return down if kind == "validationLoss" else [1 / (1 + value) for value in down]


def plateau(title, metric_name="validationLoss", warmup=None, lr=LR, **settings):
    schedule = {"type": "reduceLROnPlateau", **({"metric": metric_name} if metric_name != "validationLoss" else {}), **settings}
    values = metric(metric_name)
    opt = optimizer(lr)
    given = dict(settings)
    if "mode" not in given:
        given["mode"] = "min" if metric_name == "validationLoss" else "max"
    if warmup is None:
        rates = follow(opt, make(opt, {"type": "reduceLROnPlateau", **given}), values)
    else:
        linear = lr_scheduler.LinearLR(opt, total_iters=warmup["epochs"], start_factor=warmup["startFactor"])
        scheduler = make(opt, {"type": "reduceLROnPlateau", **given})
        rates = []
        for i in range(COUNT):
            rates.append(opt.param_groups[0]["lr"])
            opt.step()
            linear.step() if i < warmup["epochs"] else scheduler.step(values[i])
        schedule["warmup"] = warmup
    assert len(set(rates)) > 1, title
    return {"title": title, "schedule": schedule, "lr": lr, "rates": rates,
            "metrics": ["NaN" if math.isnan(value) else value for value in values]}


def stepped(title, schedule, steps_per_epoch, rates, lr=LR):
    return {"title": title, "schedule": schedule, "lr": lr, "stepsPerEpoch": steps_per_epoch, "rates": rates}


def linear_steps(steps, start, lr=LR):
    opt = optimizer(lr)
    return follow(opt, lr_scheduler.LinearLR(opt, start_factor=start, total_iters=steps))[:steps]


def by_epoch(schedule, epochs, lr=LR):
    opt = optimizer(lr)
    return follow(opt, make(opt, schedule))[:epochs]


def warm_steps_before_epochs(title, schedule, steps, start, steps_per_epoch):
    """A warm-up of steps, then a schedule of epochs, of which that in which the warm-up ends is the first."""
    rates = linear_steps(steps, start)
    own = by_epoch(schedule, COUNT)
    while len(rates) < COUNT:
        rates.append(own[len(rates) // steps_per_epoch - steps // steps_per_epoch])
    return stepped(title, {**schedule, "warmup": {"steps": steps, "startFactor": start}}, steps_per_epoch, rates)


def fixture():
    step = {"type": "stepLR", "stepSize": 7, "gamma": 0.5}
    cosine = {"type": "cosineAnnealingLR", "tMax": 20, "etaMin": 0.001}
    restarts = {"type": "cosineAnnealingWarmRestarts", "t0": 6, "tMult": 2, "etaMin": 0.002}
    cycle = {"type": "oneCycleLR", "maxLr": 0.5}
    exponential = {"type": "exponentialLR", "gamma": 0.93}
    warm = {"epochs": 6, "startFactor": 0.05}
    return [
        case("constant", {"type": "constant"}),
        case("stepLR stepSize 5, gamma by default", {"type": "stepLR", "stepSize": 5}, 0.001),
        case("stepLR stepSize 2, gamma 0.7", {"type": "stepLR", "stepSize": 2, "gamma": 0.7}, 0.3),
        case("stepLR stepSize 1, gamma 0.9", {"type": "stepLR", "stepSize": 1, "gamma": 0.9}, 0.05),
        case("stepLR gamma above 1", {"type": "stepLR", "stepSize": 9, "gamma": 1.5}),
        case("multiStepLR gamma by default", {"type": "multiStepLR", "milestones": [10, 30, 45]}),
        case("multiStepLR milestones out of order and twice, gamma 0.4", {"type": "multiStepLR", "milestones": [31, 4, 12, 12], "gamma": 0.4}),
        case("exponentialLR gamma 0.93", exponential),
        case("exponentialLR gamma 1.01", {"type": "exponentialLR", "gamma": 1.01}, 0.002),
        case("cosineAnnealingLR tMax 49", {"type": "cosineAnnealingLR", "tMax": 49}),
        case("cosineAnnealingLR tMax 20, etaMin 0.001, down, up and down", cosine),
        case("cosineAnnealingLR etaMin above the rate", {"type": "cosineAnnealingLR", "tMax": 13, "etaMin": 0.3}),
        case("cosineAnnealingWarmRestarts t0 8", {"type": "cosineAnnealingWarmRestarts", "t0": 8}),
        case("cosineAnnealingWarmRestarts t0 6, tMult 2, etaMin 0.002", restarts),
        case("cosineAnnealingWarmRestarts t0 1, tMult 3", {"type": "cosineAnnealingWarmRestarts", "t0": 1, "tMult": 3}),
        case("linearLR by default", {"type": "linearLR"}),
        case("linearLR startFactor 0.01, endFactor 0.8, totalIters 33", {"type": "linearLR", "startFactor": 0.01, "endFactor": 0.8, "totalIters": 33}),
        case("linearLR startFactor 1, endFactor 0", {"type": "linearLR", "startFactor": 1.0, "endFactor": 0.0, "totalIters": 40}),
        case("polynomialLR by default", {"type": "polynomialLR"}),
        case("polynomialLR totalIters 60, power 2", {"type": "polynomialLR", "totalIters": 60, "power": 2.0}),
        case("polynomialLR totalIters 45, power 0.9", {"type": "polynomialLR", "totalIters": 45, "power": 0.9}),
        case("polynomialLR power 0.5", {"type": "polynomialLR", "totalIters": 30, "power": 0.5}),
        case("polynomialLR power 3.7", {"type": "polynomialLR", "totalIters": 30, "power": 3.7}),
        case("oneCycleLR maxLr 0.5", cycle),
        case("oneCycleLR annealStrategy linear, cycleMomentum false", {**cycle, "annealStrategy": "linear", "cycleMomentum": False}),
        case("oneCycleLR annealStrategy cos, threePhase false", {**cycle, "annealStrategy": "cos", "threePhase": False}),
        case("oneCycleLR threePhase", {**cycle, "threePhase": True}),
        case("oneCycleLR threePhase, annealStrategy linear, pctStart 0.25", {**cycle, "threePhase": True, "annealStrategy": "linear", "pctStart": 0.25}),
        case("oneCycleLR pctStart 0.17, divFactor 7, finalDivFactor 100", {**cycle, "pctStart": 0.17, "divFactor": 7.0, "finalDivFactor": 100.0}),
        case("oneCycleLR pctStart 0", {**cycle, "pctStart": 0.0}),
        case("oneCycleLR pctStart 1", {**cycle, "pctStart": 1.0}),
        case("oneCycleLR totalSteps 80, longer than the run", {**cycle, "totalSteps": 80}),
        case("warmup epochs by default before stepLR", {**step, "warmup": {"epochs": 5}}),
        case("warmup startFactor 0.05 before constant", {"type": "constant", "warmup": warm}),
        case("warmup before stepLR", {**step, "warmup": warm}),
        case("warmup before multiStepLR", {"type": "multiStepLR", "milestones": [10, 30], "warmup": warm}),
        case("warmup before exponentialLR", {**exponential, "warmup": warm}),
        case("warmup before cosineAnnealingLR", {**cosine, "warmup": warm}),
        case("warmup before cosineAnnealingWarmRestarts", {**restarts, "warmup": warm}),
        case("warmup before linearLR", {"type": "linearLR", "startFactor": 1.0, "endFactor": 0.1, "totalIters": 30, "warmup": warm}),
        case("warmup before polynomialLR", {"type": "polynomialLR", "totalIters": 40, "power": 1.5, "warmup": warm}),
        case("warmup before oneCycleLR", {**cycle, "totalSteps": 44, "warmup": warm}),
        case("sequence of linearLR and cosineAnnealingLR",
             {"type": "sequence", "schedules": [{"type": "linearLR", "startFactor": 0.1, "totalIters": 5}, cosine], "milestones": [5]}),
        case("sequence of constant, exponentialLR, stepLR and cosineAnnealingWarmRestarts",
             {"type": "sequence", "schedules": [{"type": "constant"}, exponential, step, restarts], "milestones": [4, 15, 30]}),
        case("sequence of polynomialLR and multiStepLR",
             {"type": "sequence", "schedules": [{"type": "polynomialLR", "totalIters": 20}, {"type": "multiStepLR", "milestones": [3, 9]}], "milestones": [11]}),
        case("sequence of stepLR and oneCycleLR, which gives the first its rate",
             {"type": "sequence", "schedules": [step, {**cycle, "totalSteps": 30}], "milestones": [20]}),
        case("sequence of oneCycleLR and exponentialLR, which starts from its rate",
             {"type": "sequence", "schedules": [{**cycle, "totalSteps": 30}, exponential], "milestones": [30]}),
        case("warmup before a sequence of stepLR and exponentialLR",
             {"type": "sequence", "schedules": [step, exponential], "milestones": [20], "warmup": warm}),
        plateau("reduceLROnPlateau by default, patience 3", patience=3),
        plateau("reduceLROnPlateau patience 10 by default"),
        plateau("reduceLROnPlateau patience 0, factor 0.5", patience=0, factor=0.5),
        plateau("reduceLROnPlateau mode min, thresholdMode rel, threshold 0.15", patience=1, mode="min", threshold=0.15, factor=0.7),
        plateau("reduceLROnPlateau mode min, thresholdMode abs, threshold 0.01", patience=2, mode="min", thresholdMode="abs", threshold=0.01, factor=0.7),
        plateau("reduceLROnPlateau mode max, thresholdMode rel, threshold 0.02", "validationAccuracy", patience=2, mode="max", threshold=0.02, factor=0.7),
        plateau("reduceLROnPlateau mode max, thresholdMode abs, threshold 0.01", "validationAccuracy", patience=2, mode="max", thresholdMode="abs", threshold=0.01, factor=0.7),
        plateau("reduceLROnPlateau metric validationAccuracy, mode by the metric", "validationAccuracy", patience=2, factor=0.7),
        plateau("reduceLROnPlateau mode max of the loss", patience=4, mode="max", factor=0.7),
        plateau("reduceLROnPlateau cooldown 4", patience=1, cooldown=4, factor=0.5),
        plateau("reduceLROnPlateau minLr 0.01", patience=1, minLr=0.01),
        plateau("reduceLROnPlateau eps 0.02: a smaller change is left out", patience=1, factor=0.5, eps=0.02),
        plateau("warmup before reduceLROnPlateau", patience=2, factor=0.5, warmup=warm),
        warm_steps_before_epochs("warmup of 7 steps before stepLR of epochs", {"type": "stepLR", "stepSize": 2, "gamma": 0.5}, 7, 0.1, 5),
        warm_steps_before_epochs("warmup of 10 steps, two whole epochs, before cosineAnnealingLR of epochs", {"type": "cosineAnnealingLR", "tMax": 8}, 10, 0.1, 5),
    ]
