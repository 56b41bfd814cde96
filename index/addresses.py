"""Addresses of articles: one spelling for each page, and the site that it belongs to."""

import re
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

# Parameters that say how a reader came to a page, not which page it is.
_TRACKING = re.compile(
    r"utm_\w+|mtm_\w+|pk_\w+|piwik_\w+|hsa_\w+|at_(?:medium|campaign|custom\d|bbc_team|link_\w+|format|ptr_name|creation)"
    r"|[a-z]*clid|gbraid|wbraid|gclsrc|dclsrc|_ga|_gl|_hs(?:enc|mi|fp)|mc_[ce]id|mkt_tok|igshid|igsh|si_ref|ref_src|ref_url"
    r"|oly_(?:anon|enc)_id|vero_(?:id|conv)|wickedid|yptr|ns_(?:mchannel|source|campaign|linkname|fee)|cmpid|ocid|smid|smtyp"
    r"|icid|ncid|ftag|xtor|sr_share|soc_src|soc_trk|guccounter|guce_referrer(?:_sig)?|partner_share|fb_(?:action|ref|source)\w*",
    re.IGNORECASE,
)
_UNSAFE = re.compile(r"[\x00-\x20\x7f\ud800-\udfff]")  # halves of surrogate pairs have no UTF-8
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?|\[[0-9a-f:.]+\]", re.IGNORECASE)
# Second levels below which anyone registers names, so that example.co.uk and other.co.uk are two sites.
_SHARED_SECOND_LEVELS = frozenset(
    {"ac", "co", "com", "edu", "gob", "gov", "gouv", "ltd", "ne", "net", "nhs", "or", "org"}
)
_MAX_ADDRESS = 4096


def is_web_address(text: str) -> bool:
    """Whether `text` begins as an http or https URL does."""
    return text[:8].lower().startswith(("http://", "https://"))


def canonical_address(url: str, base: str | None = None) -> str | None:
    """The one spelling of `url` under which its article is kept, or None if it is no usable http(s) URL.

    Scheme and host in lower case, no default port, no fragment, no tracking parameters; what is
    left of the query keeps its order. `base` resolves a relative `url`. URLs with a user name or a
    password are refused: they would end up in the library and in citations. Idempotent.
    """
    url = url.strip()
    if not url or len(url) > _MAX_ADDRESS or _UNSAFE.search(url):
        return None
    try:
        parts = urlsplit(urljoin(base, url) if base else url)
        port = parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or "@" in parts.netloc or not parts.hostname or port == 0:
        return None
    host = _ascii_host(parts.hostname)
    if host is None:
        return None
    netloc = host if port in {None, _DEFAULT_PORTS[scheme]} else f"{host}:{port}"
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return urlunsplit((scheme, netloc, path, _without_tracking(parts.query), ""))


def site_of(url: str) -> str | None:
    """The site's name to show for `url`: its host without ``www.``, or None."""
    address = canonical_address(url)
    if address is None:
        return None
    host = urlsplit(address).hostname or ""
    return re.sub(r"^(?:www\d?|m|amp|edition)\.(?=[^.]+\.)", "", host) or None


def same_site(first: str, second: str) -> bool:
    """Whether both URLs lie under one registered domain (``www.example.org`` and ``example.org``).

    Judged without the public suffix list: the last two labels, or three below a shared second
    level such as ``co.uk``. It errs towards "another site".
    """
    hosts = [urlsplit(url).hostname or "" for url in (first, second)]
    return bool(hosts[0]) and _registered(hosts[0]) == _registered(hosts[1])


def _registered(host: str) -> str:
    labels = host.lower().rstrip(".").removeprefix("www.").split(".")
    if host.startswith("[") or ":" in host or labels[-1].isdigit():
        return host
    if len(labels) > 2 and labels[-2] in _SHARED_SECOND_LEVELS and len(labels[-1]) == 2:
        return ".".join(labels[-3:])
    return ".".join(labels[-2:])


def _ascii_host(host: str) -> str | None:
    if ":" in host:
        host = f"[{host}]"
    elif not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    host = host.lower().rstrip(".")
    return host if len(host) <= 255 and _HOST.fullmatch(host) else None


def _without_tracking(query: str) -> str:
    if not query:
        return ""
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not _TRACKING.fullmatch(name)]
    if len(kept) == len(pairs):
        return quote(query, safe="=&+%/:;,@!$'()*~-._?")
    return urlencode(kept, quote_via=quote)
