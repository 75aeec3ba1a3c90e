"""The kinds of files that are taken, as browsers and players name them."""

OPUS_TYPE, OGG_TYPE, MP3_TYPE = "audio/ogg; codecs=opus", "audio/ogg", "audio/mpeg"
MP4_TYPE, WEBM_TYPE = "video/mp4", "video/webm"
ENDINGS = {OPUS_TYPE: "opus", OGG_TYPE: "ogg", MP3_TYPE: "mp3", MP4_TYPE: "mp4", WEBM_TYPE: "webm"}
