"""The published folder, served at / as any web server would."""

from pathlib import Path

from flask import Blueprint, Response, request, send_from_directory
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

TYPES = {
    ".html": "text/html",
    ".json": "application/json",
    ".atom": "application/atom+xml",
    ".rss": "application/rss+xml",
    ".xml": "application/xml",
    ".txt": "text/plain",
    ".svg": "image/svg+xml",
    ".ics": "text/calendar",
    ".csv": "text/csv",
    ".css": "text/css",
    ".js": "text/javascript",
}
SOON = """<!DOCTYPE html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="2">
<title>The page will appear here</title>
<style>:root{color-scheme:light dark}body{font:1rem/1.55 system-ui,sans-serif;max-width:30rem;
margin:18vh auto;padding:0 20px}p{opacity:.75}</style>
<h1>The page will appear here</h1><p>As soon as the bot has published it for the first time.</p>
</html>"""


def public_page(folder: Path) -> Blueprint:
    """The routes for a folder that may not exist yet."""
    routes = Blueprint("public", __name__)

    @routes.get("/")
    @routes.get("/<path:path>")
    def serve(path: str = "") -> Response:
        found = _file(folder, path)
        if found is None:
            return _missing(folder)
        if found.name == "index.html" and path and not path.endswith(("/", "index.html")):
            return Response(status=308, headers={"Location": f"{request.path}/"})
        return _send(folder, found, path)

    return routes


def _file(folder: Path, path: str) -> Path | None:
    """The file for an address, a folder's index.html; never one outside of the folder."""
    joined = None if "\0" in path else safe_join(str(folder.absolute()), path)
    if joined is None:
        return None
    file = Path(joined)
    file = file / "index.html" if file.is_dir() else file
    inside = file.resolve().is_relative_to(folder.resolve())
    return file if inside and file.is_file() else None


def _send(folder: Path, file: Path, path: str) -> Response:
    inside = file.relative_to(folder.absolute()).as_posix()
    kind = TYPES.get(file.suffix)
    response = send_from_directory(folder.absolute(), inside, mimetype=kind, conditional=True)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-cache"
    if path.startswith("api/v2/"):
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _missing(folder: Path) -> Response:
    own = folder / "404.html"
    if own.is_file():
        return Response(own.read_bytes(), 404, mimetype="text/html")
    if not (folder / "index.html").is_file():
        return Response(SOON, 503, {"Retry-After": "2"}, mimetype="text/html")
    raise NotFound
