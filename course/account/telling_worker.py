"""What came of a form that the worker sent for a page, told so that its script can read it.

A script sees nothing of a redirect that it does not follow: it could not tell «noted, go on» from «sign in first».
"""

from http import HTTPStatus

from django.http import HttpResponse

# On the request: the worker sent it. On the answer: what was in it is noted, or was answered in words; where it leads.
KEPT, DONE, TO = "X-Kept", "X-Done", "X-To"


class TellWorker:
    """Names the way on in a header in place of a redirect, and says whether the view got as far as noting the form.

    A view says so by `request.is_noted`; where a sign-in or a first step came before it, nobody does.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if KEPT not in request.headers or request.method != "POST":
            return response
        if address := response.headers.get("Location"):
            told = HttpResponse(status=HTTPStatus.NO_CONTENT, headers={TO: address})
            told.cookies = response.cookies
            response = told
        if getattr(request, "is_noted", False) and response.status_code < HTTPStatus.BAD_REQUEST:
            response[DONE] = "1"
        return response
