"""What every HTML page must satisfy, and a way to read one in a test."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from html5lib.html5parser import ParseError

FIELDS = {"input", "select", "textarea"}
BUTTONS = {"submit", "button", "reset", "image"}
TOKEN = re.compile(r'name="csrf_token"[^>]*value="(?P<token>[^"]+)"')
PASSING = re.compile(r'(name="csrf_token"[^>]*value=")[^"]*|\b[a-z]{3,4}_[a-z0-9]{12,}\b')
"""What differs between two responses with the same page: its token and the public ids."""


@dataclass
class Page:
    """One HTML page, parsed strictly; raises AssertionError if it does not parse."""

    html: str

    @property
    def root(self) -> Element:
        """The html element; do not change it: other pages with the same HTML share it."""
        return _parsed(self.html)

    @cached_property
    def parents(self) -> dict[Element, Element]:
        """Each element's parent."""
        return {child: parent for parent in self.root.iter() for child in parent}

    def all(self, *names: str) -> list[Element]:
        """Return the elements with these names, in page order."""
        return [element for element in self.root.iter() if element.tag in names]

    @cached_property
    def text(self) -> str:
        """The text of the page, with single spaces and without scripts and styles."""
        return words(self.root)

    @property
    def title(self) -> str:
        """The title in the browser's tab."""
        return " ".join(words(element) for element in self.all("title"))

    @property
    def h1(self) -> str:
        """The page's only h1 heading."""
        return " ".join(words(element) for element in self.all("h1"))

    @cached_property
    def forms(self) -> list["Form"]:
        """The forms of the page."""
        return [Form.read(self, element) for element in self.all("form")]

    @property
    def token(self) -> str | None:
        """The token that lets this visitor send forms, if the page has one."""
        found = TOKEN.search(self.html)  # by the text: most pages are fetched for nothing else
        return found["token"] if found else None

    def links(self) -> dict[str, str]:
        """Return where each link leads, by its words."""
        return {words(a): a.get("href", "") for a in self.all("a")}

    def within(self, element: Element) -> Iterator[Element]:
        """Walk from an element's parent up to the root."""
        while (parent := self.parents.get(element)) is not None:
            yield parent
            element = parent


@lru_cache(maxsize=16)
def _parsed(html: str) -> Element:
    """Parse strictly; cached, because a page is read several times right after it arrives."""
    parser = html5lib.HTMLParser(
        tree=html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False
    )
    try:
        root: Element = parser.parse(html)
    except ParseError as fault:
        line, column = parser.errors[-1][0] if parser.errors else (0, 0)
        near = "\n".join(html.splitlines()[max(0, line - 2) : line + 1])
        message = f"not valid HTML at line {line}, column {column}: {fault}\n{near}"
        raise AssertionError(message) from fault
    return root


def tag_of(element: Any) -> str:
    """Return the name of an element; comments have one too."""
    return element.tag if isinstance(element.tag, str) else "#comment"


def words(element: Element) -> str:
    """Return the text of an element with single spaces."""
    if tag_of(element) in {"script", "style", "#comment"}:
        return ""
    parts = [element.text or ""]
    for child in element:
        parts += [words(child), child.tail or ""]
    return " ".join(" ".join(parts).split())


@dataclass
class Form:
    """One form as a browser would send it unchanged: names and values in page order."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    """Every name that the form can send, checked or not."""

    @classmethod
    def read(cls, page: Page, element: Element) -> "Form":
        """Read a form element and the fields that belong to it, including those outside it."""
        form = cls(element.get("action", ""), element.get("method", "get").lower())
        mine = set(element.iter())
        for control in page.all(*FIELDS, "button"):
            owner = control.get("form")
            if owner is None and control not in mine:
                continue
            if owner is not None and owner != element.get("id"):
                continue
            name = control.get("name")
            if not name or "disabled" in control.attrib:
                continue
            form.names.add(name)
            form.fields += [(name, value) for value in _sent(control)]
        return form

    def value(self, name: str) -> str | None:
        """Return the first value that would be sent under this name."""
        return next((value for key, value in self.fields if key == name), None)


def _sent(control: Element) -> list[str]:
    kind = control.get("type", "text")
    if control.tag == "textarea":
        return [(control.text or "").removeprefix("\n")]
    if control.tag == "select":
        options = list(control.iter("option"))
        chosen = [o for o in options if "selected" in o.attrib]
        if not chosen and "multiple" not in control.attrib:
            chosen = options[:1]
        return [option.get("value", words(option)) for option in chosen]
    if control.tag == "button" or kind in BUTTONS | {"file"}:
        return []
    if kind in {"checkbox", "radio"}:
        return [control.get("value", "on")] if "checked" in control.attrib else []
    return [control.get("value", "")]


def faults(page: Page) -> list[str]:
    """Return all faults of a page, as sentences; it must parse first."""
    return [
        *_skeleton_faults(page),
        *_id_faults(page),
        *_label_faults(page),
        *_policy_faults(page),
        *_form_faults(page),
        *_select_faults(page),
        *_term_faults(page),
        *_summary_faults(page),
    ]


def _skeleton_faults(page: Page) -> Iterator[str]:
    if not page.root.get("lang"):
        yield "the html element names no language"
    if not page.title:
        yield "the page has no title"
    headings = page.all("h1")
    if len(headings) != 1:
        yield f"the page has {len(headings)} h1 headings instead of one"
    if len(page.all("main")) != 1:
        yield "the page has no single main element"
    yield from ("an img has no alt" for i in page.all("img") if "alt" not in i.attrib)


def _id_faults(page: Page) -> Iterator[str]:
    ids = Counter(e.get("id") for e in page.root.iter() if e.get("id") is not None)
    yield from (f"the id {name!r} stands {count} times" for name, count in ids.items() if count > 1)
    for element in page.root.iter():
        for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "list"):
            for name in element.get(attribute, "").split():
                if name not in ids:
                    yield f"{attribute} of a {element.tag} points at {name!r}, which is not there"
        target = element.get("href", "")
        if element.tag == "a" and target.startswith("#") and target[1:] not in {*ids, "", "top"}:
            yield f"a link leads to {target!r}, which is not there"


def _label_faults(page: Page) -> Iterator[str]:
    labelled = {label.get("for") for label in page.all("label")}
    for control in page.all(*FIELDS):
        kind = control.get("type", "text")
        if control.tag == "input" and kind in BUTTONS | {"hidden"}:
            continue
        named = control.get("aria-label") or control.get("aria-labelledby")
        wrapped = any(parent.tag == "label" for parent in page.within(control))
        if not (named or wrapped or control.get("id") in labelled - {None}):
            yield f"the field {control.get('name')!r} has no label"
        if kind == "radio" and not any(
            p.tag == "fieldset" or p.get("role") == "radiogroup" for p in page.within(control)
        ):
            yield f"the radio {control.get('name')!r} stands in no group with a name"
    for button in page.all("button"):
        pictures = [i.get("alt") or i.get("aria-label") for i in button.iter() if i is not button]
        if not (words(button) or button.get("aria-label") or any(pictures)):
            yield "a button says nothing"


def _policy_faults(page: Page) -> Iterator[str]:
    for element in page.root.iter():
        for attribute in element.attrib:
            if attribute == "style" or attribute.startswith("on"):
                yield f"a {element.tag} has the attribute {attribute}"
        if element.tag == "style" or (element.tag == "script" and not element.get("src")):
            yield f"the page has an inline {element.tag}"
        if element.tag in {"script", "link", "img", "iframe", "source"}:
            source = element.get("src") or element.get("href") or ""
            if re.match(r"(https?:)?//", source) and element.get("rel") != "canonical":
                yield f"a {element.tag} comes from elsewhere: {source}"
        if element.get("href", "").lower().startswith("javascript:"):
            yield "a link runs a script"


def _form_faults(page: Page) -> Iterator[str]:
    for form in page.forms:
        if form.method == "post" and "csrf_token" not in form.names:
            yield f"the form for {form.action!r} carries no token against forgery"
    for control in page.all(*FIELDS):
        if control.get("maxlength"):
            yield f"what is pasted into {control.get('name')!r} is cut without a word: maxlength"
        if control.get("type") == "password" and control.get("value"):
            yield f"the password in {control.get('name')!r} is sent back"


def _summary_faults(page: Page) -> Iterator[str]:
    """Compare the order of the mistakes at the top with that of their fields."""
    places = {element.get("id"): place for place, element in enumerate(page.root.iter())}
    for summary in page.all("div"):
        if "summary" in summary.get("class", "").split():
            links = [link.get("href", "")[1:] for link in summary.iter("a")]
            if links != sorted(links, key=lambda name: places.get(name, 0)):
                yield f"the mistakes stand in another order than their fields: {links}"


def _select_faults(page: Page) -> Iterator[str]:
    """Yield what is wrong with the option that stands for no choice."""
    for select in page.all("select"):
        name, options = select.get("name"), list(select.iter("option"))
        if any(not (words(option) or option.get("label")) for option in options):
            yield f"an option of {name!r} says nothing"
        is_single = "multiple" not in select.attrib and select.get("size", "1") == "1"
        has_placeholder = bool(options) and options[0].get("value") == ""
        if "required" in select.attrib and is_single and not has_placeholder:
            yield f"{name!r} is required, and its first option is no placeholder"


def _term_faults(page: Page) -> Iterator[str]:
    for terms in page.all("dl"):
        names = Counter(words(term) for term in terms.iter("dt"))
        yield from (
            f"the term {name!r} stands {n} times in one dl" for name, n in names.items() if n > 1
        )


_seen: set[int] = set()


def check(html: str, where: str) -> Page:
    """Return the page, or fail with all its faults; a page that passed is not checked twice."""
    page = Page(html)
    known = hash(PASSING.sub(r"\1", html))
    if known not in _seen:
        found = faults(page)
        assert not found, f"{where}:\n- " + "\n- ".join(found)
        _seen.add(known)
    return page
