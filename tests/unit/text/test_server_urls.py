"""URLs of servers are read alike everywhere, and never shown with what is secret in them."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.text.postgres_url import parse_postgres_url
from app.domain.text.server_urls import MAX_CHARACTERS, mask_url, parse_server_url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://localhost:6379/0", "redis://localhost:6379/0"),
        ("redis://:secret@host:6379/0", "redis://host:6379/0"),
        ("redis://user:se@cr/et@host:6379", "redis://host:6379"),
        ("rediss://host:6379/0?password=secret", "rediss://host:6379/0"),
        ("rediss://host?username=a&password=se@cret", "rediss://host"),
        ("unix://:secret@/run/valkey.sock?db=1", "unix:///run/valkey.sock"),
        ("redis://[::1]:6379", "redis://[::1]:6379"),
        ("postgresql://u:p@a:1,b:2/db?sslpassword=secret", "postgresql://a:1,b:2/db"),
        ("postgresql://u:secret@host:port/db", "postgresql://…"),
        ("secret", "unknown://…"),
        ("", "unknown://…"),
        ("redis://" + "secret@" * MAX_CHARACTERS, "redis://…"),
    ],
)
def test_only_scheme_hosts_and_path_are_shown(url: str, shown: str) -> None:
    assert mask_url(url) == shown
    assert "secret" not in repr(parse_server_url(url)) if not shown.endswith("…") else True


@pytest.mark.parametrize(
    "password", ["a@b", "a/b", "a?b", "a#b", "a:b", "a%zz", "%", "12/34", "a b", "ü", "@/?#:@", "/@x/y@"]
)
def test_a_password_may_be_written_as_it_is(password: str) -> None:
    parts = parse_server_url(f"postgresql://me:{password}@db.example:5433/app?application_name=a@b")
    assert (parts.user, parts.password, parts.hosts) == ("me", password, (("db.example", 5433),))
    assert (parts.path, dict(parts.options)) == ("/app", {"application_name": "a@b"})


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_any_password_may_be_percent_encoded(password: str) -> None:
    for url in (f"redis://u:{quote(password, safe='')}@h:1/2", f"redis://h:1/2?password={quote(password, safe='')}"):
        parts = parse_server_url(url)
        assert password in (parts.password, parts.options.get("password"))
        assert parts.hosts == (("h", 1),)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_without_showing_it(text: str) -> None:
    try:
        parse_server_url(f"postgresql://{text}")
    except ValueError as error:
        assert "form scheme://" in str(error) or "characters" in str(error)


def test_options_of_libpq_reach_asyncpg_or_are_left_out() -> None:
    url = parse_postgres_url(
        "postgresql://neon:p%40ss@ep.example/neondb?sslmode=verify-full&channel_binding=require&connect_timeout=7"
        "&application_name=mine&options=-c%20search_path%3Dx&sslrootcert=/ca.pem&keepalives=1&statement_timeout=5000"
    )
    assert url.dsn == (
        "postgresql:///neondb?host=ep.example&user=neon&password=p%40ss&sslrootcert=%2Fca.pem&sslmode=verify-full"
    )
    assert url.connect_timeout_seconds == 7
    assert url.server_settings == {
        "application_name": "mine", "options": "-c search_path=x", "statement_timeout": "5000",
    }  # fmt: skip
    assert url.files == {"sslrootcert": "/ca.pem"}
    assert url.shown == "postgresql://ep.example/neondb"


@pytest.mark.parametrize(
    ("url", "dsn"),
    [
        ("postgres://u@h1:1,[::1]:2,h3/db", "postgresql:///db?host=h1%3A1%2C%5B%3A%3A1%5D%3A2%2Ch3&user=u"),
        ("postgresql://u@/db?host=/run/pg&port=5433", "postgresql:///db?host=%2Frun%2Fpg&port=5433&user=u"),
        ("postgresql://%2Frun%2Fpg/db", "postgresql:///db?host=%2Frun%2Fpg"),
        ("postgresql:///?dbname=a%2Fb&user=x", "postgresql:///a%2Fb?user=x"),
        ("postgresql://h/db?ssl=true", "postgresql:///db?host=h&sslmode=require"),
        (
            "postgresql://h/db?target_session_attrs=read-write",
            "postgresql:///db?host=h&target_session_attrs=read-write",
        ),
    ],
)
def test_forms_of_addresses(url: str, dsn: str) -> None:
    assert parse_postgres_url(url).dsn == dsn


def test_certificates_of_the_system() -> None:
    url = parse_postgres_url("postgresql://h/db?sslmode=verify-full&sslrootcert=system")
    assert url.uses_system_certificates and url.dsn == "postgresql:///db?host=h"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("postgresql+asyncpg://u:secret@h/db", "must begin with postgresql://, not postgresql+asyncpg://"),
        ("h/secret", "must begin with a scheme"),
        ("postgresql://u:secret@h/db?sslmode=yes", "unknown sslmode"),
        ("postgresql://u:secret@h/db?connect_timeout=soon", "connect_timeout"),
        ("postgresql://u:secret@h/db?require_auth=scram-sha-256", "require_auth"),
        ("postgresql://u:secret@h/db?sslrootcert=system&sslmode=require", "needs sslmode=verify-full"),
        ("postgresql://u:secret@h:99999/db", "must have the form"),
    ],
)
def test_what_cannot_be_used_is_refused_without_the_secret(url: str, message: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse_postgres_url(url)
    assert message in str(refused.value) and "secret" not in str(refused.value)
