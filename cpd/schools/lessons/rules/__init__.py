"""What a lesson decides by itself: its codes, and how its answers are counted."""
