"""Pages about one certificate: for whoever has its code, and for nobody who searches."""


def not_to_be_found(response):
    """Keep the page out of search engines and of caches that people share."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "private, no-store"
    return response
