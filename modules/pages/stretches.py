"""A file given out whole, or the stretch of it that a player asks for: without reading more of it than that."""

import io
import re

from django.http import FileResponse, HttpResponse

# One stretch, as players ask for it: `bytes=0-`, `bytes=100-199` or the last `bytes=-500`.
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


class Stretch:
    """The part of an open file from `start` to `stop`, as a file of its own that begins with 0."""

    def __init__(self, file, start, stop):
        self.file, self.start, self.length = file, start, stop - start
        self.seek(0)

    def read(self, size=-1):
        left = self.length - self.tell()
        return self.file.read(left if size is None or size < 0 else max(0, min(size, left)))

    def tell(self):
        return self.file.tell() - self.start

    def seek(self, place, whence=io.SEEK_SET):
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self.tell(), io.SEEK_END: self.length}[whence]
        return self.file.seek(self.start + begin + place) - self.start

    def seekable(self):
        return True

    def close(self):
        self.file.close()


def give_stored(request, file, *, content_type, mark, length):
    """Answer with a file of the storage; `mark` changes with its content. Raises FileNotFoundError when it is gone."""
    storage = file.storage

    def stretch(start, stop):
        # Storage on another machine sends a part of a file; one that is opened is a file on this one.
        if hasattr(storage, "open_stretch"):
            return storage.open_stretch(file.name, start, stop)
        return Stretch(storage.open(file.name), start, stop)

    return give(request, stretch, length, content_type=content_type, mark=mark)


def give(request, stretch, length, *, content_type, mark=""):
    """Answer with `stretch(start, stop)`, an open file of what is asked for; who asks for nothing gets all."""
    tag = f'"{mark}"' if mark else ""
    asked = _asked(request.headers.get("Range", ""), length)
    if request.headers.get("If-Range", tag) != tag:
        # It has another file's beginning.
        asked = None
    part = range(length) if asked is None else asked
    headers = {"Accept-Ranges": "bytes", "Content-Disposition": "inline", "X-Content-Type-Options": "nosniff"}
    if tag:
        headers["ETag"] = tag
    if asked is not None:
        end = f"{part.start}-{part.stop - 1}" if part else "*"
        headers["Content-Range"] = f"bytes {end}/{length}"
    status = 200 if asked is None else 206 if part else 416
    if request.method == "HEAD" or not part:
        size = {"Content-Length": str(len(part))}
        return HttpResponse(status=status, content_type=content_type, headers=headers | size)
    return FileResponse(stretch(part.start, part.stop), status=status, content_type=content_type, headers=headers)


def _asked(header, length):
    """Return the `range` of bytes that a header asks for, an empty one where there is none, None for everything."""
    found = _RANGE.fullmatch(header.strip())
    if not found or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        return range(max(0, length - int(last)), length)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, length) if last else length)
