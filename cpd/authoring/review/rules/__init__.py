"""What a review is about, and when a draft is approved."""
