"""Boards: how far classes are, and which safety topics need practice."""
