"""The classes of a school: who is in them, who teaches them, and who may see them."""
