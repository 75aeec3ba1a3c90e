"""Requests, counted: by the name of the page, by reading or writing, by the kind of answer, and how long they took.

Never by address, person or path. Nothing is counted, and nothing imported for it, unless METRICS_PORT is set.
"""

import time

# Of a page that is read on a cheap phone, up to the limit at which a process is ended.
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_READING, _WRITING = {"GET", "HEAD", "OPTIONS"}, {"POST", "PUT", "PATCH", "DELETE"}


class Counts:
    """What is counted, as `prometheus_client` keeps it: in a file of each process, for any of them to add up."""

    def __init__(self):
        from prometheus_client import Counter, Histogram  # noqa: PLC0415 - a clinic never uses it

        self.requests = Counter(
            "trato_digno_requests", "Requests, by page, method and answer.", ["view", "method", "status"]
        )
        self.seconds = Histogram(
            "trato_digno_request_duration_seconds", "How long pages took.", ["view"], buckets=_SECONDS
        )

    def add(self, request, response, seconds):
        view = request.resolver_match.view_name if request.resolver_match else "none"
        self.requests.labels(view, _kind_of(request.method), f"{response.status_code // 100}xx").inc()
        self.seconds.labels(view).observe(seconds)


def _kind_of(method):
    return "read" if method in _READING else "write" if method in _WRITING else "other"


class CountRequests:
    """Counts in a process that was told to: see `exporting`."""

    counts = None

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        began = time.perf_counter()
        response = self.get_response(request)
        if counts := CountRequests.counts:
            counts.add(request, response, time.perf_counter() - began)
        return response
