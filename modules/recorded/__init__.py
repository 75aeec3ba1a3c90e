"""Files of sound and film: what they are, how long, and the same without who, where and with what they were made.

Each format is walked from its first byte to its last: what the format does not name is refused or blanked, so that no
other file hides beside what plays. Nothing is decoded and nothing encoded anew: what one hears and sees stays as it was
brought.
"""
