"""Metrics of requests by view name, method and status: no address, person or path."""

import time

from django.utils.deprecation import MiddlewareMixin

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_READING, _WRITING = {"GET", "HEAD", "OPTIONS"}, {"POST", "PUT", "PATCH", "DELETE"}


class Counts:
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


class CountRequests(MiddlewareMixin):
    counts = None

    def __call__(self, request):
        began = time.perf_counter()
        response = self.get_response(request)
        if counts := CountRequests.counts:
            counts.add(request, response, time.perf_counter() - began)
        return response
