"""Photographs, recordings and films as files: read once for every language, and put into the CMS."""

import hashlib

from django.utils.translation import gettext as _

from modules.content.declarations.media import FILE, MEDIA_LISTS
from modules.content.declarations.shapes import WRONG, ListOf

from .reports import Report, nodes_in

FILE_KEYS = ("file", "opus", "mp3", "captions")


def read_media(folder, findings):
    """Return ({"photos.yaml": entries …}, {name of a file: its path}), and tell the Findings what is wrong.

    An entry has the digest of each of its files beside it: a name stays when somebody puts another file there.
    """
    lists, files = {}, {}
    for path in sorted(folder.glob("*")):
        report = Report(f"{folder.parent.name}/{folder.name}/{path.name}", findings)
        if path.name in MEDIA_LISTS:
            kind, shape = MEDIA_LISTS[path.name]
            node = nodes_in(path, report)
            value = WRONG if node is None else ListOf(shape, least=0).read(node, report)
            if value is WRONG:
                findings.unread.add(kind)
            else:
                lists[path.name] = value
        elif not FILE.fullmatch(path.name) or not path.is_file():
            report.add(0, _("Call it by small letters, digits and hyphens, such as ventanilla.jpg or saludo.opus."))
        else:
            report.define("medium", path.name, 0)
            files[path.name] = path
    for entry in [entry for entries in lists.values() for entry in entries]:
        named = [entry[key] for key in FILE_KEYS if entry.get(key) in files]
        entry["digests"] = [hashlib.sha256(files[name].read_bytes()).hexdigest() for name in named]
    return lists, files
