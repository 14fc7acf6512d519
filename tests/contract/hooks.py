"""What the fuzzer needs to know of this platform."""

import re
import uuid

import schemathesis

# Refusals of requests that their document allows: the code, where in the body (both patterns match the whole), and why no
# schema can say it. Every other such refusal is a failure: a bound that the document does not tell.
BEYOND_SCHEMAS = [
    # Of the request as a whole.
    ("invalid_cursor", "", "a cursor is one that a page before gave"),
    ("invalid_signature", "", "only the card provider can sign"),
    ("invalid_token", "", "only a mail's link has a token that counts"),
    ("payment_method_refused", "", "the card provider knows which cards there are"),
    ("ambiguous", ".*", "of two members there is one"),
    ("menu_empty", ".*", "what the menu has decides"),
    # Of lists that others keep, and that grow without a new version of the document.
    ("invalid", ".*/currency", "ISO 4217"),
    ("invalid|invalid_country", ".*/country", "ISO 3166-1"),
    ("invalid|unknown_time_zone", ".*/time_zone", "the IANA time zone database"),
    ("phone_.*", "/phone", "the numbering plans of all countries"),
    # Of the clock, and of other members of the same body.
    ("in_the_past|too_far_ahead|out_of_range", ".*/(until|from|to|at)", "the clock decides"),
    ("too_short", "/to", "it is compared with another member"),
    ("out_of_range", ".*/max", "it is compared with another member"),
    ("until_without_end", "/until", "it is compared with another member"),
    ("hours_overlap|duplicate_date", ".*", "hours are compared with each other"),
    ("duplicate_id", ".*", "ids are compared with each other"),
    ("too_many", "/features", "the corners of all zones are counted together"),
    ("wrong_currency", ".*", "an amount's currency is the restaurant's or the order's"),
    ("amount_too_fine", ".*", "the currency decides in which steps a card can be charged"),
    ("not_ordered", ".*", "what was ordered decides"),
    # Of who says it.
    ("not_allowed", "/fault", "only operators say who is at fault"),
    ("invalid", "/reason", "each party has reasons of its own"),
    # Of what is left of a text without the characters that nobody sees.
    ("text_(empty|control_character|too_many_marks)|invalid_text", ".*", "Unicode decides which characters anybody sees"),
    ("password_.*", "/password", "what is easy to guess is no matter of form"),
    ("invalid_code|pin_wrong|order_code_wrong", ".*", "only a message, the customer and the bag have the code that counts"),
    ("photo_missing", "/photo_key", "only what was uploaded counts"),
    ("invalid_polygon", ".*/coordinates(/.*)?", "geometry: an outline that crosses itself, or is too small"),
]


@schemathesis.hook
def before_call(context, case, kwargs):
    """A client makes a new key for each request: with an old one it gets an old answer."""
    if is_allowed(case) and case.headers and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())


@schemathesis.check
def what_the_document_allows_is_taken(context, response, case):
    """A request that its document allows is refused only for what no schema can say."""
    if not is_allowed(case) or response.status_code not in (400, 413, 415, 422, 428):
        return
    problem = response.json()
    refusals = problem.get("errors") or [{"code": problem["code"], "pointer": ""}]
    unforeseen = [refusal for refusal in refusals if not is_beyond_schemas(refusal, case.body)]
    assert not unforeseen, f"refused for what its document does not tell: {unforeseen}"


def is_allowed(case):
    return case.meta is None or case.meta.generation.mode.is_positive


def is_beyond_schemas(refusal, body):
    if refusal["code"] in ("text_empty", "invalid_text") and at(body, refusal["pointer"]) == "":
        return False
    return any(
        re.fullmatch(code, refusal["code"]) and re.fullmatch(place, refusal["pointer"])
        for code, place, _ in BEYOND_SCHEMAS
    )


def at(body, pointer):
    """What stands at a JSON pointer (RFC 6901)."""
    for step in pointer.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        body = body[int(step)] if isinstance(body, list) else body[step]
    return body
