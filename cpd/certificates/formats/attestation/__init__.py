"""The letter that some employers and boards want with a certificate."""
