"""Time stamps (RFC 3161): an authority elsewhere signs when the seal was there, so that it outlives its certificate.

Nobody waits long for the authority: for one certificate it has `PATIENCE` seconds, where it is asked twice too, and
after a failure it is left alone for `REST` seconds by this process. What it answers is looked at before it goes into a
file: it must be signed, and of this very seal.
"""

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

PATIENCE = 4
REST = 60
# Stamps have three to eight kilobytes, with the certificates of who signs them.
_USUAL_LENGTH, _LONGEST_ANSWER = 8192, 65536
_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"


class NoStamp(Exception):
    """The authority gave no stamp that can be used; the message says why."""


class StampTooLong(Exception):
    """The stamp has more bytes than were kept free for it; from now on there is room."""


# When this thread's certificate stops waiting, while `waiting_once` says so: the clock of `monotonic`.
_waits_until = ContextVar("_waits_until", default=None)


@contextlib.contextmanager
def waiting_once():
    """Within it all questions together wait no longer than one."""
    token = _waits_until.set(monotonic() + PATIENCE)
    try:
        yield
    finally:
        _waits_until.reset(token)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args, **_kwargs):
        return None


class Authority(TimeStamper):
    """The authority at an address, as pyHanko asks for it: one in a process, as it remembers how it answered."""

    def __init__(self, address):
        super().__init__()
        parts = urlsplit(address)
        self._headers = {"Content-Type": _QUERY, "Accept": _REPLY}
        if parts.username:
            secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers["Authorization"] = f"Basic {base64.b64encode(secret.encode()).decode()}"
        self._address = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        self._rests_until = 0.0
        # Bytes that a stamp may have.
        self.room = _USUAL_LENGTH

    async def async_timestamp(self, message_digest, md_algorithm):
        """Return the stamp of a digest. Raises `NoStamp` or `StampTooLong`."""
        if monotonic() < self._rests_until:
            raise NoStamp(
                format_lazy(
                    _("It did not answer a moment ago, and is asked again after {seconds} seconds."), seconds=REST
                )
            )
        try:
            stamp = await super().async_timestamp(message_digest, md_algorithm)
            check_stamp(stamp["content"], message_digest)
        except Exception as problem:
            # Whatever it answered, or did not: nobody is kept from a certificate.
            self._rests_until = monotonic() + REST
            raise NoStamp(str(problem) or type(problem).__name__) from problem
        length = len(stamp.dump())
        if length > self.room:
            self.room = length + 512
            raise StampTooLong("the stamp is longer each time")
        return stamp

    async def async_request_tsa_response(self, req):
        return tsp.TimeStampResp.load(self._answer_to(req.dump()), strict=True)

    def _answer_to(self, query):
        """Return what is answered, waiting for it no longer than `PATIENCE`, whatever the network does."""
        ends = _waits_until.get() or monotonic() + PATIENCE
        answers = SimpleQueue()
        # A name that nobody resolves blocks a thread for as long as the system likes.
        threading.Thread(target=self._fetch, args=(query, answers, ends), daemon=True).start()
        try:
            answer = answers.get(timeout=max(0, ends - monotonic()))
        except Empty:
            raise TimeoutError(f"no answer within {PATIENCE} seconds") from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _fetch(self, query, answers, ends):
        # Nobody but the operator names the address, and `sealing.stamping_address` takes HTTP alone.
        request = urllib.request.Request(self._address, query, self._headers)  # noqa: S310 - see above
        try:
            with urllib.request.build_opener(_NoRedirect).open(request, timeout=PATIENCE) as response:
                if (kind := response.headers.get_content_type()) != _REPLY:
                    raise ValueError(f"it answered with {kind}")
                answer = b""
                while (piece := response.read1(4096)) and len(answer) <= _LONGEST_ANSWER and monotonic() < ends:
                    answer += piece
            answers.put(answer)
        except Exception as problem:
            answers.put(problem)


def check_stamp(signed, digest):
    """Raise `ValueError` unless a stamp (CMS signed data) is of this digest, whole, and signed by whom it brings along.

    Whether that certificate is to be trusted is for whoever reads the file: they know whom they trust.
    """
    told = signed["encap_content_info"]
    if told["content"].parsed["message_imprint"]["hashed_message"].native != digest:
        raise ValueError("the stamp is of something else")
    signer = extract_signer_info(signed)
    hashed = hashlib.new(signer["digest_algorithm"]["algorithm"].native, bytes(told["content"])).digest()
    certificate = extract_certs_for_validation(signed).signer_cert
    intact, valid = validate_sig_integrity(signer, certificate, "tst_info", hashed)
    if not (intact and valid):
        raise ValueError("the stamp is not signed by whom it names")


def try_out(address):
    """Ask the authority at an address for a stamp of nothing in particular. Raises `NoStamp`."""
    with contextlib.suppress(StampTooLong):
        asyncio.run(authority_at(address).async_timestamp(hashlib.sha256().digest(), "sha256"))


@lru_cache(maxsize=4)
def authority_at(address):
    """Return the `Authority` at an address that `sealing.stamping_address` returned."""
    return Authority(address)
