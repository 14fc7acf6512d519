"""What the fuzzer needs to know of this platform: a request that the document allows is taken, unless a rule speaks
against it that no schema can express."""

import uuid

import schemathesis

# Refusals of a request that its schema allows, by the problem's code, with what the schema cannot say.
BEYOND_SCHEMAS = {
    "invalid_cursor": "a cursor is only good for the list that gave it",
    "invalid_signature": "Stripe signs what it sends",
    "invalid_token": "a link's token is signed",
    "payment_method_refused": "the bank decides about a card",
    "invalid_code": "a code was sent to somebody",
    "invalid_session": "a sign-in is answered once",
    "stale": "a version is the one that was read",
    "idempotency_key_reused": "a key belongs to one body",
}

# The same for one place of a body, by the code in `errors`.
BEYOND_SCHEMAS_IN_BODIES = {
}


@schemathesis.hook
def before_call(context, case, kwargs):
    """A client makes a new key for each request: with an old one it gets an old answer."""
    is_meant = case.meta is None or case.meta.generation.mode.is_positive
    if is_meant and case.headers and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())


@schemathesis.check
def what_the_document_allows_is_taken(ctx, response, case):
    """Stands in for `positive_data_acceptance`, which knows only statuses."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return None
    if response.status_code not in (400, 412, 413, 415, 422, 428):
        return None
    problem = response.json()
    if problem.get("code") in BEYOND_SCHEMAS:
        return None
    errors = problem.get("errors", [])
    unexplained = [error for error in errors if error.get("code") not in BEYOND_SCHEMAS_IN_BODIES]
    if errors and not unexplained:
        return None
    raise AssertionError(f"The document allows this, and the service refuses it: {unexplained or problem}")
