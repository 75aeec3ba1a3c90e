#!/usr/bin/python3
"""A browser of one window on WebKit for GTK that may be told what to do and keeps its profile in a folder.

WebKit's own MiniBrowser forgets everything while it is told what to do, so it cannot be killed and started again.
Without a folder it says its version. It runs by Debian's Python, which has the libraries.
"""

import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gtk, WebKit2  # noqa: E402


def show(profile):
    manager = WebKit2.WebsiteDataManager(base_data_directory=f"{profile}/data", base_cache_directory=f"{profile}/cache")
    context = WebKit2.WebContext.new_with_website_data_manager(manager)
    context.set_preferred_languages(["es-GT"])
    as_file = WebKit2.CookiePersistentStorage.SQLITE
    context.get_cookie_manager().set_persistent_storage(f"{profile}/cookies.sqlite", as_file)
    context.set_automation_allowed(True)
    view = WebKit2.WebView(web_context=context, is_controlled_by_automation=True)

    def begin(_context, session):
        session.set_application_info(WebKit2.ApplicationInfo())
        session.connect("create-web-view", lambda _session: view)

    context.connect("automation-started", begin)
    window = Gtk.Window(default_width=800, default_height=900)
    window.add(view)
    window.connect("destroy", Gtk.main_quit)
    window.show_all()
    Gtk.main()


if len(sys.argv) > 1:
    show(sys.argv[1])
elif not Gtk.init_check()[0]:
    sys.exit("no screen")
else:
    print(f"WebKitGTK {WebKit2.get_major_version()}.{WebKit2.get_minor_version()}.{WebKit2.get_micro_version()}")
