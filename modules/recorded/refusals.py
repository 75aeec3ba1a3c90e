"""Messages of refused sound and video files."""

from django.utils.translation import gettext as _

# ffmpeg commands: a recording, the same as MP3, a film.
MAKE_OPUS = "ffmpeg -i FILE -map 0:a:0 -map_metadata -1 -ac 1 -c:a libopus -b:a 24k new.opus"
MAKE_FILM = (
    "ffmpeg -i FILE -map 0:v:0 -map 0:a:0? -map_metadata -1 -c:v libx264 -pix_fmt yuv420p -crf 28 -c:a aac -ac 1"
    " -b:a 64k -movflags +faststart new.mp4"
)


class UnusableRecording(ValueError):
    """The file cannot be played everywhere, or contains metadata; `str(error)` says so."""


def damaged():
    return UnusableRecording(
        _("The file is damaged or cut off. Copy it from the device once more, or save it anew, and bring it again.")
    )


def no_sound():
    return UnusableRecording(
        _("This is neither Opus (in Ogg) nor MP3. Save it as one of them, such as with: %(command)s")
        % {"command": MAKE_OPUS}
    )


def no_film():
    return UnusableRecording(
        _("This is neither an MP4 nor a WebM film. Save it as MP4, such as with: %(command)s") % {"command": MAKE_FILM}
    )


def other_picture(name):
    return UnusableRecording(
        _("Many telephones do not play what is in it (%(name)s). Save it with H.264 and AAC, such as with: %(command)s")
        % {"name": name, "command": MAKE_FILM}
    )


def holds_more():
    return UnusableRecording(
        _(
            "Beside picture and sound it holds more, such as where the camera was. Take that out, such as with:"
            " %(command)s"
        )
        % {"command": MAKE_FILM}
    )


def without_length():
    return UnusableRecording(
        _("The film does not say how long it is, so nobody can move forward in it. Save it anew: %(command)s")
        % {"command": "ffmpeg -i FILE -c copy -map_metadata -1 new.webm"}
    )


def too_long():
    return UnusableRecording(_("It lasts more than an hour. A lesson takes minutes: bring the part that it needs."))


def too_wide(most):
    return UnusableRecording(
        _("Its picture is wider or higher than %(most)d dots, or has none. Make it smaller, such as with: %(command)s")
        % {"most": most, "command": MAKE_FILM.replace("-c:v", "-vf scale=1280:-2 -c:v", 1)}
    )
