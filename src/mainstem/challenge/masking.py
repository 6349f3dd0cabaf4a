"""Patterns of what looks like a number but is not one: dates, versions, standards; and of numbers."""

from __future__ import annotations

import re

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_YEAR = r"20[2-4]\d\b(?![.,/-]?\d|\s*%)"
_PERIOD = r"(?:quarter|year|month|half(?:[- ]year)?|cycle|season|summer|winter|spring|autumn|fall)"
_QUARTER = rf"(?:q[1-4]|h[12])\b(?:[ /-]*(?:fy\s?)?{_YEAR}|[ /-]*(?:fy\s?|['’])\d\d\b)?"
_TILL = r"(?:by|in|until|till|before|during|since|through|throughout|after|from)"

_DATES = (
    r"20\d\d-\d\d-\d\d(?!\d)",
    rf"20\d\d[-/ ]?(?:q[1-4]|h[12])\b|{_QUARTER}",
    r"fy\s?['’]?\d{2,4}(?:[/-]\d{2,4})?\b",
    r"(?:cw|kw|wk)\s?\d{1,2}\b|(?:in|by|until|till|before|calendar)\s+week\s\d{1,2}\b",
    r"\d{1,2}(?P<dot>[./])\d{1,2}(?P=dot)(?:20)?\d\d(?!\d)",
    rf"\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR})?",
    rf"{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?![.,]?\d|\s*%)(?:,?\s+{_YEAR})?",
    rf"{_MONTH},?\s+{_YEAR}",
    rf"(?:{_TILL}|end of|mid|early|late)[- ]+(?:the\s+)?(?:end\s+of\s+|start\s+of\s+|mid[- ]|early\s+|late\s+)?{_MONTH}"
    rf"(?:\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?![.,]?\d|\s*%))?(?:,?\s+{_YEAR})?",
    rf"(?:by\s+)?(?:the\s+)?(?:end|close|start|beginning|middle)\s+of\s+(?:the\s+|this\s+|next\s+)?"
    rf"(?:fiscal\s+|financial\s+|calendar\s+)?(?:{_PERIOD}\b|{_MONTH}|{_QUARTER}|{_YEAR})(?:\s+{_YEAR})?",
    r"(?:by\s+)?(?:year|quarter|month|cycle|season)[- ]end\b|(?:by\s+)?eof?[yqm]\b",
    rf"(?:this|next|coming|current)\s+(?:fiscal\s+|financial\s+)?{_PERIOD}\b",
    rf"(?:{_TILL}|for|of|end|{_PERIOD})\s+{_YEAR}",
    r"(?:by|before|until|till|in)\s+(?:the\s+)?(?:summer|spring|autumn|winter|christmas|easter|new year"
    rf"|black friday)\b(?:\s+{_YEAR})?",
    r"by\s+(?:the\s+)?(?:quarter|year|month|cycle|season|summer|winter|spring|autumn)\b(?!\s+by)",
)
_SERIES = (
    r"(?:soc|iso(?:/iec)?|iec|din|pci(?:[- ]dss)?|oauth|openid|tls|ssl|http|ifrs|ias|basel|sox|nist|psd"
    r"|wcag|web|industry|phase|tier|level|stage|wave|step|part|version|gen|generation|sev|severity"
    r"|priority|python|java|node|ios|android|windows|postgres(?:ql)?|mysql|php|django|angular|season"
    r"|chapter|article|section|type|zone|terminal|gate|day|week|covid|cop|agenda|horizon)"
)
_NAMES = (
    rf"{_SERIES}[ -]?\d+(?:\.\d+)*[a-z]?\b(?![.,]\d|\s*%)",
    r"(?!(?:eur|usd|gbp|chf|sek|nok|dkk|inr|aud|cad)\d)[a-z][a-z&]{0,12}\d[\w.]*\b",
    r"\d+(?:\.\d+){2,}\b",
    r"[23]d\b|[345]g\b|2fa\b|\d{3,4}p\b|24/7\b|24x7\b|50/50\b|#\d+|\d+(?:st|nd|rd|th)\b|1:1\b",
    r"\d+-(?!fold\b|x\b)[a-z][a-z]+(?:-[a-z]+)*\b",
    r"[a-z]/\d[a-z]+\b",
    r"[a-z]{1,12}-\d+(?:\.\d+)*\b(?!\s?%)",
)
_CURRENCY = r"(?:[€$£¥]|(?:eur|usd|gbp|chf|sek|nok|dkk|inr|aud|cad)\b\s?|(?:eur|usd|gbp|chf)(?=\d))"
_SCALE = r"(?:thousand|million|millions|billion|billions|mio|mn|bn|k|m|b)"
_UNITS = (
    r"%|‰|percentage\s+points?|percent|per\s+cent|pct|ppt|pp|bps|basis\s+points|bp|milliseconds?|ms|µs|ns"
    r"|seconds?|secs?|s|minutes?|mins?|min|hours?|hrs?|h|(?:working|business|calendar)\s+days?|person-days"
    r"|days?|d|weeks?|months?|years?|nights?|€|\$|£|¥|eur|usd|gbp|chf|jpy|sek|nok|dkk|pln|inr|cad|aud|euros?"
    r"|dollars?|pounds?|cents?|pence|kr|[kmgtp]i?b(?:ps)?|rps|qps|tps|fps|iops|[kmg]?hz|req/s"
    r"|requests\s+per\s+second|bytes|[kmg]?wh?|kg|mg|g|tonnes|tons|t|km|cm|mm|m2|m²|m3|ml|litres?|liters?|l"
    r"|°c|degrees|ppm|db|metres?|kilometres?|miles?|hectares|ha|points?|pts?|stars?|fold|-fold|x|×"
)
_DIGITS = r"\d{1,3}(?:[,.'’\u2009\u202f ]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
_NUMBER = (
    rf"(?P<sign>[+−±-](?=[\d€$£.])|[<>≤≥~≈]=?\s?)?(?P<currency>{_CURRENCY})?(?P<digits>{_DIGITS})"
    rf"(?P<second>\s?[-–/]\s?\d+(?:[.,]\d+)?)?\+?"
    rf"(?:\s?(?P<scale>{_SCALE})(?=[\s.,;:)€$£/]|$))?(?:[\s-]?(?P<unit>{_UNITS})(?![\w]))?"
)

_TOKEN = rf"(?P<date>\b(?:{'|'.join(_DATES)}))|(?P<name>(?:\b|(?=#))(?:{'|'.join(_NAMES)}))"

#: A date, a masked name or a number at a place where one may stand; of lower-case text.
SPECIAL = re.compile(rf"{_TOKEN}|(?P<number>(?<![\w.]){_NUMBER})")

#: Any token of lower-case text, cheaply: a word, an arrow, a mark, or a sign that a number may follow.
SIMPLE = re.compile(
    r"(?P<word>[^\W\d_]+(?:['’&./-][^\W\d_]+)*[#+]*|\.net\b)"
    r"|(?P<arrow>->|=>|→|⇒|➜|➔)"
    r"|(?P<special>[\d+−±<>≤≥~≈€$£¥#]|-(?=[\d€$£.]))"
    r"|(?P<mark>[;:,.()\[\]/&=|%?!–—])"
)
#: Words, lower case, that a date, a masked name or an amount of money may begin with.
MAY_BEGIN = frozenset(
    [
        "by",
        "in",
        "until",
        "till",
        "before",
        "during",
        "since",
        "through",
        "throughout",
        "after",
        "from",
        "for",
        "of",
        "end",
        "mid",
        "early",
        "late",
        "close",
        "start",
        "beginning",
        "middle",
        "year",
        "quarter",
        "month",
        "cycle",
        "season",
        "half",
        "summer",
        "winter",
        "spring",
        "autumn",
        "fall",
        "this",
        "next",
        "coming",
        "current",
        "calendar",
        "cw",
        "kw",
        "wk",
        "fy",
        "jan",
        "january",
        "feb",
        "february",
        "mar",
        "march",
        "apr",
        "april",
        "may",
        "jun",
        "june",
        "jul",
        "july",
        "aug",
        "august",
        "sep",
        "sept",
        "september",
        "oct",
        "october",
        "nov",
        "november",
        "dec",
        "december",
        "eoy",
        "eoq",
        "eom",
        "eofy",
        "year-end",
        "quarter-end",
        "month-end",
        "cycle-end",
        "season-end",
        "mid-january",
        "mid-february",
        "mid-march",
        "mid-april",
        "mid-may",
        "mid-june",
        "mid-july",
        "mid-august",
        "mid-september",
        "mid-october",
        "mid-november",
        "mid-december",
        "half-year",
        "eur",
        "usd",
        "gbp",
        "chf",
        "sek",
        "nok",
        "dkk",
        "inr",
        "aud",
        "cad",
        "soc",
        "iso",
        "iso/iec",
        "iec",
        "din",
        "pci",
        "pci-dss",
        "oauth",
        "openid",
        "tls",
        "ssl",
        "http",
        "ifrs",
        "ias",
        "basel",
        "sox",
        "nist",
        "psd",
        "wcag",
        "web",
        "industry",
        "phase",
        "tier",
        "level",
        "stage",
        "wave",
        "step",
        "part",
        "version",
        "gen",
        "generation",
        "sev",
        "severity",
        "priority",
        "python",
        "java",
        "node",
        "ios",
        "android",
        "windows",
        "postgres",
        "postgresql",
        "mysql",
        "php",
        "django",
        "angular",
        "chapter",
        "article",
        "section",
        "type",
        "zone",
        "terminal",
        "gate",
        "day",
        "week",
        "covid",
        "cop",
        "agenda",
        "horizon",
    ]
)
