"""How a person wants the pages to look: size of the letters, theme, contrast, movement.

It is kept with the account, so that it follows from the shared computer to the phone; of a visitor, in a cookie that
lasts until the browser is closed or somebody signs out.
"""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from course.privacy import LOOK_COOKIE

from .views import page_of_form

SIZES = [
    ("100", gettext_lazy("Normal")),
    ("115", gettext_lazy("Large")),
    ("130", gettext_lazy("Larger")),
    ("150", gettext_lazy("Very large")),
]
THEMES = [("", gettext_lazy("As the device")), ("light", gettext_lazy("Light")), ("dark", gettext_lazy("Dark"))]


@dataclass(frozen=True)
class Comfort:
    """What was chosen; written down as the classes of the `html` element, such as `size-130 theme-dark contrast`."""

    size: str = "100"
    theme: str = ""
    contrast: bool = False
    still: bool = False

    @classmethod
    def read(cls, written):
        """Return what was written down; what is not ours, such as a cookie made by hand, is left out."""
        words = set(written.split())
        return cls(
            size=next((size for size, _name in SIZES if f"size-{size}" in words), "100"),
            theme=next((theme for theme, _name in THEMES if theme and f"theme-{theme}" in words), ""),
            contrast="contrast" in words,
            still="still" in words,
        )

    @property
    def classes(self):
        theme = f"theme-{self.theme}" if self.theme else ""
        words = [f"size-{self.size}", theme, "contrast" if self.contrast else "", "still" if self.still else ""]
        return " ".join(filter(None, words))


class ComfortForm(forms.Form):
    """The choices of the panel."""

    size = forms.ChoiceField(label=gettext_lazy("Size of the letters"), choices=SIZES, widget=forms.RadioSelect)
    theme = forms.ChoiceField(label=gettext_lazy("Colours"), choices=THEMES, required=False, widget=forms.RadioSelect)
    contrast = forms.BooleanField(label=gettext_lazy("High contrast"), required=False)
    still = forms.BooleanField(label=gettext_lazy("Without movement"), required=False)


def comfort_of(request):
    """Return the `Comfort` of whoever looks: the person's own, else what the browser's visitor chose."""
    person = getattr(request, "user", None)
    own = person.comfort if person is not None and person.is_authenticated else ""
    return Comfort.read(own or request.COOKIES.get(LOOK_COOKIE, "")[:100])


def page_context(request):
    """What the frame of every page needs to look as chosen from its first byte."""
    return {"comfort": comfort_of(request)}


def keep_comfort(request, response, comfort):
    """Keep the choice with the person's account, or in the visitor's browser."""
    if request.user.is_authenticated:
        request.user.comfort = comfort.classes
        request.user.save(update_fields=["comfort"])
    else:
        response.set_cookie(LOOK_COOKIE, comfort.classes, httponly=True, samesite="Lax", secure=request.is_secure())


@never_cache
def show_comfort(request):
    """The page of the panel; script fetches its form and sends it at every change."""
    if request.method != "POST":
        form = ComfortForm(initial=vars(comfort_of(request)))
        return render(request, "comfort.html", {"form": form, "next": page_of_form(request)})
    there = request.POST.get("next", "")
    there = there if url_has_allowed_host_and_scheme(there, None) else "my_course"
    form = ComfortForm(request.POST)
    if not form.is_valid():
        return render(request, "comfort.html", {"form": form, "next": there}, status=400)
    at_once = request.headers.get("Accept", "").startswith("application/json")
    response = HttpResponse(status=204) if at_once else redirect(there)
    keep_comfort(request, response, Comfort(**form.cleaned_data))
    if not at_once:
        messages.success(request, _("The pages now look as you chose."))
    return response
