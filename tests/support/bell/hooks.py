"""What this room asks higher rooms; here it answers itself."""

from cpd.joints.questions import Question, Slot

who_rings: Question[[str], str] = Question("bell.who_rings")
"""Who is at a bell."""

echoes: Slot[[str], str] = Slot()
"""What a bell returns."""
