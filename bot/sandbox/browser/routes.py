"""The page's routes: one for looking, and one for each thing a person can do."""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, request, send_from_directory
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as AnyResponse

from bot.sandbox.browser.screen import Screen, Show
from bot.sandbox.inbound.socket_mode import SocketMode
from bot.sandbox.model.errors import Json
from bot.sandbox.model.messages import Message
from bot.sandbox.model.people import Channel, Person
from bot.sandbox.model.views import View
from bot.sandbox.model.workspace import Workspace
from bot.sandbox.people import pressing, typing
from bot.sandbox.people.desk import Desk
from bot.sandbox.people.typing import NotPossible
from bot.sandbox.scenario import Replay

TEMPLATES = Path(__file__).parents[3] / "templates" / "sandbox"
POLICY = "; ".join(
    (
        "default-src 'none'",
        *("script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'"),
        *("frame-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"),
    )
)


@dataclass(frozen=True)
class Browser:
    """The page for one workspace; `replay` is None when there is no day to replay."""

    workspace: Workspace
    desk: Desk
    sockets: SocketMode
    closing: threading.Event
    replay: Replay | None

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("browser", __name__, url_prefix="/sandbox")
        environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals["show"] = Show(self.workspace)
        page = environment.get_template("page.html")
        routes.add_url_rule("/", "page", lambda: page.render(_fields(self.screen())))
        routes.add_url_rule("/static/<name>", "static", _static)
        routes.get("/archives/<channel>/p<digits>")(self.archives)
        for action in (self.say, self.click, self.submit, self.dismiss, self.delete, self.again):
            routes.post(f"/{action.__name__}")(action)
        routes.after_request(_sealed)
        return routes

    def screen(self) -> Screen:
        """What the address asks to see."""
        with self.workspace.lock:
            show, channel = Show(self.workspace), self._channel(request.args.get("in", ""))
            person, thread = (
                self._person(request.args.get("as", "")),
                request.args.get("thread", ""),
            )
            app = self.workspace.app
            return Screen(
                person=person,
                people=self._people(),
                channel=channel,
                channels=tuple(
                    each for each in self.workspace.channels.values() if person.id in each.members
                ),
                messages=show.channel(person, channel),
                thread=show.thread(person, channel, thread) if thread else (),
                thread_ts=thread,
                modal=self.workspace.screens.top(person.id),
                app=app.name,
                command=app.commands[0],
                connected=self._connected(),
                scenario=self.replay.scenario if self.replay else None,
                progress=self.replay.progress if self.replay else None,
            )

    def _connected(self) -> bool:
        return self.desk.delivery.transport is not self.sockets or bool(self.sockets.connections)

    def _people(self) -> tuple[Person, ...]:
        """Full members: those who may do something here."""
        return tuple(
            person
            for person in self.workspace.people.values()
            if not (person.deleted or person.is_bot or person.is_restricted or person.is_stranger)
        )

    def _person(self, name: str) -> Person:
        """The one named, else the first one."""
        people = self._people()
        return next((each for each in people if each.name == name), people[0])

    def _channel(self, name: str) -> Channel:
        channels = list(self.workspace.channels.values())
        return next((each for each in channels if each.name == name), channels[0])

    def archives(self, channel: str, digits: str) -> AnyResponse:
        """A permalink: shows the thread of the message."""
        where = self.workspace.channels.get(channel)
        if where is None:
            raise BadRequest
        ts = request.args.get("thread_ts") or f"{digits[:-6]}.{digits[-6:]}"
        return redirect(f"/sandbox/?in={where.name}&thread={ts}")

    def say(self) -> Response:
        """Type something."""
        given = _given()
        person, channel = self._person(given["as"]), self._channel(given["in"])
        try:
            typing.say(self.desk, person, channel, given["text"], given.get("thread") or None)
        except NotPossible as error:
            return jsonify(problem=str(error))
        return jsonify(problem=None)

    def click(self) -> Response:
        """Press or choose something in a message or in the open modal."""
        given = _given()
        person = self._person(given["as"])
        on = self._view(person) if given.get("view") else self._message(given)
        choose = given.get("choose")
        return jsonify(problem=pressing.click(self.desk, person, on, given["what"], choose))

    def submit(self) -> Response:
        """Send the open modal."""
        given = _given()
        person = self._person(given["as"])
        result = pressing.submit(self.desk, person, self._view(person), given["values"])
        return jsonify(errors=result.errors, problem=result.problem)

    def dismiss(self) -> Response:
        """Close the open modal."""
        person = self._person(_given()["as"])
        pressing.dismiss(self.desk, person, self._view(person))
        return jsonify(problem=None)

    def delete(self) -> Response:
        """Take a message away; here everybody may, to see what the app does about it."""
        typing.delete(self.desk, self._message(_given()))
        return jsonify(problem=None)

    def again(self) -> Response:
        """Replay the day."""
        started = self.replay is not None and self.replay.start()
        return jsonify(problem=None if started else "The day is being replayed already.")

    def _message(self, given: Json) -> Message:
        with self.workspace.lock:
            timeline = self.workspace.timelines[self._channel(given["in"]).id]
            found = [message for message in timeline.messages if message.ts == given["ts"]]
        if not found:
            raise BadRequest("That message is gone.")
        return found[0]

    def _view(self, person: Person) -> View:
        view = self.workspace.screens.top(person.id)
        if view is None:
            raise BadRequest("That window is closed.")
        return view

    def live(self, websocket: Any) -> None:
        """Says each time that something changed, until the page is left."""
        version = -1
        while not self.closing.is_set() and websocket.connected:
            seen = self.workspace.wait(version, 1.0)
            if seen != version:
                version = seen
                websocket.send(str(version))


def _fields(screen: Screen) -> Json:
    """The fields by name, each as it is."""
    return {name: getattr(screen, name) for name in screen.__dataclass_fields__}


def _static(name: str) -> Response:
    return send_from_directory(TEMPLATES / "static", name)


def _given() -> Json:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise BadRequest("The page sends JSON.")
    return body


def _sealed(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
