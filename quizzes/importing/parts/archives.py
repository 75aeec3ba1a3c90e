"""ZIP files as strangers send them: looked at as a whole before a byte of them is unpacked, and never onto the disk."""

from io import BytesIO
from pathlib import PurePosixPath
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _

from .reading import UnreadableFile

MOST_FILES = 2_000
# Of everything in it together, unpacked: five times the largest file that may come.
LARGEST = 100 * 1024 * 1024


def is_zip(content):
    """Say whether bytes begin as a ZIP file does."""
    return content[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def open_archive(content):
    """Return {name: a function that returns the bytes} of a ZIP file.

    Raises UnreadableFile for one that is damaged, locked, too large unpacked, has too many files, or names a file
    outside of itself.
    """
    try:
        archive = ZipFile(BytesIO(content))
        members = [member for member in archive.infolist() if not member.is_dir()]
    except (BadZipFile, NotImplementedError, OSError, ValueError, UnicodeDecodeError) as error:
        raise UnreadableFile(_("The ZIP file is damaged and can't be opened.")) from error
    if len(members) > MOST_FILES:
        raise UnreadableFile(
            _("The ZIP file has %(count)d files in it, and the limit is %(limit)d.")
            % {"count": len(members), "limit": MOST_FILES}
        )
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableFile(_("The ZIP file is locked with a password. Save it without one."))
    # The reader of Python stops at the size that is declared here, so none can turn out larger.
    if sum(member.file_size for member in members) > LARGEST:
        raise UnreadableFile(
            _("Unpacked, the file has more than %(limit)d MB. It is refused unread, for it could fill the server.")
            % {"limit": LARGEST // 1024**2}
        )
    for member in members:
        if not _stays_inside(member.filename):
            raise UnreadableFile(
                _("The ZIP file names a file outside of itself, «%(name)s». It is refused as a whole.")
                % {"name": member.filename[:80]}
            )
    return {member.filename: _reader(archive, member) for member in members}


def look_inside_workbook(members, *, largest, too_large):
    """Raise UnreadableFile for what no spreadsheet needs, or with `too_large` for over `largest` bytes unpacked."""
    size = 0
    for member, read_member in members.items():
        if not member.endswith((".xml", ".rels")):
            continue
        part = read_member()
        size += len(part)
        if size > largest:
            raise UnreadableFile(too_large)
        # None of the parts declares a document type; what does is an entity bomb or worse.
        plain = part.replace(b"\x00", b"")
        if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
            raise UnreadableFile(_("The spreadsheet declares a document type in its inside, which none needs."))


def _stays_inside(name):
    path = PurePosixPath(name.replace("\\", "/"))
    return not path.is_absolute() and ".." not in path.parts and ":" not in path.parts[0] and "\x00" not in name


def _reader(archive, member):
    def read():
        try:
            return archive.read(member)
        except Exception as error:
            # A damaged or unknown compression fails in many ways: zlib.error, EOFError, NotImplementedError…
            raise UnreadableFile(
                _("«%(name)s» in the ZIP file is damaged.") % {"name": PurePosixPath(member.filename).name[:80]}
            ) from error

    return read
