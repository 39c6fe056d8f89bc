"""A response that does not fit its model is a fault of the platform, not of the request."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from app.web.http.models import RequestModel, ResponseModel
from app.web.http.problems import EXCEPTION_HANDLERS


class Shown(ResponseModel):
    number: int


class Sent(RequestModel):
    number: int


def endpoint(model: type[Shown | Sent]) -> Route:
    async def respond(request: Request) -> Response:
        model.model_validate({"number": "many"})
        return Response()

    return Route(f"/{model.__name__}", respond)


def test_only_requests_are_invalid() -> None:
    app = Starlette(routes=[endpoint(Shown), endpoint(Sent)], exception_handlers=EXCEPTION_HANDLERS)
    client = TestClient(app, raise_server_exceptions=False)
    assert [client.get(f"/{name}").status_code for name in ("Shown", "Sent")] == [500, 422]
