"""A page to download that checks certificates without this site, with its public keys inside."""
