"""The images of the old site: from its media folder, or from a ZIP of it. Nothing outside of either is read."""

from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _

from quizzes.importing.parts.archives import is_zip, open_archive
from quizzes.importing.parts.images import LARGEST_BYTES, find_image_problem
from quizzes.importing.parts.reading import ReadImage, UnreadableFile

_LARGEST_ZIP = 100 * 1024 * 1024


def open_media(path):
    """Return a function that finds the bytes of an image by its name in the dump; raises UnreadableFile.

    The function returns None for one that is not there, and for every name that leads out of the folder.
    """
    path = Path(path)
    if path.is_dir():
        return _Folder(path)
    try:
        if path.stat().st_size > _LARGEST_ZIP:
            raise UnreadableFile(
                _("The ZIP of images has more than %(limit)d MB. Unpack it, and name the folder instead.")
                % {"limit": _LARGEST_ZIP // 1024**2}
            )
        content = path.read_bytes()
    except (OSError, ValueError):
        raise UnreadableFile(_("There is no folder and no ZIP of images “%(path)s”.") % {"path": path}) from None
    if not is_zip(content):
        raise UnreadableFile(_("“%(path)s” is neither a folder nor a ZIP of images.") % {"path": path})
    return _Archive(open_archive(content))


class _Folder:
    def __init__(self, root):
        self.root = root.resolve()

    def __call__(self, name):
        try:
            # A link inside of the folder may lead out of it as well as the name.
            path = (self.root / name).resolve()
            if not path.is_relative_to(self.root) or not path.is_file() or path.stat().st_size > LARGEST_BYTES:
                return None
            return path.read_bytes()
        except (OSError, ValueError):
            return None


class _Archive:
    def __init__(self, files):
        self.files = files

    def __call__(self, name):
        wanted = PurePosixPath(name)
        # Whoever packed it may have packed the folder «media» or what is in it.
        for known, read in self.files.items():
            if wanted.name and PurePosixPath(known).parts[-len(wanted.parts) :] == wanted.parts:
                return read()
        return None


def add_images(site, find):
    """Give the questions of an OldSite their images; what is missing or no image stays a warning. Return how many."""
    added = 0
    for old, warning in site.figures:
        content = find(old.figure)
        if content is None:
            continue
        image = ReadImage(old.figure, content)
        site.warnings.remove(warning)
        if sentence := find_image_problem(image):
            site.warnings.append(old.read.problem(sentence))
            continue
        old.read.image = image
        site.warnings.append(
            old.read.problem(
                _("Nobody described its image: write what it shows, then publish. Until then it is a draft.")
            )
        )
        added += 1
    return added
