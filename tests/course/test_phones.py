"""Phone numbers as people write them, kept as E.164."""

import pytest

from course.people.phones import NotAPhone, phone_in_words, read_phone, wa_me


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("5555 1234", "+50255551234"),
        ("5555-1234", "+50255551234"),
        ("(502) 5555-1234", "+50255551234"),
        ("+502 5555 1234", "+50255551234"),
        ("00502 55551234", "+50255551234"),
        ("50255551234", "+50255551234"),
        ("+52 963 123 4567", "+529631234567"),
        ("５５５５１２３４", "+50255551234"),
        ("5555\u00a01234", "+50255551234"),
    ],
)
def test_a_number_is_read(text, phone):
    assert read_phone(text) == phone
    assert read_phone(phone) == phone


@pytest.mark.parametrize(
    "text",
    [
        "",
        "555 123",
        "5555 1234 ext 3",
        "no tiene",
        "+502 5555 12345",
        "555512345",
        "+0123456789",
        "5555+1234",
        "½",
        "٥٥٥٥١٢٣٤",
        "５５５５１２３４５",
    ],
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(NotAPhone):
        read_phone(text)


def test_a_kept_number_is_said_and_opens_a_chat():
    assert phone_in_words("+50255551234") == "5555 1234"
    assert phone_in_words("+529631234567") == "+529631234567"
    assert wa_me("+50255551234") == "https://wa.me/50255551234"
