"""How a thing is shown is known above its model: a view says beside itself what it shows, and the model asks here."""

_views = {}


def shows(model, how="page"):
    """Let the function below show things of this model: as a page, as a preview, on paper."""

    def keep(view):
        _views[model, how] = view
        return view

    return keep


def view_of(thing, how="page"):
    """Return the function that shows a thing. Raises KeyError for what nothing shows in this way."""
    return _views[type(thing), how]
