"""The named people, the same in every test; `template.fill` makes their accounts."""

from dataclasses import dataclass

from tests.support.visitor import Visitor

PASSWORD = "a long walk before breakfast"
"""Everyone's password: at least 15 characters, and not on the list of common ones."""


@dataclass(frozen=True)
class Person:
    """A person whom the tests know by name."""

    name: str
    full_name: str
    is_about: str

    @property
    def email(self) -> str:
        """Their address."""
        return f"{self.name}@example.org"


MAYA = Person("maya", "Maya Okafor", "therapist, learns")
OMAR = Person("omar", "Omar Haddad", "coordinates a school")
ADA = Person("ada", "Ada Lindqvist", "writes cases")
RAVI = Person("ravi", "Ravi Menon", "reviews cases")
ZOE = Person("zoe", "Zoë Marsh", "belongs nowhere")
INES = Person("ines", "Inês Duarte", "administers the installation")
EVERYBODY = (MAYA, OMAR, ADA, RAVI, ZOE, INES)


def sign_in(visitor: Visitor, person: Person) -> Visitor:
    """Sign a person in through the real form, and return their visitor."""
    visitor.get("/sign-in")
    visitor.submit({"email": person.email, "password": PASSWORD}, action="/sign-in")
    return visitor
