"""The rules about people and groups: who is where, who may what, coming, leaving, PINs, roles, and the log of it."""
