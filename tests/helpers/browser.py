"""A headless Chromium that a test looks through, spoken to over two pipes (DevTools protocol)."""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import signal
from base64 import b64decode
from itertools import count

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--remote-debugging-pipe",
    "--window-size=1200,900",
)
PATIENCE = 120  # seconds for one answer, on a machine however busy
KEYS = {"ArrowRight": 39, "ArrowLeft": 37, "Home": 36, "End": 35, "PageUp": 33, "Tab": 9}


def installed():
    """Return the browser's file, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """One page of one browser; what it writes to its console is kept in ``complaints``."""

    def __init__(self, profile):
        theirs_in, self._to = self._pipe()
        self._from, theirs_out = self._pipe()
        actions = [
            (os.POSIX_SPAWN_DUP2, theirs_in, 3),
            (os.POSIX_SPAWN_DUP2, theirs_out, 4),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        ]
        arguments = [installed(), *OPTIONS, f"--user-data-dir={profile}", "about:blank"]
        self._pid = os.posix_spawn(arguments[0], arguments, os.environ, file_actions=actions)
        os.close(theirs_in)
        os.close(theirs_out)
        self._numbers, self._rest, self._session = count(1), b"", None
        self.complaints, self._loaded = [], False
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self._ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._ask(f"{domain}.enable")

    def open(self, address):
        """Load a page, from nothing so that its address is read anew, and wait until it has run."""
        for url in ("about:blank", address):
            self._loaded = False
            self._ask("Page.navigate", url=url)
            while not self._loaded:
                self._read()

    def value(self, expression):
        """Return the value of a JavaScript expression."""
        answer = self._ask("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, key):
        """Press and release a key."""
        code = {"key": key, "code": key, "windowsVirtualKeyCode": KEYS[key]}
        self._ask("Input.dispatchKeyEvent", type="rawKeyDown", **code)
        self._ask("Input.dispatchKeyEvent", type="keyUp", **code)

    def screenshot(self):
        """Return what is seen as PNG."""
        return b64decode(self._ask("Page.captureScreenshot")["data"])

    def close(self):
        """End the browser."""
        try:
            self._session = None
            self._ask("Browser.close")
        except (AssertionError, OSError):
            os.kill(self._pid, signal.SIGKILL)
        os.close(self._to)
        os.close(self._from)
        os.waitpid(self._pid, 0)

    @staticmethod
    def _pipe():
        """Return a pipe whose two ends are not among the descriptors a child expects."""
        low = os.pipe()
        high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in low]
        for end in low:
            os.close(end)
        return high

    def _ask(self, method, **parameters):
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == number:
                assert "error" not in answer, answer["error"]
                return answer["result"]

    def _read(self):
        """Return the next message, and note what it says of the page."""
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._from], [], [], PATIENCE)
            assert ready, "the browser does not answer"
            received = os.read(self._from, 2**20)
            assert received, "the browser ended"
            self._rest += received
        text, _, self._rest = self._rest.partition(b"\0")
        message = json.loads(text)
        method = message.get("method")
        if method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
            self.complaints.append(message["params"])
        self._loaded |= method == "Page.loadEventFired"
        return message
