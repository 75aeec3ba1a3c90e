"""Cards with which people sign in for the first time: a code, a one-time PIN and a QR."""
