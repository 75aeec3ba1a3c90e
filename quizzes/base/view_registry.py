"""Registry from model to view, so that models need not import views."""

_views = {}


def serves(model, how="page"):
    """Register the view of a model: `how` is "page", "preview", "printed" or "below"."""

    def register(view):
        _views[model, how] = view
        return view

    return register


def get_view(instance, how="page"):
    return _views[type(instance), how]
