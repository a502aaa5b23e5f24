"""Rules of authoring: pure."""
