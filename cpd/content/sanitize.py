"""The allow-list: everything that stored HTML may contain."""

import re

import nh3

from cpd.content.boxes import BOXES
from cpd.content.dialect import ANCHOR, CROSS_LINK, EXTERNAL, PLACES, WITHIN
from cpd.content.document import SafeHtml
from cpd.kernel import raster

TAGS = {
    *("h2", "h3", "h4", "p", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"),
    *("a", "abbr", "aside", "b", "blockquote", "br", "code", "div", "em", "figcaption", "figure"),
    *("hr", "img", "pre", "span", "strong"),
}
CLASSES = {
    "a": {"cite"},
    "aside": {"monday", "side", *(f"note-{kind}" for kind in BOXES)},
    "div": {"pair"},
    "img": {"photo"},
    "span": {"awaiting", "box", "blank", "local", "pick", "picks", "tick", "ticks"},
    "table": {"cards", "many"},
}
ATTRIBUTES = {
    "a": {"href", "data-ref", "data-to"},
    "abbr": {"title"},
    "figure": {"data-figure"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
    "img": {"alt", "height", "src", "width"},
    "ol": {"start"},
    "span": {"data-lines", "data-local"},
    "td": {"data-head"},
}
VALUES = {"aside": {"role": {"note"}}, "th": {"scope": {"col"}}, "img": {"loading": {"lazy"}}}
_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SIDE = re.compile(r"[1-9][0-9]{0,3}")
_PLACE = re.compile(rf"\.\./(?:{'|'.join(PLACES.values())})[a-z0-9-]+(?:#[a-z0-9-]+)?")
_FOREIGN_PICTURE = re.compile(r'<img(?![^>]* src="/media/)[^>]*>')
"""A picture that is not ours, once its address is taken away."""
_FORMS = {
    "href": (EXTERNAL, WITHIN, _PLACE),
    "id": (ANCHOR,),
    "data-figure": (_KEY,),
    "data-ref": (_KEY,),
    "data-local": (re.compile(r"[A-Za-z0-9.-]{1,60}"),),
    "data-to": (CROSS_LINK,),
    "data-lines": (re.compile(r"[1-9]"),),
    "start": (re.compile(r"[0-9]{1,4}"),),
    "src": (raster.ADDRESS,),
    "width": (_SIDE,),
    "height": (_SIDE,),
}


def _filter_attribute(tag: str, attribute: str, value: str) -> str | None:
    """Keep an attribute only if its value has an allowed form."""
    del tag
    forms = _FORMS.get(attribute)
    if forms is None or any(form.fullmatch(value) for form in forms):
        return value
    return None


def sanitize_html(html: str) -> SafeHtml:
    """Return the HTML without anything that the allow-list does not name."""
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        tag_attribute_values=VALUES,
        attribute_filter=_filter_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    return SafeHtml(_FOREIGN_PICTURE.sub("", clean))
