"""Client situations: what a case is made of, the ways through it, and the kinds of answer."""
