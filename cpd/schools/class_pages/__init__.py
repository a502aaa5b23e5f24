"""The pages of classes: making, renaming and archiving one, and who is in it."""
