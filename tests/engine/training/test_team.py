import os
import subprocess
import sys
from pathlib import Path

import torch

from engine.training.team import Team, join_team

MEMBER = """
import os
from pathlib import Path
import torch
from engine.training.team import join_team
team = join_team(os.environ, "cpu")
layer = torch.nn.Linear(2, 1)
for weight in layer.parameters():
    weight.grad = torch.full_like(weight, float(team.rank + 1))
team.average(layer)
same = all(bool((weight.grad == 1.5).all()) for weight in layer.parameters())
told = f"{same} {team.sum(team.rank + 1, 10)} {team.agree(7.0 if team.leads else -1.0)}"
Path(__file__).with_name(f"rank-{team.rank}").write_text(told)
"""


def test_two_processes_average_their_gradients_and_agree(tmp_path: Path) -> None:
    script = tmp_path / "member.py"
    script.write_text(MEMBER)
    # By the loopback's address: a machine that cannot look up its own name has it, too.
    command = [
        sys.executable, "-m", "torch.distributed.run", "--standalone", "--local-addr", "127.0.0.1",
        "--nproc-per-node", "2", str(script),
    ]  # fmt: skip
    environ = {"PYTHONPATH": str(Path.cwd()), "OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo"}
    ended = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **environ}, check=False
    )
    assert ended.returncode == 0, ended.stderr
    told = [(tmp_path / f"rank-{rank}").read_text() for rank in (0, 1)]
    assert told == ["True [3.0, 20.0] 7.0"] * 2


def test_alone_nothing_is_shared() -> None:
    team = join_team({}, "cpu")
    assert team == Team(0, 1)
    assert team.leads
    layer = torch.nn.Linear(1, 1)
    layer.weight.grad = torch.ones(1, 1)
    team.average(layer)
    assert layer.weight.grad.item() == 1
    assert team.sum(1.0, 2.0) == [1.0, 2.0]
