"""The act that takes two people; pure."""
