"""What a browser says of itself, in the few words by which a person recognises a device."""

import pytest

from course.people.browsers import device_of

CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (f"Mozilla/5.0 (Linux; Android 13; SM-A135M) {CHROME} Mobile Safari/537.36", ("Chrome", "Android", "phone")),
        (f"Mozilla/5.0 (Linux; Android 13; SM-X200) {CHROME} Safari/537.36", ("Chrome", "Android", "tablet")),
        (
            f"Mozilla/5.0 (Linux; Android 10; SM-A107M) SamsungBrowser/27.0 {CHROME} Mobile Safari/537.36",
            ("Samsung Internet", "Android", "phone"),
        ),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36", ("Chrome", "Windows", "computer")),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/131.0.0.0",
            ("Edge", "Windows", "computer"),
        ),
        (
            "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
            ("Firefox", "Linux", "computer"),
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1",
            ("Safari", "iPhone", "phone"),
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.1 Safari/605.1.15",
            ("Safari", "Mac", "computer"),
        ),
        ("Opera/9.80 (Android; Opera Mini/36.2/191.249; U; es) Presto/2.12", ("Opera Mini", "Android", "tablet")),
        ("curl/8.5.0", ("", "", "")),
        ("", ("", "", "")),
        ("<script>" * 1000 + "Firefox/1", ("", "", "")),
    ],
)
def test_it_is_said_in_three_words_and_never_as_it_was_sent(said, words):
    assert device_of(said) == words
