"""A headless Chromium, driven over its DevTools protocol: enough to open a page and ask what became of it."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from websockets.sync.client import ClientConnection, connect

COMPLAINTS = ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled")
START_S = 60.0


class Tab:
    """One open tab; ``events`` is all it reported."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket, self.number, self.session = socket, 0, ""
        self.events: list[dict[str, Any]] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One call and its answer."""
        self.number += 1
        session = {"sessionId": self.session} if self.session else {}
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters, **session}))
        while True:
            answer = json.loads(self.socket.recv(timeout=START_S))
            if answer.get("id") == self.number:
                assert "error" not in answer, answer
                return dict(answer["result"])
            self.events.append(answer)

    def open(self, page: Path, width: int, dark: bool = False) -> None:
        """Load a file at a width in CSS pixels, as a phone below 500."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 500)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme])
        self.ask("Page.navigate", url=page.resolve().as_uri())
        give_up = time.monotonic() + START_S
        while self.value("document.readyState + location.protocol") != "completefile:":
            assert time.monotonic() < give_up
            time.sleep(0.05)

    def value(self, expression: str) -> Any:
        """What an expression is in the page; evaluated by the debugger, since the page itself may run nothing."""
        return self.ask("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def complaints(self) -> list[dict[str, Any]]:
        """Everything the console got."""
        return [event["params"] for event in self.events if event.get("method") in COMPLAINTS]

    def requests(self) -> list[str]:
        """Every address that was asked for."""
        sent = [event["params"] for event in self.events if event.get("method") == "Network.requestWillBeSent"]
        return [str(event["request"]["url"]) for event in sent]

    def pdf(self) -> bytes:
        """The page on paper."""
        return base64.b64decode(self.ask("Page.printToPDF", preferCSSPageSize=True)["data"])

    def picture(self, height: int) -> bytes:
        """A PNG of the top of the page."""
        clip = {"x": 0, "y": 0, "width": self.value("innerWidth"), "height": height, "scale": 1}
        answer = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        return base64.b64decode(answer["data"])


@contextmanager
def browsing(executable: str) -> Iterator[Tab]:
    """A browser of one's own while the block runs."""
    with TemporaryDirectory(prefix="assay-chromium-", ignore_cleanup_errors=True) as folder:
        options = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-port=0")
        command = [executable, *options, f"--user-data-dir={folder}", "about:blank"]
        browser = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        try:
            with connect(_address(browser), max_size=None, compression=None, open_timeout=START_S) as socket:
                yield Tab(socket)
        finally:
            browser.terminate()
            browser.wait(30)


def _address(browser: subprocess.Popen[str]) -> str:
    for line in browser.stderr or ():
        found = re.search(r"ws://\S+", line)
        if found:
            return found[0]
    raise AssertionError("Chromium ended before it listened")
