"""Asking a running site: one logged-in client per role, over kept connections."""

from __future__ import annotations

import gzip
import re
import threading
import time
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import quote, urlencode

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_ASSET = re.compile(r'(?:href|src)="(/static/[^"]+)"')
CHARTS = "echarts"  # loaded where a chart is drawn; not part of the first load


class Client:
    """One person's browser, as far as the server notices."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port, self.cookies = host, port, {"language": "zh-hans"}
        self.connection = HTTPConnection(host, port, timeout=60)

    def log_in(self, username: str, password: str) -> None:
        """Raises RuntimeError where the door stays shut."""
        _status, body, _seconds = self.get("/account/log-in/")
        token = _TOKEN.search(body.decode())
        assert token is not None
        form = urlencode({"username": username, "password": password, "csrfmiddlewaretoken": token[1]})
        status, _body = self._send("POST", "/account/log-in/", form)
        if status != 302:
            raise RuntimeError(f"{username} could not log in: {status}")

    def get(self, path: str) -> tuple[int, bytes, float]:
        """Status, body and seconds."""
        start = time.perf_counter()
        status, body = self._send("GET", path)
        return status, body, time.perf_counter() - start

    def twin(self) -> Client:
        """The same session on a connection of its own."""
        other = Client(self.host, self.port)
        other.cookies = dict(self.cookies)
        return other

    def _send(self, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "Accept-Encoding": "identity"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, quote(path, safe="/?=&%-_.,:"), body, headers)
        answer = self.connection.getresponse()
        self._keep_cookies(answer)
        return answer.status, answer.read()

    def _keep_cookies(self, answer: HTTPResponse) -> None:
        for header in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = header.partition("=")
            self.cookies[name.strip()] = rest.split(";")[0]


def alone(client: Client, path: str, times: int, most_seconds: float) -> list[float]:
    """Seconds of each request, one after the other; fewer where that would take too long."""
    found, stop = [], time.perf_counter() + most_seconds
    while len(found) < times and (len(found) < 5 or time.perf_counter() < stop):
        found.append(client.get(path)[2])
    return found


def together(client: Client, path: str, times: int, clients: int, most_seconds: float) -> list[float]:
    """Seconds of each request while several clients ask at once."""
    found: list[float] = []

    def ask(twin: Client) -> None:
        found.extend(alone(twin, path, times // clients, most_seconds))

    threads = [threading.Thread(target=ask, args=(client.twin(),)) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def first_load(client: Client, path: str) -> tuple[int, int]:
    """Bytes of a page with everything it loads, compressed: all, and the charts among them."""
    _status, body, _seconds = client.get(path)
    assets = dict.fromkeys(_ASSET.findall(body.decode()))
    whole, charts = len(gzip.compress(body, 6)), 0
    for asset in assets:
        size = _asset_bytes(client, asset)
        whole += size
        charts += size if CHARTS in asset else 0
    return whole, charts


def _asset_bytes(client: Client, path: str) -> int:
    """As the server sends it to a browser that takes gzip."""
    connection = HTTPConnection(client.host, client.port, timeout=60)
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    size = len(connection.getresponse().read())
    connection.close()
    return size
