"""Time stamps (RFC 3161), with which a PDF signature outlives its certificate."""

import asyncio
import base64
import contextlib
import hashlib
import threading
import urllib.request
from contextvars import ContextVar
from functools import lru_cache
from queue import Empty, SimpleQueue
from time import monotonic
from urllib.parse import unquote, urlsplit, urlunsplit

from asn1crypto import tsp
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from pyhanko.sign.general import extract_signer_info
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.generic_cms import extract_certs_for_validation, validate_sig_integrity

TIMEOUT = 4
RETRY_AFTER = 60
# Stamps with their certificates have three to eight kilobytes.
_USUAL_LENGTH, _LONGEST_ANSWER = 8192, 65536
_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"


class TimeStampError(Exception):
    pass


class TimeStampTooLongError(Exception):
    """The next attempt reserves enough bytes."""


# Deadline within `shared_timeout`, by the `monotonic` clock.
_deadline = ContextVar("_deadline", default=None)


@contextlib.contextmanager
def shared_timeout():
    token = _deadline.set(monotonic() + TIMEOUT)
    try:
        yield
    finally:
        _deadline.reset(token)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args, **_kwargs):
        return None


class Authority(TimeStamper):
    """pyHanko client of an authority; one per process, because it remembers failures and sizes."""

    def __init__(self, address):
        super().__init__()
        parts = urlsplit(address)
        self._headers = {"Content-Type": _QUERY, "Accept": _REPLY}
        if parts.username:
            secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers["Authorization"] = f"Basic {base64.b64encode(secret.encode()).decode()}"
        self._address = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        self._retry_at = 0.0
        self.room = _USUAL_LENGTH

    async def async_timestamp(self, message_digest, md_algorithm):
        if monotonic() < self._retry_at:
            raise TimeStampError(
                format_lazy(
                    _("It did not answer a moment ago. The next attempt is after {seconds} seconds."),
                    seconds=RETRY_AFTER,
                )
            )
        try:
            stamp = await super().async_timestamp(message_digest, md_algorithm)
            check_stamp(stamp["content"], message_digest)
        except Exception as problem:
            # No answer of the authority may stop a certificate.
            self._retry_at = monotonic() + RETRY_AFTER
            raise TimeStampError(str(problem) or type(problem).__name__) from problem
        length = len(stamp.dump())
        if length > self.room:
            self.room = length + 512
            raise TimeStampTooLongError("the stamp is longer each time")
        return stamp

    async def async_request_tsa_response(self, req):
        return tsp.TimeStampResp.load(self._answer_to(req.dump()), strict=True)

    def _answer_to(self, query):
        ends = _deadline.get() or monotonic() + TIMEOUT
        answers = SimpleQueue()
        # Name resolution has no timeout, so it runs in a thread.
        threading.Thread(target=self._fetch, args=(query, answers, ends), daemon=True).start()
        try:
            answer = answers.get(timeout=max(0, ends - monotonic()))
        except Empty:
            raise TimeoutError(f"no answer within {TIMEOUT} seconds") from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _fetch(self, query, answers, ends):
        # The operator sets the address, and `time_stamp_url` allows HTTP(S) only.
        request = urllib.request.Request(self._address, query, self._headers)  # noqa: S310 - see above
        try:
            with urllib.request.build_opener(_NoRedirect).open(request, timeout=TIMEOUT) as response:
                if (kind := response.headers.get_content_type()) != _REPLY:
                    raise ValueError(f"it answered with {kind}")
                answer = b""
                while (piece := response.read1(4096)) and len(answer) <= _LONGEST_ANSWER and monotonic() < ends:
                    answer += piece
            answers.put(answer)
        except Exception as problem:
            answers.put(problem)


def check_stamp(signed, digest):
    """Raise `ValueError` unless a stamp (CMS signed data) is of this digest and signed by its certificate."""
    content = signed["encap_content_info"]
    if content["content"].parsed["message_imprint"]["hashed_message"].native != digest:
        raise ValueError("the stamp is of something else")
    signer = extract_signer_info(signed)
    hashed = hashlib.new(signer["digest_algorithm"]["algorithm"].native, bytes(content["content"])).digest()
    certificate = extract_certs_for_validation(signed).signer_cert
    intact, valid = validate_sig_integrity(signer, certificate, "tst_info", hashed)
    if not (intact and valid):
        raise ValueError("the stamp is not signed by whom it names")


def request_test_stamp(address):
    with contextlib.suppress(TimeStampTooLongError):
        asyncio.run(authority_at(address).async_timestamp(hashlib.sha256().digest(), "sha256"))


@lru_cache(maxsize=4)
def authority_at(address):
    return Authority(address)
