"""How questions do: counted answers, indices and their report, from ten people up."""
