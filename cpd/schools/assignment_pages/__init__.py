"""The pages of assignments: giving, changing, copying and canceling one, and what is due."""
