"""Words that ask, thank, offer or leave it open, in Spanish and in English. Pure."""

import re

_COURTESIES = {
    "es": re.compile(
        r"\b(?:por favor|gracias|con gusto|a solas|le parece|si quiere|quizás?|puede\w*|según|igual)\b"
        r"|\b(?:respet|acept|explic|ofre[cz]|pregunt|acompañ)\w*|\?",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"\b(?:please|thanks?|thank you|gladly|(?:in )?private(?:ly)?|would you like|if (?:she|he|they|you)(?:[’']d)?"
        r" (?:wants?|wish(?:es)?|likes?|prefers?|agrees?)|maybe|perhaps|might|may|can|could|depending|alike|equally)\b"
        r"|\b(?:respect|accept|expla(?:in|nation)|offer|ask|accompan)\w*|\?",
        re.IGNORECASE,
    ),
}


def count_courtesies(text, language="es"):
    """Return how often a text asks, thanks, offers or leaves it open: por favor, quizá, pregunta, «?»…"""
    return len(_COURTESIES[language].findall(text)) if language in _COURTESIES else 0
