"""What a browser says of itself, in the few words that a person recognises a device by."""

from typing import NamedTuple

from course.models import Form

# The first that is found names it: most browsers say that they are Chrome and Safari too.
BROWSERS = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Opera Mini", "Opera Mini"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("MiuiBrowser/", "Mi Browser"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
]
SYSTEMS = [
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
]


class Device(NamedTuple):
    """Browser and system by their names, empty where they are not known, and the kind of device."""

    browser: str
    system: str
    form: str


def device_of(user_agent):
    """Return the `Device` behind what a browser sends with each request; it may say anything."""
    text = user_agent[:1000]
    system = _first(SYSTEMS, text)
    return Device(_first(BROWSERS, text), system, _form(system, text))


def _first(names, text):
    return next((name for part, name in names if part in text), "")


def _form(system, text):
    if system == "iPad" or (system == "Android" and "Mobile" not in text):
        return Form.TABLET
    if system in ("Android", "iPhone"):
        return Form.PHONE
    return Form.COMPUTER if system else Form.UNKNOWN
