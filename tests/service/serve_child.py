"""``python serve_child.py FOLDER CREDIT``: the kit's round on a free port; the address is its first line."""

from __future__ import annotations

import sys
from pathlib import Path

from service_kit import hosted

from assay.service.host import listen, serve

listener = listen("127.0.0.1", 0)
serve(
    [hosted(int(sys.argv[2]))],
    Path(sys.argv[1]),
    listener,
    None,
    lambda: print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True),
)
