"""The rules of issuing: who has earned one, what is printed, correcting, annulling, how one stands."""
