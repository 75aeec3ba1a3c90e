"""Spanish order for people's names, as a stored key, so that every database sorts alike."""

import unicodedata


def spanish_key(text):
    """Return `text` as letters that sort in Spanish order byte by byte (ñ as n followed by «~»)."""
    plain = []
    for letter in unicodedata.normalize("NFC", text).casefold():
        if letter == "ñ":
            plain.append("n~")
            continue
        base = unicodedata.normalize("NFD", letter)
        plain.append("".join(c for c in base if not unicodedata.combining(c)))
    words = "".join(c if c.isalnum() or c == "~" else " " for c in "".join(plain)).split()
    return " ".join(words)


def plain_words(text):
    """Return the words of `text` as somebody types them who has neither accents nor ñ."""
    return words_of_key(spanish_key(text))


def words_of_key(key):
    """Return the same of a stored key."""
    return key.replace("~", "").replace(",", " ").split()


def name_sort_key(given_names, surnames):
    """Return the stored key of a person: surnames first, then given names («de la Cruz» sorts under D)."""
    return f"{spanish_key(surnames)}, {spanish_key(given_names)}"[:320]
