"""User codes: three letters and three digits that nobody mistakes for one another, and that spell nothing."""

# Without B, G, I, L, O, Q, S, Z, which look like digits, without 0 and 1, and without vowels.
LETTERS, DIGITS = "CDFHJKMNPRTVWXY", "23456789"
# What people would read into three consonants.
_READ_AS_WORDS = ("HDP", "HP", "PT", "CTM", "MRD", "VH", "TRN")


def new_code(chance):
    """Return a user code; `chance` is a source such as `secrets.SystemRandom()`."""
    while True:
        letters = "".join(chance.choice(LETTERS) for _ in range(3))
        if not any(word in letters for word in _READ_AS_WORDS):
            return letters + "".join(chance.choice(DIGITS) for _ in range(3))


def new_codes(count, *, taken, chance):
    """Return so many different codes that are not among `taken`, in the order in which chance gives them."""
    # A dict, for a set would give another order in another process.
    codes = {}
    while len(codes) < count:
        if (code := new_code(chance)) not in taken:
            codes[code] = True
    return list(codes)
