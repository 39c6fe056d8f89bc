"""Confirmation of actions that cannot be undone: by a dialog of the page's script, or without it by a page."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from app.web.dashboard.core import csrf, html

FIELD = "confirmed"


def ask(request: Request, form: FormData, question: str, action: str) -> Response | None:
    """Return the page that asks for confirmation, None if the form is confirmed. `action` labels its button."""
    if form.get(FIELD) == "yes":
        return None
    fields = [(name, str(value)) for name, value in form.multi_items() if name != csrf.FIELD]
    return html.page(
        request,
        "confirm.html",
        question=question,
        action=action,
        target=str(request.scope["path"]) + (f"?{request.url.query}" if request.url.query else ""),
        fields=fields,
        back=html.local_path(str(form.get("next", "/"))),
    )
