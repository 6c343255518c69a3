"""What the files of this folder share: inputs that binary32 holds exactly, and a layer's case with all its gradients."""

import torch


def random(*shape, size=1.0):
    """Normal values that binary32 holds exactly."""
    return (torch.randn(*shape) * size).float().double()


def inputs(tensor):
    """As `{shape, values}`, nine digits: enough to name a binary32."""
    values = [float(f"{x:.9g}") for x in tensor.detach().flatten().tolist()]
    return {"shape": list(tensor.shape), "values": values}


def results(tensor):
    return {"shape": list(tensor.shape), "values": tensor.detach().flatten().tolist()}


def rounded(tensor):
    """Magnitudes need few digits."""
    return {"shape": list(tensor.shape), "values": [float(f"{x:.4g}") for x in tensor.detach().flatten().tolist()]}


def run(function, x, parameters, dy):
    """y, dx and the gradient of each parameter of `function(x, parameters)`."""
    x = x.detach().clone().requires_grad_()
    parameters = {name: value.detach().clone().requires_grad_() for name, value in parameters.items()}
    y = function(x, parameters)
    dx, *others = torch.autograd.grad(y, [x, *parameters.values()], dy)
    return {"y": y, "dx": dx, **dict(zip(parameters, others))}


def layer_case(title, layer, function, x, parameters=None, *, terms, sums=None, dy=None, **more):
    """One case of a layer, forward and backward in training.

    `layer` is the entry of a recipe, `function(x, parameters)` what PyTorch computes for it, `parameters` by role in the layout that recipes
    have (PyTorch's). `terms` is the largest number of terms that one element of each result (y, dx, a parameter's gradient) is a sum of, `sums`
    the sum of their magnitudes (tensors, or one number); left out, it is what `function` gives for absolute values throughout, which holds for
    whatever is linear in x. `more` goes into the case as it stands.
    """
    parameters = parameters or {}
    with torch.no_grad():
        y = function(x, parameters)
    dy = random(*y.shape) if dy is None else dy
    got = run(function, x, parameters, dy)
    if sums is None:
        sums = run(function, x.abs(), {name: value.abs() for name, value in parameters.items()}, dy.abs())
    return {
        "title": title, "layer": layer, "x": inputs(x), "parameters": {name: inputs(value) for name, value in parameters.items()},
        "dy": inputs(dy), "results": {name: results(value) for name, value in got.items()}, "terms": terms,
        "sums": {name: rounded(value) if isinstance(value, torch.Tensor) else value for name, value in sums.items()}, **more,
    }
