"""Case files as people write them: every kind of step, and every way in which YAML lets one write.

Some values are missing, empty or of the wrong type, as they are while somebody writes.
"""

import json
from itertools import count
from random import Random
from typing import Any

from cpd.content.frontmatter import FrontMatter, parse_front_matter

_PIECES = (
    *("She", "calls", "again", "today", "“no pain”", "it's", "a - b", "1.", "yes", "é ü", "5 %"),
    *(
        "a: b",
        "# not",
        "[@keller-2019]",
        "**so**",
        "{x}",
        "\\n",
        '"q"',
        "100",
        "&",
        "*",
        "漢字",
        "🙂",
    ),
    *("- item", "> said", "| row", "!tag", "@home", "`code`", "---", "true", "null", "2026-11-30"),
)
_OPTIONS = ("proceed", "modify", "postpone", "same_day", "emergency")
_COMMENT = "# A note: “why” it's so."


def write_odd_case(random: Random) -> str:
    """Return the text of a case whose values are written in many ways; its keys can be read."""
    writer = _Writer(random)
    texts = (writer.write_case() for _ in count())
    return next(text for text in texts if isinstance(parse_front_matter("", text), FrontMatter))


class _Writer:
    """Makes up a case and writes it."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def write_case(self) -> str:
        """Write the keys in any order, with comments and empty lines between them."""
        case = self.make_case()
        keys = list(case)
        self.random.shuffle(keys)
        front = self.write_keys({key: case[key] for key in keys}, 0).removeprefix("\n")
        return f"---\n{front}\n---\n{self.make_body()}"

    # What it says

    def make_case(self) -> dict[str, Any]:
        """Make up the keys of a case; some are missing, empty or wrong."""
        steps: list[Any] = [self.make_step(number) for number in range(self.random.randint(1, 3))]
        case: dict[str, Any] = {
            "id": "odd-case",
            "title": self.make_line(),
            "section": "noticing",
            "position": self.random.choice([1, 7, None, "soon"]),
            "objectives": self.random.choice([["one"], ["one", "two-b"], [], "one"]),
            "hazards": self.random.choice([["heat", "falls"], [], None]),
            "family": "odd",
            "difficulty": self.random.choice(["easy", "hard", "quite"]),
            "pool": self.random.choice(["practice", "exam"]),
            "red_flag": self.random.choice([True, False]),
            "passage": "section:noticing#heat",
            "author": self.make_line(),
            "steps": steps,
            "unknown": self.random.choice([None, [], {}, [[1, "a b"], {"x": self.make_line()}]]),
        }
        for key in self.random.sample(sorted(case.keys() - {"id", "steps"}), 3):
            del case[key]
        return case

    def make_step(self, number: int) -> Any:
        """Make up a step of any kind."""
        kind = self.random.choice(["decision", "single", "multiple"])
        step: dict[str, Any] = {"id": f"step-{number}", "kind": kind, "prompt": self.make_line()}
        if number:
            step["facts"] = self.make_text()
        if kind == "decision":
            step |= {"key": "modify", "say": self.make_line(), "also": self.make_reasons(1)}
            step["options"] = self.make_reasons(5)
        else:
            step["options"] = [
                self.make_option(f"o{at}") for at in range(self.random.randint(1, 3))
            ]
        return step

    def make_reasons(self, most: int) -> Any:
        """Make up reasons by decision."""
        if most == 1:
            return self.random.choice([{}, {"postpone": self.make_text()}])
        return {
            name: {"rationale": self.make_text(), "basis": "house-rule", "leads_to": "end"}
            for name in _OPTIONS
        }

    def make_option(self, name: str) -> Any:
        """Make up one option of a question."""
        option: dict[str, Any] = {"id": name, "text": self.make_line(), "correct": True}
        if self.random.random() < 0.5:
            option |= {"rationale": self.make_text(), "marks": self.random.choice([1, "1/2"])}
        return option

    def make_line(self) -> str:
        """Make up one line."""
        return " ".join(self.random.choices(_PIECES, k=self.random.choice([1, 3, 25])))

    def make_text(self) -> str:
        """Make up a text of several paragraphs."""
        gap = self.random.choice(["\n", "\n\n", "\n\n  "])
        end = self.random.choice(["", "\n"])
        return gap.join(self.make_line() for _ in range(self.random.randint(1, 3))) + end

    def make_body(self) -> str:
        """Make up what stands below the keys; it may look like keys."""
        return self.random.choice(
            [
                "",
                "\n",
                "Last line\n",
                f"{self.make_text()}\n",
                "---\nid: a\n---\n",
                "\tTab.  \n\n\n",
            ]
        )

    # How it is written

    def write_value(self, value: Any, indent: int) -> str:
        """Write what follows a key or a dash."""
        if value and self.random.random() < 0.8:
            if isinstance(value, dict):
                return self.write_keys(value, indent)
            if isinstance(value, list):
                return self.write_items(value, indent)
        if isinstance(value, dict | list):
            return f" {self.write_flow(value)}{self.random.choice(['', '  '])}"
        return f" {self.write_scalar(value, indent)}".rstrip(" ") + self.random.choice(
            ["", "", " "]
        )

    def write_keys(self, value: dict[str, Any], indent: int) -> str:
        """Write a mapping in lines."""
        pad, lines = " " * indent, []
        for key, inner in value.items():
            lines.append(self.make_gap(indent))
            written = self.write_value(inner, indent + self.random.choice([1, 2, 4]))
            lines.append(f"\n{pad}{self.write_key(key)}:{written}")
        return "".join(lines)

    def write_items(self, value: list[Any], indent: int) -> str:
        """Write a list in lines; a mapping may begin right after the dash or on a line below."""
        pad, lines = " " * indent, []
        for inner in value:
            lines.append(self.make_gap(indent))
            if isinstance(inner, dict) and inner:
                first, *rest = self.write_keys(inner, indent + 2).strip("\n").split("\n")
                if first.lstrip().startswith("#") or not first.strip():
                    lines.append("\n".join([f"\n{pad}-", first, *rest]))
                else:
                    lines.append("\n".join([f"\n{pad}- {first.strip(' ')}", *rest]))
            else:
                lines.append(f"\n{pad}-{self.write_value(inner, indent + 2)}")
        return "".join(lines)

    def make_gap(self, indent: int) -> str:
        """Write a comment or an empty line, or neither."""
        pad = " " * self.random.choice([indent, 0])
        return self.random.choice(["", "", "", "\n", f"\n{pad}{_COMMENT}"])

    def write_key(self, key: str) -> str:
        """Write a key, seldom in quotation marks."""
        return self.random.choice([key, key, key, f'"{key}"', f"'{key}'"])

    def write_flow(self, value: Any) -> str:
        """Write a value on one line."""
        space = self.random.choice(["", " "])
        if isinstance(value, list):
            return f"[{space}{', '.join(map(self.write_flow, value))}{space}]"
        if isinstance(value, dict):
            pairs = [f"{key}: {self.write_flow(inner)}" for key, inner in value.items()]
            return "{" + space + ", ".join(pairs) + space + "}"
        return self.write_quoted(value) if isinstance(value, str) else self.write_scalar(value, 0)

    def write_quoted(self, value: str) -> str:
        """Write a text in quotation marks."""
        if "\n" not in value and self.random.random() < 0.5:
            return "'" + value.replace("'", "''") + "'"
        return json.dumps(value, ensure_ascii=self.random.random() < 0.3)

    def write_scalar(self, value: Any, indent: int) -> str:
        """Write a text or a word in the first of some styles that reads as it should."""
        if value is None:
            return self.random.choice(["", "null", "~"])
        if not isinstance(value, str):
            return json.dumps(value)
        indent = max(indent, 1)
        ways = [
            value,
            *(self.write_block(sign, value, indent) for sign in "|>"),
            self.fold(value, indent),
        ]
        self.random.shuffle(ways)
        return next((way for way in ways if _reads_as(way, value)), self.write_quoted(value))

    def write_block(self, sign: str, value: str, indent: int) -> str:
        """Write a text as a block, folded by hand at any width."""
        text, chomp = (value[:-1], "") if value.endswith("\n") else (value, "-")
        lines = text.split("\n") if sign == "|" else self.break_lines(text)
        pad = " " * indent
        return "\n".join([sign + chomp, *(f"{pad}{line}" if line else "" for line in lines)])

    def fold(self, value: str, indent: int) -> str:
        """Write a text on several lines without any mark."""
        pad = "\n" + " " * indent
        return pad.join(self.break_lines(value))

    def break_lines(self, text: str) -> list[str]:
        """Break a text at some of its spaces; a line end becomes an empty line."""
        lines: list[str] = []
        for number, paragraph in enumerate(text.split("\n")):
            lines.extend([""] if number else [])
            line = ""
            for word in paragraph.split(" "):
                if line and self.random.random() < 0.2:
                    lines.append(line)
                    line = word
                else:
                    line = f"{line} {word}" if line else word
            lines.append(line)
        return lines


def _reads_as(written: str, value: str) -> bool:
    read = parse_front_matter("", f"---\nk: {written}\nz: 1\n---\n")
    return isinstance(read, FrontMatter) and read.data == {"k": value, "z": 1}
