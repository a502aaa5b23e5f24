"""How rooms meet: what each declares of itself, and what one app joins of it."""
