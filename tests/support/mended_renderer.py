"""The renderer of a later release, whose sanitizer no longer allows paragraphs."""

from cpd.content import sanitize
from cpd.content.renderer_process import main

sanitize.TAGS.remove("p")

if __name__ == "__main__":
    main()
