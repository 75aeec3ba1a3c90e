import pytest
from django import forms
from taggit.models import Tag

from quizzes.keys import ShortKeys, read_key


class TagsField(ShortKeys, forms.ModelMultipleChoiceField):
    pass


@pytest.mark.parametrize(
    ("text", "key"),
    [("7", 7), ("9" * 18, 10**18 - 1), ("9" * 19, None), ("9" * 5000, None), ("-7", None), ("٧", None), ("", None)],
)
def test_a_key_is_a_whole_number_that_a_database_holds(text, key):
    assert read_key(text) == key


@pytest.mark.parametrize("key", [10**30, "9" * 5000, "uno", -1])
def test_a_field_to_tick_refuses_what_is_the_key_of_nothing(db, key):
    tag = Tag.objects.create(name="urgente")
    field = TagsField(Tag.objects.all())
    assert list(field.clean([str(tag.pk)])) == [tag]
    with pytest.raises(forms.ValidationError):
        field.clean([str(tag.pk), key])
