"""Every kind of answer there is; a new one is a folder and a line here."""

from collections.abc import Mapping

from cpd.cases.kinds import decision, multiple, single
from cpd.cases.kinds.kind import Kind

KINDS: Mapping[str, Kind] = {
    decision.name: decision,
    single.name: single,
    multiple.name: multiple,
}
