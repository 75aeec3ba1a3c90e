"""Facts about the site itself, each looked at by one function, and what follows from them: it refuses, or says it."""
