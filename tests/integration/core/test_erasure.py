"""`trigpoint erase` removes a person everywhere, and records that it did."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from typer.testing import CliRunner

from app.cli.commands import app
from app.db.core.erasure import check_values
from app.db.core.pool import Pool
from app.db.tables import metadata
from app.storage.uploads import Uploads

EMAIL, NAME, PHONE = "Jane.O'Doe@example.org", 'Jane "J" Doe', "5125550142"
USER = UUID(int=1)


@pytest.mark.parametrize("value", ["", "Jane", "  a  ", "false"])
def test_a_value_that_would_match_anybody_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="too short"):
        check_values([EMAIL, value])


async def run(url: str, uploads_url: str, *arguments: str) -> tuple[int, str]:
    env = {"DATABASE_URL": url, "TRIGPOINT_UPLOADS_URL": uploads_url}
    result = await asyncio.to_thread(CliRunner().invoke, app, ["erase", *arguments], env=env)
    return result.exit_code, result.output


async def fill(pool: Pool, *, finished: bool = True) -> None:
    """Store the person in rows of several kinds, and somebody else beside them."""
    await pool.execute("INSERT INTO users (id, email, name) VALUES ($1, 'a@x.org', 'A')", USER)
    await pool.execute("INSERT INTO queues (name, route, priority, concurrency) VALUES ('q', 'default', 5, 1)")
    for data in ({"who": EMAIL.upper(), "phone": int(PHONE), "text": f"call {NAME} now"}, {"who": "other@example.org"}):
        await pool.execute(
            """INSERT INTO jobs (id, kind, queue, data, max_attempts, timeout_seconds, created_by, status, completed_at)
               VALUES ($1, 'k', 'q', $2, 1, 1, $3, $4, $5::timestamptz)""",
            uuid4(), json.dumps(data), USER, "completed" if finished else "pending",
            datetime.now(UTC) if finished else None,
        )  # fmt: skip
    job_id = await pool.fetchval("SELECT id FROM jobs LIMIT 1")
    for line, cells in enumerate((["1", EMAIL.lower()], ["2", "other@example.org"])):
        await pool.execute("INSERT INTO import_rejects VALUES ($1, $2, $3, 'x', 'y')", job_id, line, cells)
    await pool.execute("INSERT INTO source_texts VALUES ('\\x01', $1)", f"Write to {EMAIL}, or call.")


async def store_file(uploads_url: str, content: bytes) -> UUID:
    upload_id = uuid4()
    sink = Uploads(uploads_url).create(upload_id)
    sink.write(content)
    sink.close()
    return upload_id


@pytest.mark.parametrize(
    "content",
    ["1;JOSÉ ÁLVAREZ\n".encode(), "1;José Álvarez\n".encode("cp1252"), "1;josé ÁLVAREZ\n".encode("utf-16-le")[:40]],
)
async def test_a_file_is_found_in_other_cases_and_encodings(
    content: bytes, db_pool: Pool, database_url: str, tmp_path: Path
) -> None:
    await store_file(tmp_path.as_uri(), content)
    code, said = await run(database_url, tmp_path.as_uri(), "José Álvarez", "--yes")
    assert code == 0 and "1 uploaded files" in said, said


async def test_a_file_that_an_unfinished_job_reads_stays(db_pool: Pool, database_url: str, tmp_path: Path) -> None:
    await fill(db_pool, finished=False)
    uploads_url = tmp_path.as_uri()
    upload_id = await store_file(uploads_url, b"1;someone.else@example.org")
    await db_pool.execute("UPDATE jobs SET data = $1", json.dumps({"uploadId": str(upload_id)}))
    code, said = await run(database_url, uploads_url, "someone.else@example.org", "--yes")
    assert code == 1 and "have not finished" in said, said
    assert Uploads(uploads_url).ids() == [upload_id]


async def stored(pool: Pool) -> str:
    """Everything in the database as one text."""
    texts = []
    for table in metadata.tables:
        texts += [row[0] for row in await pool.fetch(f"SELECT t::text FROM {table} AS t ORDER BY 1")]
    return "\n".join(texts)


async def test_a_person_is_erased_and_others_stay(db_pool: Pool, database_url: str, tmp_path: Path) -> None:
    await fill(db_pool)
    uploads_url = (tmp_path / "uploads").as_uri()
    store = Uploads(uploads_url)
    named, other = uuid4(), uuid4()
    for upload_id, content in ((named, f"id;mail\n1;{EMAIL}\n"), (other, "id;mail\n1;other@example.org\n")):
        sink = store.create(upload_id)
        sink.write(content.encode())
        sink.close()
    before = await stored(db_pool)
    code, said = await run(database_url, uploads_url, EMAIL, NAME, PHONE)
    assert code == 1 and "--yes" in said and "1 rows of import_rejects" in said, said
    assert await stored(db_pool) == before
    code, said = await run(database_url, uploads_url, EMAIL, NAME, PHONE, "--yes")
    assert code == 0, said
    left = (await stored(db_pool)).lower()
    assert EMAIL.lower() not in left and "doe" not in left and PHONE not in left
    assert left.count("other@example.org") == before.lower().count("other@example.org") == 2
    assert store.ids() == [other]
    assert await db_pool.fetchval("SELECT text FROM source_texts") == f"Write to {'█' * len(EMAIL)}, or call."
    entry = json.loads(await db_pool.fetchval("SELECT details FROM audit_log WHERE action = 'PERSON_ERASED'"))
    assert entry["sha256"] == [sha256(value.lower().encode()).hexdigest() for value in (EMAIL, NAME, PHONE)]
    assert (entry["files"], entry["rows"]["import_rejects"]) == (1, 1)


async def test_jobs_that_still_need_the_data_are_named(db_pool: Pool, database_url: str, tmp_path: Path) -> None:
    await fill(db_pool, finished=False)
    before = await stored(db_pool)
    code, said = await run(database_url, tmp_path.as_uri(), EMAIL, "--yes")
    assert code == 1 and "have not finished" in said, said
    assert await stored(db_pool) == before
