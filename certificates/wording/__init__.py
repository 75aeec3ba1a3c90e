"""What may stand on a certificate and how it is written: names, claims, fields, codes, words."""
