"""How two parties reach each other: a folder they share, or an office that one has and the other calls at."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from assay.postbox.line import checked_url, in_the_open
from assay.service.host import listen as open_listener
from proofs.errors import InvalidInput

EXPOSED = "what is said stays sealed; who talks to whom, when and how much can be seen on the way"
Say = Callable[[str], None]
FolderOption = Annotated[
    Path | None,
    typer.Option("--channel", metavar="DIR", help="Folder shared with the other party; or else --listen, --peer."),
]
ListenOption = Annotated[
    str | None, typer.Option("--listen", metavar="HOST:PORT", help="Take post from the other party here.")
]
PeerOption = Annotated[str | None, typer.Option("--peer", metavar="URL", help="Where the other party takes post.")]


@dataclass(frozen=True, slots=True)
class Way:
    """The way chosen: ``folder``, or at least one of ``listener`` and ``peer``."""

    folder: Path | None = None
    listener: socket.socket | None = None
    peer: str | None = None

    def offers_root(self, state: Path) -> Path:
        """Where offers of others arrive."""
        return self.folder or state / "post" / "offers"

    def root_with(self, state: Path, account: str) -> Path:
        """Where the post with one account lies."""
        return self.folder or state / "post" / account.lower()


def way_of(channel: Path | None, listen: str | None, peer: str | None, say: Say) -> Way:
    """The way that the three options name; its port is taken, and letters wait until the post is open.

    Raises:
        InvalidInput: none or too many of them, an unusable address, or a port that is taken.
    """
    if channel is not None and (listen or peer):
        raise InvalidInput("give --channel DIR, or --listen and --peer, not both: a job's messages go one way")
    if channel is None and not listen and not peer:
        raise InvalidInput("say how to reach the other party: --channel DIR, --listen HOST:PORT or --peer URL")
    url = None if peer is None else checked_url(peer)
    if url is not None and url.startswith("http:") and in_the_open(str(urlsplit(url).hostname)):
        say(f"warning: {url} is plain HTTP: {EXPOSED}")
    if listen is None:
        return Way(channel, None, url)
    host, _, port = listen.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 <= int(port) < 1 << 16:
        raise InvalidInput(f"--listen {listen!r:.80}: give an address and a port, like 0.0.0.0:9101")
    host = host.removeprefix("[").removesuffix("]")
    if in_the_open(host):
        say(f"warning: {listen} takes plain HTTP, unless a TLS proxy stands before it: {EXPOSED}")
    return Way(None, open_listener(host, int(port)), url)
