"""ZIP files from strangers, checked before unpacking, never written to disk."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from django.utils.translation import gettext as _

from .reading import UnreadableFile

MOST_FILES = 2_000
# Unpacked in all.
LARGEST = 100 * 1024 * 1024


def is_zip(content):
    return content[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def open_archive(content):
    """Return {name: function that returns the bytes}; raises UnreadableFile for any unsafe archive."""
    try:
        archive = ZipFile(BytesIO(content))
        members = [member for member in archive.infolist() if not member.is_dir()]
    except (BadZipFile, NotImplementedError, OSError, ValueError, UnicodeDecodeError) as error:
        raise UnreadableFile(_("The ZIP file is damaged and can’t be opened.")) from error
    if len(members) > MOST_FILES:
        raise UnreadableFile(
            _("The ZIP file has %(count)d files in it, and the limit is %(limit)d.")
            % {"count": len(members), "limit": MOST_FILES}
        )
    if any(member.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for member in members):
        raise UnreadableFile(_("The ZIP file is packed in an unusual way. Pack it anew as an ordinary ZIP file."))
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableFile(_("The ZIP file is locked with a password. Save it without one."))
    # zipfile stops at the declared size, so no member can turn out larger.
    if sum(member.file_size for member in members) > LARGEST:
        raise UnreadableFile(
            _("Unpacked, the file has more than %(limit)d MB, so it was not read. Bring it in parts.")
            % {"limit": LARGEST // 1024**2}
        )
    for member in members:
        if not _stays_inside(member.filename):
            raise UnreadableFile(
                _("The ZIP file names a file outside of itself, “%(name)s”. It is refused as a whole.")
                % {"name": member.filename[:80]}
            )
    return {member.filename: _Member(archive, member) for member in members}


def look_inside_workbook(members, *, largest, too_large):
    """Raise UnreadableFile for parts that no spreadsheet needs, or over `largest` bytes in all."""
    if sum(read_member.size for read_member in members.values()) > largest:
        raise UnreadableFile(too_large)
    for read_member in members.values():
        # A document type in a workbook is an entity bomb or worse.
        plain = read_member().replace(b"\x00", b"")
        if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
            raise UnreadableFile(_("The spreadsheet declares a document type in its inside, which none needs."))


def _stays_inside(name):
    path = PurePosixPath(name.replace("\\", "/"))
    return not path.is_absolute() and ".." not in path.parts and ":" not in path.parts[0] and "\x00" not in name


@dataclass(frozen=True)
class _Member:
    archive: ZipFile
    member: ZipInfo

    @property
    def size(self):
        return self.member.file_size

    def __call__(self):
        try:
            return self.archive.read(self.member)
        except MemoryError:
            raise
        except Exception as error:
            # Damaged data raises zlib.error, EOFError, BadZipFile…
            name = PurePosixPath(self.member.filename).name[:80]
            raise UnreadableFile(_("“%(name)s” in the ZIP file is damaged.") % {"name": name}) from error
