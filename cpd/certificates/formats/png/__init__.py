"""The certificate as a picture."""
