"""The rules of the service about access, each dropped once, and the test that must notice it."""

from tests.access.mutants import Mutations

RULE = "test_access.RuleTest.test_"
CALLER = "test_access.CallerTest.test_"
OTHERS = "test_ownership.OthersTest.test_"
CREATE = "test_ownership.CreateTest.test_"
KEYS = "test_ownership.IdempotencyTest.test_"
OWNERS = "test_owners.OtherResourceTest.test_"
CORS = "test_cors.OriginsTest.test_"
NO_CORS = "test_cors.NoOriginsTest.test_"
TOLD = OTHERS + "cannot_be_told_from_a_missing_one"

# By module of users_api, as in mutants.py.
MUTATIONS: Mutations = {
    "http/access": [
        # the table
        (
            '(endpoint, "GET"): Rule() for endpoint in PUBLIC',
            '(endpoint, "GET"): Rule("x") for endpoint in PUBLIC',
            RULE + "public",
        ),
        (
            '"openapi", "docs", "docs_file")',
            '"docs", "docs_file")',
            RULE + "every_route_has_a_rule",
        ),
        ('"list": ((resource.name, "GET"), Rule(read)),', "", RULE + "every_route_has_a_rule"),
        (
            '"create": ((resource.name, "POST"), Rule(write, owned)),',
            "",
            RULE + "every_route_has_a_rule",
        ),
        ('"read": ((one, "GET"), Rule(read, owned)),', "", RULE + "every_route_has_a_rule"),
        ('"change": ((one, "PATCH"), Rule(write, owned)),', "", RULE + "every_route_has_a_rule"),
        ('"remove": ((one, "DELETE"), Rule(write, owned)),', "", RULE + "every_route_has_a_rule"),
        (
            '"list": ((resource.name, "GET"), Rule(read)),',
            '"list": ((resource.name, "GET"), Rule()),',
            RULE + "list",
        ),
        (
            '"list": ((resource.name, "GET"), Rule(read)),',
            '"list": ((resource.name, "GET"), Rule(read, owned)),',
            RULE + "list",
        ),
        (
            '"list": ((resource.name, "GET"), Rule(read)),',
            '"list": ((resource.name, "GET"), Rule(write)),',
            RULE + "list",
        ),
        (
            '"create": ((resource.name, "POST"), Rule(write, owned)),',
            '"create": ((resource.name, "POST"), Rule(read, owned)),',
            CREATE + "with_the_scope",
        ),
        (
            '"create": ((resource.name, "POST"), Rule(write, owned)),',
            '"create": ((resource.name, "POST"), Rule(write)),',
            CREATE + "own",
        ),
        (
            '"read": ((one, "GET"), Rule(read, owned)),',
            '"read": ((one, "GET"), Rule(write, owned)),',
            RULE + "read",
        ),
        (
            '"read": ((one, "GET"), Rule(read, owned)),',
            '"read": ((one, "GET"), Rule(read)),',
            RULE + "read",
        ),
        (
            '"change": ((one, "PATCH"), Rule(write, owned)),',
            '"change": ((one, "PATCH"), Rule(read, owned)),',
            RULE + "change_and_remove",
        ),
        (
            '"remove": ((one, "DELETE"), Rule(write, owned)),',
            '"remove": ((one, "DELETE"), Rule(read, owned)),',
            RULE + "change_and_remove",
        ),
        (
            "owned = resource if resource.owner else None",
            "owned = resource",
            OWNERS + "without_owners",
        ),
        ("told[endpoint, call.method] = ", "", OWNERS + "rules"),
        ("{call.needs}", "read", OWNERS + "without_owners"),
        # the check
        ('if settings.access == "open":', "if False:", RULE + "open"),
        ('if settings.access == "open":', "if True:", RULE + "list"),
        ("        if rule == Rule():\n            return\n", "", RULE + "public"),
        (
            "        if rule == Rule():",
            "        if rule == Rule() or rule is None:",
            RULE + "route_without_a_rule",
        ),
        (
            "g.caller = _caller(settings.user_claim)",
            'g.caller = _caller("sub")',
            CALLER + "user_claim",
        ),
        ("if request.routing_exception:", "if False:", RULE + "no_such_call"),
        ("if rule is None:", "if False:", RULE + "route_without_a_rule"),
        ("if rule.scope not in g.caller.scopes:", "if False:", RULE + "list"),
        ("app.before_request(check)", "check", RULE + "list"),
        ('"GET" if request.method == "HEAD" else request.method', "request.method", RULE + "list"),
        (
            "if isinstance(request.routing_exception, MethodNotAllowed):",
            "if False:",
            RULE + "no_such_public_call",
        ),
        # one's own
        (
            "    if resource is None:\n        raise ForbiddenError(rule.scope)\n",
            "    if resource is None:\n        return\n",
            RULE + "list",
        ),
        ("if resource.owner == resource.key and asked != subject:", "if False:", TOLD),
        (
            "if resource.owner == resource.key and asked != subject:",
            "if asked != subject:",
            OWNERS + "own",
        ),
        ("    g.owner = subject\n", "", CREATE + "others"),
        ("if document.get(field, subject) != subject or ", "if ", CREATE + "others"),
        ("or not resource.can_belong_to(subject):", "or False:", CREATE + "impossible_owner"),
        ("return {**document, field: subject}", "return document", CREATE + "own"),
        ("if patch.get(field, subject) != subject:", "if False:", OWNERS + "own"),
        # who calls
        (
            "if not isinstance(claims, Mapping):",
            "if claims is None:",
            CALLER + "claims_of_wrong_types",
        ),
        (
            "if not isinstance(subject, str) or not subject:",
            "if not subject:",
            CALLER + "claims_of_wrong_types",
        ),
        (
            "if not isinstance(subject, str) or not subject:",
            "if not isinstance(subject, str):",
            CALLER + "nobody",
        ),
        (
            "if not time.time() < _expires(claims) + LEEWAY < NEVER:",
            "if False:",
            CALLER + "expired",
        ),
        (" + LEEWAY < NEVER:", " + LEEWAY:", CALLER + "expired"),
        (" + LEEWAY < NEVER:", " < NEVER:", CALLER + "not_expired"),
        ("LEEWAY = 60", "LEEWAY = 90", CALLER + "expired"),
        (
            "    except ValueError:\n        return 0\n",
            "    except ValueError:\n        return 2e9\n",
            CALLER + "expired",
        ),
        ('claims.get("scope") or claims.get("scp")', 'claims.get("scope")', CALLER + "scopes"),
        ('claims.get("scope") or claims.get("scp")', 'claims.get("scp")', CALLER + "scopes"),
        ('told if isinstance(told, str) else ""', "str(told)", CALLER + "scopes_of_wrong_types"),
        ('listed = text[:1] + text[-1:] == "[]"', "listed = True", CALLER + "scopes"),
        ('listed = text[:1] + text[-1:] == "[]"', "listed = False", CALLER + "scopes"),
    ],
    "http/views": [
        (
            "document = access.owned(self._resource, ",
            "document = (lambda _, it: it)(self._resource, ",
            CREATE + "others",
        ),
        ("        access.keep_owned(self._resource, patch)\n", "", OWNERS + "own"),
        (
            "return self._collection.belonging_to(access.owner())",
            "return self._collection",
            OWNERS + "others",
        ),
        (
            "seen = collection.belonging_to(access.owner())",
            "seen = collection",
            OWNERS + "own_call_sees_what_its_caller_may_see",
        ),
    ],
    "http/requests": [
        ("{access.caller()}\\n", "", KEYS + "of_another_caller"),
    ],
    "http/failures": [
        ('{"WWW-Authenticate": f"Bearer{told}"}', "{}", CALLER + "nobody"),
        (
            'return {"WWW-Authenticate": f\'Bearer error="insufficient_scope"{told}\'}',
            "return {}",
            RULE + "list",
        ),
    ],
    "validation/__init__": [
        (
            "return rule.read(value) == value",
            "rule.read(value)\n        return True",
            OWNERS + "create",
        ),
    ],
    "store/collection": [
        ("if item is None or not self._sees(item):", "if item is None:", OWNERS + "others"),
        ("same and self._sees(item)", "same", OWNERS + "own_call_sees_what_its_caller_may_see"),
        ("filter(self._sees, listed)", "listed", OWNERS + "own_call_sees_what_its_caller_may_see"),
    ],
    "http/cors": [
        ('request.headers.get("Origin") not in origins', "False", CORS + "preflight_of_others"),
        ("if not asked or ", "if ", CORS + "no_preflight"),
        ('response.vary.add("Origin")', "None", CORS + "answers_to_others"),
        ("if origin in origins:", "if origin:", CORS + "answers_to_others"),
        ("app.before_request(partial(_preflight, app, origins))", "", CORS + "preflight"),
        ("    if origins:\n", "    if True:\n", NO_CORS + "nobody"),
    ],
    "config": [
        (
            'Origin = Annotated[str, Meta(pattern=r"^https?://[a-z0-9.:\\[\\]-]+$")]',
            "Origin = str",
            NO_CORS + "settings",
        ),
    ],
}
