"""Pages that look like an article and are none: consent, error, robot check, paywall, empty."""

import re
from html import unescape
from urllib.parse import urlsplit

from index.loaders.draft import Draft

SHORTEST = 150  # characters of an article on the web; East Asian ones say more and count more
_DENSE = 2.5
_SHORT, _MIDDLE = 700, 2_500  # what a notice is shorter than; what a consent page or a teaser is shorter than


def _any_of(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases), re.IGNORECASE)


_FREE = _any_of(r"[\"']?isAccessibleForFree[\"']?\s*:\s*[\"']?false")
_LOCKED = _any_of(r"<meta[^>]+(?:content_tier|article:tier)[\"'][^>]+content=[\"'](?:locked|paid|premium)")
_PAYWALL = _any_of(
    r"subscribe (?:now )?to (?:continue|keep) reading",
    r"(?:to|and) (?:continue|keep) reading(?: this (?:article|story))?,? (?:please )?"
    r"(?:subscribe|sign in|log in|register|create)",
    r"(?:article|story|content) is (?:only |exclusively )?(?:available )?(?:for|to) (?:our )?(?:paying )?subscribers",
    r"(?:article|story|content) is subscriber[- ]only|this is a subscriber[- ]only (?:article|story)",
    r"unlock this (?:article|story)",
    r"(?:log|sign) in to (?:continue|keep) reading",
    r"(?:log|sign) in to (?:continue to )?read (?:on|more|(?:this|the (?:full|whole|rest|complete))\b)",
    r"you(?:'|’)?ve reached your (?:\w+ ){0,3}(?:limit|article)",
    r"nur für abonnenten|jetzt (?:abonnieren|weiterlesen)|weiterlesen mit",
    r"réservée? (?:à nos|aux) abonnés|pour lire la suite",
    r"(?:exclusivo|solo) para suscriptores|suscríbete para (?:seguir|continuar)|riservato agli abbonati",
)
_CONSENT_PLACE = _any_of(r"(?:^|[./_-])(?:consent|guce|cookie-?wall|privacy-?(?:gate|wall)|gdpr-?consent)(?:[./_?-]|$)")
_CONSENT_TITLE = _any_of(
    r"before you continue|(?:cookie|privacy|your) (?:consent|preferences|choices|settings)|we value your privacy",
    r"bevor sie .*fortfahren|einwilligung|avant d(?:'|’)accéder|antes de continuar",
)
# Each is a sign; an article about consent pages may show one or two of them.
_CONSENT = (
    _any_of(r"\b(?:our|its) (?:\d+ )?(?:partners|vendors)", r"unsere partner", r"nos partenaires", r"nuestros socios"),
    _any_of(r"accept all|agree and (?:continue|close)", r"alle akzeptieren", r"tout accepter", r"aceptar todo"),
    _any_of(r"reject all", r"alle ablehnen", r"tout refuser", r"rechazar todo", r"rifiuta tutt[io]"),
    _any_of(
        r"manage (?:settings|options|preferences|choices|cookies)", r"einstellungen verwalten", r"gérer (?:les|mes) "
    ),
    _any_of(r"store and/?(?: ?or)? ?access information on", r"informationen auf einem gerät"),
    _any_of(r"legitimate interest", r"berechtigtes interesse", r"intérêt légitime"),
    _any_of(r"withdraw (?:your )?consent", r"change your (?:mind|choices|preferences) at any time"),
    _any_of(r"personali[sz]ed (?:ads|advertising|content)", r"personalisierte"),
    _any_of(r"we use cookies", r"wir verwenden cookies", r"nous utilisons des cookies", r"utilizamos cookies"),
)
_ERROR_TITLE = re.compile(
    r"\W*(?:error\W+)?(?:"
    + "|".join(
        (
            r"40[0-9]|410|429|50[0-4]|error(?: page)?|oops|something went wrong",
            r"(?:page |article |story |file )?(?:not found|does(?: not|n(?:'|’)t) exist)",
            r"access (?:to this page has been )?denied|forbidden|too many requests",
            r"(?:service |site |page )?(?:temporarily )?unavailable|bad gateway|gateway time-?out",
            r"internal server error",
            r"seite nicht gefunden|page (?:introuvable|non trouvée)|página no encontrada|pagina non trovata",
        )
    )
    + r")(?:\W.{0,40})?",
    re.IGNORECASE,
)
_ROBOT_TITLE = _any_of(
    r"just a moment|attention required|are you (?:a robot|human)|security check|captcha|bot verification|ddos-guard",
    r"verif(?:y|ying) you are (?:a )?human|human verification|robot check|pardon our interruption",
)
_ROBOT = _any_of(
    r"cf-challenge|challenge-platform|px-captcha|datadome|g-recaptcha",
    r"enable javascript and cookies to continue|unusual traffic from your",
)
_AFTER = 500  # characters of the page after its article, in which a paywall speaks
_TAIL = 40  # characters by which the article's end is found in the page
_FEED = _any_of(r"<link[^>]+type=[\"']application/(?:rss|atom)\+xml[\"'][^>]*>")
_HREF = _any_of(r"href=[\"']([^\"'\s]{1,500})")
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


def notice(html: str, draft: Draft, url: str | None = None) -> str | None:
    """What the page `html` is instead of the article that was read from it as `draft`, or None.

    Judged by several signs together, and only where the text is as short as such pages are: an
    article about consent pages, or one that also asks readers to subscribe, is an article.
    """
    text, title = draft.text, " ".join((draft.title or "").split())
    length = _length(text)
    if length < _SHORT:
        if _ROBOT_TITLE.match(title) or (length < SHORTEST and _ROBOT.search(html)):
            return "it is a check for robots, not an article"
        if _ERROR_TITLE.fullmatch(title):
            return f"it is an error page ({title[:60]})"
    if length < _MIDDLE:
        signs = sum(1 for sign in _CONSENT if sign.search(text))
        place = _CONSENT_PLACE.search("".join(urlsplit(url)[1:3])) if url else None
        if (place and length < _SHORT) or (_CONSENT_TITLE.search(title) and signs) or signs >= 3:
            return "it is a page that asks for consent (cookies), not an article"
    if length < _MIDDLE and (_FREE.search(html) or _LOCKED.search(html)):
        return "it is paywalled: only its beginning can be read"
    if length < _SHORT * 2 and (_PAYWALL.search(text) or _PAYWALL.search(_following(html, text))):
        return "it is paywalled: only its beginning can be read"
    return None


def too_little(html: str, draft: Draft) -> str | None:
    """That there is too little text for an article on the web, with the feed that the page announces."""
    length = _length(draft.text)
    if length >= SHORTEST:
        return None
    feed = _FEED.search(html)
    link = _HREF.search(feed[0]) if feed else None
    hint = f"; the page announces a feed: {link[1]}" if link else ""
    return f"too little text for an article ({len(draft.text)} characters){hint}"


def _length(text: str) -> float:
    return len(text) + (_DENSE - 1) * len(_EAST_ASIAN.findall(text))


def _following(html: str, text: str) -> str:
    """What can be seen on the page right after the article `text`: its menus and footer lie elsewhere."""
    visible = re.sub(r"(?is)<(script|style)\b.*?</\1\s*>|<[^>]{0,2000}>", " ", html[:2_000_000])
    visible = " ".join(unescape(visible).split())
    # Spaces are where tags were, and the bullets of a list are ours: neither is compared.
    tail = "".join(text.replace("\n- ", "\n").split())[-_TAIL:]
    end = 0
    for match in re.finditer(r"\s*".join(map(re.escape, tail)), visible):
        end = match.end()
    return visible[end : end + _AFTER] if end else ""
