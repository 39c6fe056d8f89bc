"""One call of one model by the `openai` client: a reply with its usage, or an error of `providers.errors`.

The client's own retries are off: `providers.llm.asking` and the job's attempts are the retries, and each call counts.
"""

from __future__ import annotations

import time
from typing import Any

import openai
import structlog
from openai.types.chat import ChatCompletion

from providers.errors import BadRequest, ProviderError, QuotaExceeded, Unavailable, from_status
from providers.http import brief, parse_retry_after, redact
from providers.llm.base import CostSource, Endpoint, Prompt, Reply, TooLong, Usage
from providers.llm.dialect import Dialect

CONNECT_SECONDS = 5.0
MOST_LESSONS = 6
TOO_LONG = ("context_length", "context length", "context size", "exceed_context", "too many tokens", "too long")
log = structlog.get_logger(__name__)


class ChatClient:
    def __init__(self, endpoint: Endpoint, user_agent: str) -> None:
        self.endpoint = endpoint
        self._dialect = Dialect()
        self._secrets = [endpoint.key] if endpoint.key else []
        self._client = openai.AsyncOpenAI(
            base_url=endpoint.url,
            api_key=endpoint.key or "none",  # a server of one's own often wants none, the client always
            timeout=openai.Timeout(endpoint.timeout, connect=CONNECT_SECONDS),
            max_retries=0,
            default_headers={"User-Agent": user_agent, "X-Title": "Trigpoint"},
        )

    async def close(self) -> None:
        await self._client.close()

    async def complete(self, prompt: Prompt) -> Reply:
        """Ask once. Raises ProviderError."""
        for _ in range(MOST_LESSONS):
            try:
                return await self._send(prompt)
            except BadRequest as error:
                if isinstance(error, TooLong) or not self._dialect.learn(str(error)):
                    raise
                log.info(
                    "llm_request_form_refused",
                    endpoint=self.endpoint.name,
                    format=self._dialect.format.name,
                    refused=str(error),
                )
        raise BadRequest("the server refuses every form of the request", provider=self.endpoint.name)

    async def _send(self, prompt: Prompt) -> Reply:
        started = time.monotonic()
        try:
            answer: ChatCompletion = await self._client.chat.completions.create(
                model=self.endpoint.model, **self._dialect.request(prompt)
            )
        except openai.APIStatusError as error:
            raise self._refused(error) from None
        except openai.APITimeoutError:
            raise self._unavailable(f"no answer within {self.endpoint.timeout:g} s") from None
        except openai.APIConnectionError as error:
            words = f"connection failed or cut off ({type(error.__cause__ or error).__name__})"
            raise self._unavailable(words, transient=True) from None
        except (openai.OpenAIError, ValueError) as error:  # among them a 200 with what is not JSON
            raise self._unavailable(f"garbled answer ({type(error).__name__})", transient=True) from None
        return self._read(answer, prompt, int((time.monotonic() - started) * 1000))

    def _read(self, answer: Any, prompt: Prompt, latency_ms: int) -> Reply:
        if not isinstance(answer, ChatCompletion):
            raise self._unavailable("garbled answer: no chat completion", transient=True)
        error = (answer.model_extra or {}).get("error")
        if error or not answer.choices:  # some gateways answer 200 with the error of the server behind them
            raise self._unavailable(f"answered 200 with an error: {self._said(error)}", transient=True)
        choice = answer.choices[0]
        if (choice.model_extra or {}).get("error"):
            raise self._unavailable(f"answered 200 with an error: {self._said(choice.model_extra)}", transient=True)
        refusal = choice.message.refusal
        if choice.finish_reason == "content_filter":
            refusal = refusal or "its content filter stopped the answer"
        return Reply(
            text=choice.message.content or "",
            model=answer.model or self.endpoint.model,
            cut_off=choice.finish_reason == "length",
            refusal=refusal,
            usage=self._usage(answer, prompt),
            request_id=getattr(answer, "_request_id", None) or answer.id or None,
            latency_ms=latency_ms,
        )

    def _usage(self, answer: ChatCompletion, prompt: Prompt) -> Usage:
        """The provider's figures first, the configured prices second, the worst case last."""
        said, prices = answer.usage, self.endpoint.prices
        if said is None or not said.prompt_tokens:
            prompt_tokens, completion_tokens = prompt.max_prompt_tokens, prompt.answer_tokens
            cost = prices.cost(prompt_tokens, completion_tokens) if prices else None
            return Usage(prompt_tokens, completion_tokens, 0, 0, cost, CostSource.WORST_CASE)
        cached = said.prompt_tokens_details.cached_tokens if said.prompt_tokens_details else None
        reasoning = said.completion_tokens_details.reasoning_tokens if said.completion_tokens_details else None
        told = (said.model_extra or {}).get("cost")
        if isinstance(told, int | float) and told >= 0:
            cost, source = float(told), CostSource.PROVIDER
        elif prices:
            cost, source = prices.cost(said.prompt_tokens, said.completion_tokens), CostSource.PRICES
        else:
            cost, source = None, CostSource.UNKNOWN
        return Usage(said.prompt_tokens, said.completion_tokens, cached or 0, reasoning or 0, cost, source)

    def _refused(self, error: openai.APIStatusError) -> ProviderError:
        name, status = self.endpoint.name, error.status_code
        text = redact(error.response.text, self._secrets)
        detail = brief(text)
        if status in (400, 413, 422) and any(sign in text.lower() for sign in TOO_LONG):
            return TooLong(f"HTTP {status}: {detail}", provider=name)
        headers = error.response.headers
        after = parse_retry_after(headers.get("retry-after"))
        if after is None and (headers.get("retry-after-ms") or "").replace(".", "", 1).isdigit():
            after = float(headers["retry-after-ms"]) / 1000
        if status == 429 and any(sign in text.lower() for sign in ("insufficient_quota", "billing")):
            return QuotaExceeded(f"HTTP 429: {detail}", provider=name)
        return from_status(name, status, detail, after)

    def _unavailable(self, words: str, *, transient: bool = False) -> Unavailable:
        return Unavailable(redact(words, self._secrets), provider=self.endpoint.name, transient=transient)

    def _said(self, error: object) -> str:
        if isinstance(error, dict):
            error = error.get("message") or error.get("error") or error
        return redact(str(error)[:200], self._secrets)
