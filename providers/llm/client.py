"""Call one model with the `openai` client: returns a reply with its usage, or raises an error of `providers.errors`.

The client's own retries are off, because each call must be metered; `providers.llm.models` retries.
"""

from __future__ import annotations

import time
from typing import Any

import openai
import structlog
from openai.types.chat import ChatCompletion

from providers.errors import BadRequest, ProviderError, QuotaExceeded, Unavailable, from_status
from providers.http import brief, parse_retry_after, redact
from providers.llm.base import CostSource, Endpoint, ModelReply, Prompt, TooLong, Usage
from providers.llm.reply_limits import ReplyRefused, bound_reply
from providers.llm.request_form import RequestForm

CONNECT_SECONDS = 5.0
MAX_REQUEST_FORMS = 6
"""Forms of a request that are tried with a server that refuses them."""
MAX_ERROR_CHARACTERS = 200
MAX_TOKENS = 1_000_000_000
MAX_COST_USD = 1_000_000.0
"""Figures of a single call beyond these are not believed."""
TOO_LONG_SIGNS = ("context_length", "context length", "context size", "exceed_context", "too many tokens", "too long")
log = structlog.get_logger(__name__)


class ChatClient:
    """A client of one model behind an OpenAI-compatible API."""

    def __init__(self, endpoint: Endpoint, user_agent: str) -> None:
        self.endpoint = endpoint
        self._form = RequestForm()
        self._secrets = [endpoint.key] if endpoint.key else []
        self._client = openai.AsyncOpenAI(
            base_url=endpoint.url,
            api_key=endpoint.key or "none",  # the client requires a key, many local servers do not
            timeout=openai.Timeout(endpoint.timeout_seconds, connect=CONNECT_SECONDS),
            max_retries=0,
            default_headers={"User-Agent": user_agent, "X-Title": "Trigpoint", "Accept-Encoding": "identity"},
            http_client=openai.DefaultAsyncHttpxClient(event_hooks={"response": [bound_reply]}),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def complete(self, prompt: Prompt) -> ModelReply:
        """Send the prompt in the form that the server accepts. Raises ProviderError."""
        sent = self._form
        for _ in range(MAX_REQUEST_FORMS):
            try:
                reply = await self._send(prompt, sent)
            except BadRequest as error:
                if isinstance(error, TooLong):
                    raise
                log.info(
                    "llm_request_form_refused", endpoint=self.endpoint.name, format=sent.format.name, error=str(error)
                )
                # a concurrent call may have learned more meanwhile
                adapted = self._form if self._form.is_simpler_than(sent) else sent.adapted(str(error))
                if adapted is None:
                    raise
                if sent.names_cause(str(error)):
                    self._form = adapted
                sent = adapted
            else:
                if sent.is_simpler_than(self._form):
                    self._form = sent  # refused for no stated reason, and answered in this form
                return reply
        raise BadRequest("the server refuses every form of the request", provider=self.endpoint.name)

    async def _send(self, prompt: Prompt, form: RequestForm) -> ModelReply:
        started = time.monotonic()
        try:
            answer: ChatCompletion = await self._client.chat.completions.create(
                model=self.endpoint.model, **form.request(prompt)
            )
        except openai.APIStatusError as error:
            raise self._refused(error) from None
        except openai.APITimeoutError:
            raise self._unavailable(f"no answer within {self.endpoint.timeout_seconds:g} s") from None
        except openai.APIConnectionError as error:
            if isinstance(error.__cause__, ReplyRefused):
                raise self._unavailable(f"garbled answer: {error.__cause__}") from None
            message = f"connection failed or cut off ({type(error.__cause__ or error).__name__})"
            raise self._unavailable(message, transient=True) from None
        except (openai.OpenAIError, ValueError) as error:  # among them a 200 with what is not JSON
            raise self._unavailable(f"garbled answer ({type(error).__name__})", transient=True) from None
        try:
            return self._read(answer, prompt, int((time.monotonic() - started) * 1000))
        except (AttributeError, TypeError, LookupError, ArithmeticError) as error:  # its types are not checked
            raise self._unavailable(f"garbled answer ({type(error).__name__})", transient=True) from None

    def _read(self, answer: Any, prompt: Prompt, latency_ms: int) -> ModelReply:
        if not isinstance(answer, ChatCompletion):
            raise self._unavailable("garbled answer: no chat completion", transient=True)
        error = (answer.model_extra or {}).get("error")
        if error or not answer.choices:  # some gateways answer 200 with the error of the server behind them
            raise self._unavailable(f"answered 200 with an error: {self._error_message(error)}", transient=True)
        choice = answer.choices[0]
        if (choice.model_extra or {}).get("error"):
            raise self._unavailable(
                f"answered 200 with an error: {self._error_message(choice.model_extra)}", transient=True
            )
        refusal = choice.message.refusal
        if choice.finish_reason == "content_filter":
            refusal = refusal or "its content filter stopped the answer"
        text, model = choice.message.content or "", answer.model or self.endpoint.model
        if not (isinstance(text, str) and isinstance(model, str) and isinstance(refusal, str | None)):
            raise self._unavailable("garbled answer: not a text", transient=True)
        return ModelReply(
            text=text,
            model=model,
            cut_off=choice.finish_reason == "length",
            refusal=refusal,
            usage=self._usage(answer, prompt),
            request_id=getattr(answer, "_request_id", None) or answer.id or None,
            latency_ms=latency_ms,
        )

    def _usage(self, answer: ChatCompletion, prompt: Prompt) -> Usage:
        """Return the provider's figures, else those of the configured prices, else the worst case."""
        usage, prices = answer.usage, self.endpoint.prices
        if usage is None or not _are_counts(usage.prompt_tokens, usage.completion_tokens) or not usage.prompt_tokens:
            prompt_tokens, completion_tokens = prompt.max_prompt_tokens, prompt.answer_tokens
            cost = prices.cost(prompt_tokens, completion_tokens) if prices else None
            return Usage(prompt_tokens, completion_tokens, 0, 0, cost, CostSource.WORST_CASE)
        cached = usage.prompt_tokens_details.cached_tokens if usage.prompt_tokens_details else None
        reasoning = usage.completion_tokens_details.reasoning_tokens if usage.completion_tokens_details else None
        cached, reasoning = (count if _are_counts(count) else None for count in (cached, reasoning))
        reported_cost = (usage.model_extra or {}).get("cost")
        if isinstance(reported_cost, int | float) and 0 <= reported_cost <= MAX_COST_USD:
            cost, source = float(reported_cost), CostSource.PROVIDER
        elif prices:
            cost, source = prices.cost(usage.prompt_tokens, usage.completion_tokens), CostSource.PRICES
        else:
            cost, source = None, CostSource.UNKNOWN
        return Usage(usage.prompt_tokens, usage.completion_tokens, cached or 0, reasoning or 0, cost, source)

    def _refused(self, error: openai.APIStatusError) -> ProviderError:
        name, status = self.endpoint.name, error.status_code
        text = redact(error.response.text, self._secrets)
        detail = brief(text)
        if status in (400, 413, 422) and any(sign in text.lower() for sign in TOO_LONG_SIGNS):
            too_long = TooLong(f"HTTP {status}: {detail}", provider=name)
            too_long.refused = True
            return too_long
        headers = error.response.headers
        after = parse_retry_after(headers.get("retry-after"))
        if after is None and (headers.get("retry-after-ms") or "").replace(".", "", 1).isdigit():
            after = float(headers["retry-after-ms"]) / 1000
        if status == 429 and any(sign in text.lower() for sign in ("insufficient_quota", "billing")):
            used_up = QuotaExceeded(f"HTTP 429: {detail}", provider=name)
            used_up.refused = True
            return used_up
        return from_status(name, status, detail, after)

    def _unavailable(self, message: str, *, transient: bool = False) -> Unavailable:
        return Unavailable(redact(message, self._secrets), provider=self.endpoint.name, transient=transient)

    def _error_message(self, error: object) -> str:
        if isinstance(error, dict):
            error = error.get("message") or error.get("error") or error
        return redact(str(error)[:MAX_ERROR_CHARACTERS], self._secrets)


def _are_counts(*counts: object) -> bool:
    return all(isinstance(count, int) and 0 <= count <= MAX_TOKENS for count in counts)
