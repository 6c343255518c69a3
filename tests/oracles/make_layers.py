"""Writes fixtures/grid/: what PyTorch gives in float64 over a grid of cases for every layer, loss, optimizer and schedule, with every option.

Each file of grid/ beside this script makes one fixture file of its own name: its function `fixture()` gives the content. A file is seeded by
its name, so it comes out the same whichever others are made. See README.md for how to run it; `make_layers.py convolutions` makes one alone.
"""

import importlib
import json
import platform
import sys
import zlib
from pathlib import Path

import torch

HERE = Path(__file__).parent
FOLDER = HERE / "fixtures" / "grid"

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
sys.path.insert(0, str(HERE))

every = sorted(path.stem for path in (HERE / "grid").glob("[!_]*.py"))
asked = sys.argv[1:] or every
for name in asked:
    if name not in every:
        sys.exit(f"there is no grid/{name}.py; there are {', '.join(every)}")
    torch.manual_seed(zlib.crc32(name.encode()))
    text = json.dumps(importlib.import_module(f"grid.{name}").fixture(), separators=(",", ":"))
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text(text + "\n")
    print(f"{name}.json {len(text):,} bytes")

versions = {"torch": torch.__version__, "python": platform.python_version(), "files": every}
(FOLDER / "manifest.json").write_text(json.dumps(versions, indent=2) + "\n")
