"""An S3 on loopback: moto's server, as atomic as the real one, and a way to it that can fail."""

import http.client
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
from botocore.config import Config
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import s3_backends
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from bot.publish import Access

KEY, SECRET = "AKIADUCK", "quack-quack-quack"
REGION = "us-east-1"
_HOP = {"connection", "transfer-encoding", "content-length"}

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Any]
Noting = Callable[[str, int], None]


class Store:
    """A bucket that anybody may look into: what readers see, and what it was told to keep."""

    def __init__(self, endpoint: str, bucket: str) -> None:
        self.endpoint = endpoint
        self.bucket = bucket
        self.client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            region_name=REGION,
            config=Config(retries={"total_max_attempts": 1}),
        )

    @property
    def url(self) -> str:
        return f"s3://{self.bucket}/page"

    @property
    def access(self) -> Access:
        return Access(KEY, SECRET, region=REGION, endpoint=self.endpoint)

    def paths(self) -> set[str]:
        """Every object's path below the prefix."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        found = (one["Key"] for page in pages for one in page.get("Contents", ()))
        return {key.removeprefix("page/") for key in found}

    def get(self, path: str) -> dict[str, Any]:
        """An object as boto3 tells of it; its Body read."""
        found: dict[str, Any] = self.client.get_object(Bucket=self.bucket, Key=f"page/{path}")
        return found | {"Body": found["Body"].read()}

    def read(self, path: str) -> bytes:
        body: bytes = self.get(path)["Body"]
        return body

    def revision(self, path: str) -> int:
        return int(self.get(path)["Metadata"]["revision"])

    def put(self, path: str, body: bytes, **said: Any) -> None:
        """As somebody who asks for no condition."""
        self.client.put_object(Bucket=self.bucket, Key=f"page/{path}", Body=body, **said)

    def delete(self, path: str) -> None:
        self.client.delete_object(Bucket=self.bucket, Key=f"page/{path}")


def new_bucket(endpoint: str) -> Store:
    """A bucket with a name of its own, which anybody may read."""
    store = Store(endpoint, f"status-{secrets.token_hex(8)}")
    store.client.create_bucket(Bucket=store.bucket)
    public = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{store.bucket}/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [public]})
    store.client.put_bucket_policy(Bucket=store.bucket, Policy=policy)
    return store


class _OneAtATime:
    """S3 compares and sets in one step, and reads in one; moto in several.

    It works an object's ETag out when first asked, from a file that whoever reads the object moves
    about in: two objects got the ETag of nothing, and a condition held that should not have.
    """

    def __init__(self, app: Wsgi, *, honours: bool, noting: Noting) -> None:
        self._app = app
        self._honours = honours
        self._noting = noting
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if not self._honours:
            for condition in ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH"):
                environ.pop(condition, None)
        listening = self._listening(environ, start_response)
        with self._lock:
            return list(self._app(environ, listening))

    def _listening(self, environ: dict[str, Any], start: Callable[..., Any]) -> Callable[..., Any]:
        """The same, that notes what is put, in the order in which it is."""

        def start_response(status: str, *arguments: Any) -> Any:
            revision = environ.get("HTTP_X_AMZ_META_REVISION")
            if environ["REQUEST_METHOD"] == "PUT" and revision and status.startswith("200"):
                self._noting(environ["PATH_INFO"], int(revision))
            return start(status, *arguments)

        return start_response


class _Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        pass


def _unnoted(_path: str, _revision: int) -> None:
    """Nobody wants to know."""


def _server(app: Wsgi) -> BaseWSGIServer:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    server.daemon_threads = True  # type: ignore[attr-defined]
    return server


@contextmanager
def running_s3(*, honours: bool = True, noting: Noting = _unnoted) -> Iterator[str]:
    """moto's S3 while the block runs, or one that ignores conditions; its address.

    `noting` hears the path and the revision of whatever is put, in order.
    """
    app = DomainDispatcherApplication(create_backend_app)
    server = _server(_OneAtATime(app, honours=honours, noting=noting))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


# --- a way to it that can fail


@dataclass(frozen=True)
class Request:
    """What passes by."""

    method: str
    path: str  # below the bucket's prefix


Fault = Callable[[Request], str]  # what becomes of a request: a status, or one of WAYS

WAYS = {
    "pass": "to the store, and back",
    "refuse": "the connection is cut before the store hears of it",
    "torn": "half of it reaches the store, and the connection is cut",
    "deaf": "the store does it, the client never hears",
    "late": "the client hears nothing, and the store does it when `release` is called",
    "hang": "nothing happens, until `release` is called",
    "slow": "to the store, and back, half a second later",
}


@dataclass
class Road:
    """A proxy before a store. `fault` decides of each request, `seen` has all of them."""

    port: int = 0
    fault: Fault = lambda _: "pass"
    seen: list[Request] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def count(self, method: str) -> int:
        return sum(one.method == method for one in self.seen)

    def heal(self) -> None:
        """All is well again, and what was held up goes on."""
        self.fault = lambda _: "pass"
        self.release()

    def release(self) -> None:
        """What is held up goes on."""
        held, self.released = self.released, threading.Event()
        held.set()


@contextmanager
def road_to(endpoint: str) -> Iterator[Road]:
    """A way to the store at an address, that can be made to fail."""
    road = Road()
    handler = type("Handler", (_Handler,), {"road": road, "to": endpoint.removeprefix("http://")})
    with _listening(handler) as road.port:
        try:
            yield road
        finally:
            road.release()


@contextmanager
def _listening(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """A server of such requests; its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    road: Road
    to: str
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(self.command, self.path.partition("?")[0].split("/", 3)[-1])
        self.road.seen.append(request)
        way = self.road.fault(request)
        if way.isdigit():
            self._answer(int(way), [], b"<Error><Code>SlowDown</Code></Error>")
        else:
            getattr(self, f"_{way}")(body)

    do_GET = do_HEAD = do_PUT = do_DELETE = _handle  # noqa: N815 -- as the server calls them

    def _pass(self, body: bytes) -> None:
        status, headers, answer = self._ask(body)
        self._answer(status, headers, answer)

    def _slow(self, body: bytes) -> None:
        time.sleep(0.5)
        self._pass(body)

    def _refuse(self, _body: bytes) -> None:
        self._cut()

    def _torn(self, body: bytes) -> None:
        self._ask(body[: len(body) // 2], torn=True)
        self._cut()

    def _deaf(self, body: bytes) -> None:
        self._ask(body)
        self._cut()

    def _late(self, body: bytes) -> None:
        self._cut()
        self.road.released.wait(30)
        self._ask(body)

    def _hang(self, _body: bytes) -> None:
        self.road.released.wait(30)
        self._cut()

    def _ask(self, body: bytes, *, torn: bool = False) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(self.to, timeout=30)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
        headers["Content-Length"] = self.headers.get("Content-Length", "0")
        try:
            connection.request(self.command, self.path, body or None, headers)
            if torn:
                return 0, [], b""
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        sizes = [value for name, value in headers if name.lower() == "content-length"]
        for name, value in headers:
            if name.lower() not in _HOP:
                self.send_header(name, value)
        is_head = self.command == "HEAD"
        self.send_header("Content-Length", sizes[0] if is_head and sizes else str(len(body)))
        self.end_headers()
        if not is_head:
            self.wfile.write(body)

    def _cut(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(2)

    def log_message(self, *_: Any) -> None:
        pass


# --- as readers get it


@contextmanager
def front_of(store: Store) -> Iterator[str]:
    """What a CDN is: the bucket's page at the root of a host. Its address, with a slash."""
    with _listening(type("Front", (_Front,), {"bucket": store.bucket})) as port:
        yield f"http://127.0.0.1:{port}/"


class _Front(BaseHTTPRequestHandler):
    """Looks into moto's memory: by HTTP its readers would cost more than all that they watch."""

    bucket: str
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        path = self.path + ("index.html" if self.path.endswith("/") else "")
        found = self._found(f"page{path}")
        body = b"There is nothing here." if found is None else found
        self.send_response_only(404 if found is None else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _found(self, key: str) -> bytes | None:
        """As a store gives it, old or new: moto closes an object as soon as another replaces it."""
        while found := s3_backends[DEFAULT_ACCOUNT_ID]["aws"].get_object(self.bucket, key):
            with suppress(ValueError):
                return bytes(found.value)
        return None

    def log_message(self, *_: Any) -> None:
        pass
