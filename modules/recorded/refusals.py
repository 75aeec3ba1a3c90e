"""What a file of sound or film is refused for, in sentences that say what to do."""

from django.utils.translation import gettext as _

# What the sentences tell to type: the first makes a recording, the second the same as MP3, the third a film.
MAKE_OPUS = "ffmpeg -i FILE -map 0:a:0 -map_metadata -1 -ac 1 -c:a libopus -b:a 24k new.opus"
MAKE_FILM = (
    "ffmpeg -i FILE -map 0:v:0 -map 0:a:0? -map_metadata -1 -c:v libx264 -pix_fmt yuv420p -crf 28 -c:a aac -ac 1"
    " -b:a 64k -movflags +faststart new.mp4"
)


class UnusableRecording(ValueError):
    """The file can't be heard or seen everywhere, or holds what it should not; `str(error)` says so."""


def damaged():
    """Return the refusal of a file that is cut off or broken."""
    return UnusableRecording(
        _("The file is damaged or cut off. Copy it from the device once more, or save it anew, and bring it again.")
    )


def no_sound():
    """Return the refusal of what is neither Opus nor MP3."""
    return UnusableRecording(
        _("This is neither Opus (in Ogg) nor MP3. Save it as one of them, such as with: %(command)s")
        % {"command": MAKE_OPUS}
    )


def no_film():
    """Return the refusal of what is neither MP4 nor WebM."""
    return UnusableRecording(
        _("This is neither an MP4 nor a WebM film. Save it as MP4, such as with: %(command)s") % {"command": MAKE_FILM}
    )


def other_picture(name):
    """Return the refusal of a picture or a sound that many browsers do not play, such as HEVC."""
    return UnusableRecording(
        _("Many telephones do not play what is in it (%(name)s). Save it with H.264 and AAC, such as with: %(command)s")
        % {"name": name, "command": MAKE_FILM}
    )


def holds_more():
    """Return the refusal of tracks beside one picture and one sound: where the camera was, what it measured."""
    return UnusableRecording(
        _(
            "Beside picture and sound it holds more, such as where the camera was. Take that out, such as with:"
            " %(command)s"
        )
        % {"command": MAKE_FILM}
    )


def without_length():
    """Return the refusal of a film that was written while it was filmed, and in which nobody can seek."""
    return UnusableRecording(
        _("The film does not say how long it is, so nobody can move forward in it. Save it anew: %(command)s")
        % {"command": "ffmpeg -i FILE -c copy -map_metadata -1 new.webm"}
    )


def too_long():
    """Return the refusal of what says that it lasts hours."""
    return UnusableRecording(_("It lasts more than an hour. A lesson takes minutes: bring the part that it needs."))


def too_wide(most):
    """Return the refusal of a film with more dots than telephones show."""
    return UnusableRecording(
        _("Its picture is wider or higher than %(most)d dots, or has none. Make it smaller, such as with: %(command)s")
        % {"most": most, "command": MAKE_FILM.replace("-c:v", "-vf scale=1280:-2 -c:v", 1)}
    )
