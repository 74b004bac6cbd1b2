"""The same training step in PyTorch: autograd and its own Adam, on one thread."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from reference.model.losses import Logistic
from reference.model.problem import Problem


def torch_step(problem: Problem, W: np.ndarray, theta: np.ndarray) -> Callable[[], None]:
    """Return a step of networks ``W`` (B, m, n), ``theta`` (B, m) as one batched graph.

    Squared or logistic loss, l1 penalty, normalised weights.
    """
    torch.set_num_threads(1)
    XT = torch.tensor(problem.X.T.copy(), dtype=torch.float32)
    y = torch.tensor(problem.y, dtype=torch.float32)
    hidden = torch.nn.Parameter(torch.tensor(W[:, :-1]))
    output = torch.nn.Parameter(torch.tensor(theta))
    optimizer = torch.optim.Adam([hidden, output], lr=0.01)
    logistic = isinstance(problem.loss, Logistic)

    def step() -> None:
        optimizer.zero_grad()
        features = torch.relu(torch.matmul(hidden, XT))
        f = torch.matmul(output[:, None, :-1], features)[:, 0] + output[:, -1:]
        risk = torch.nn.functional.softplus(f) - y * f if logistic else (f - y) ** 2
        (risk.mean(dim=1).sum() + problem.kappa * output.abs().sum()).backward()
        optimizer.step()
        with torch.no_grad():
            norm = hidden[..., :-1].norm(dim=-1)
            hidden.div_(norm[..., None])
            output[:, :-1].mul_(norm)

    return step
