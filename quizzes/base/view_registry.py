"""Registry from model to view, so that models need not import views."""

_views = {}


def serves(model, how="page"):
    """Register the decorated function as the view of a model: `how` is "page", "preview", "printed" or "below"."""

    def register(view):
        _views[model, how] = view
        return view

    return register


def get_view(instance, how="page"):
    """Return the registered view of an instance; raises KeyError."""
    return _views[type(instance), how]
