"""Who may do what, with ACCESS=token: the rule of each route, and who calls."""

import json
import time
from typing import Any

from flask import Response
from msgspec.structs import replace

from tests.support.callers import ADMIN, INSUFFICIENT, NOBODY, READ, WRITE, AccessTest, claims
from tests.support.service import Service
from tests.support.transports import Claims, Wsgi
from users_api.app import RESOURCES
from users_api.http import access


class RuleTest(AccessTest):
    """The rule of each route."""

    def test_every_route_has_a_rule(self) -> None:
        """Every route that there is has a rule, and there is no rule without a route."""
        routes = {
            (rule.endpoint, method)
            for rule in self.service.app.url_map.iter_rules()
            for method in (rule.methods or set()) - {"HEAD"}
        }
        self.assertEqual(access.rules(RESOURCES).keys(), routes)

    def test_only_calls_about_the_service_are_public(self) -> None:
        """No call of a resource is for everybody."""
        public = {route for route, rule in access.rules(RESOURCES).items() if rule == access.Rule()}
        names = ["index", "health", "openapi", "docs", "docs_file"]
        self.assertEqual(public, {(name, "GET") for name in names})

    def test_route_without_a_rule(self) -> None:
        """A route that nobody thought of is refused, whatever the scopes."""
        self.service = Service(self.service.settings)
        self.service.app.add_url_rule("/new", view_func=lambda: Response("secret"), methods=["GET"])
        self.service.app.add_url_rule("/health", "beat", view_func=Response, methods=["POST"])
        for method, target in [("GET", "/new"), ("HEAD", "/new"), ("POST", "/health")]:
            with self.subTest(method=method, target=target):
                refused = self.send_as(ADMIN, method, target)
                self.assertEqual(refused.status, 403)
                self.assertEqual(refused.headers["WWW-Authenticate"], INSUFFICIENT)
                self.assertEqual(self.send_as(NOBODY, method, target).status, 401)

    def test_list(self) -> None:
        """To list and to look up needs the scope to read, whoever asks."""
        for target in ["/users", "/users?limit=1", "/users?email=ada@example.com", "/users?x=1"]:
            for caller in [claims("ada"), claims("ada", WRITE)]:
                with self.subTest(target, caller=caller):
                    self.assert_forbidden(self.send_as(caller, "GET", target), READ)
                    self.assertEqual(self.send_as(caller, "HEAD", target).status, 403)
        self.assertEqual(self.send_as(claims("x", READ), "GET", "/users").status, 200)
        self.assertEqual(self.send_as(claims("x", READ), "HEAD", "/users").status, 200)

    def test_read(self) -> None:
        """To read needs the scope to read, or one's own record."""
        for caller, status in [
            (claims("ada"), 200),
            (claims("ada", WRITE), 200),
            (claims("x", READ), 200),
            (claims("x", WRITE), 404),
            (claims("bob"), 404),
        ]:
            with self.subTest(caller=caller):
                self.assertEqual(self.send_as(caller, "GET", "/users/ada").status, status)
                self.assertEqual(self.send_as(caller, "HEAD", "/users/ada").status, status)

    def test_change_and_remove(self) -> None:
        """To change and to remove needs the scope to write, or one's own record."""
        for caller, allowed in [
            (claims("x", READ), False),
            (claims("bob"), False),
            (claims("x", WRITE), True),
            (claims("ada"), True),
            (claims("ada", READ), True),
        ]:
            with self.subTest(caller=caller):
                changed = self.send_as(caller, "PATCH", "/users/ada", {"name": "Ada"})
                self.assertEqual(changed.status, 200 if allowed else 404)
                removed = self.send_as(caller, "DELETE", "/users/ada")
                self.assertEqual(removed.status, 204 if allowed else 404)
                self.send_as(ADMIN, "POST", "/users", {"userId": "ada", "name": "Ada"})

    def test_public(self) -> None:
        """The calls about the service itself ask for nothing, and mind no token."""
        for target in ["/", "/health", "/openapi.json", "/docs", "/docs/", "/docs/page.js"]:
            for caller in [NOBODY, {}, claims("ada", exp=1), claims("ada"), ADMIN]:
                with self.subTest(target, caller=caller):
                    self.assertEqual(self.send_as(caller, "GET", target).status, 200)
                    self.assertEqual(self.send_as(caller, "HEAD", target).status, 200)

    def test_no_such_call(self) -> None:
        """Who may call nothing does not learn what there is; others do."""
        for method, target, status in [
            ("GET", "/nothing", 404),
            ("GET", "/users/ada/", 404),
            ("GET", "/users/ada/x", 404),
            ("PUT", "/users/ada", 405),
            ("OPTIONS", "/users", 405),
            ("TRACE", "/users/bob", 405),
        ]:
            with self.subTest(method=method, target=target):
                self.assert_refused_at_once(self.send_as(NOBODY, method, target), 401, "Bearer")
                for caller in [claims("ada"), claims("bob"), ADMIN]:
                    self.assert_refused_at_once(self.send_as(caller, method, target), status)

    def test_no_such_public_call(self) -> None:
        """What is public says so, whatever is asked of it and whoever asks."""
        for method, target, status in [
            ("POST", "/health", 405),
            ("DELETE", "/", 405),
            ("PUT", "/docs/page.js", 405),
            ("GET", "/docs/nothing", 404),
            ("GET", "/docs/page.js/x", 404),
        ]:
            for caller in [NOBODY, claims("ada")]:
                with self.subTest(method=method, target=target, caller=caller):
                    self.assert_refused_at_once(self.send_as(caller, method, target), status)

    def test_open(self) -> None:
        """With open access nobody is asked, and what claims there are mean nothing."""
        self.service = Service(replace(self.service.settings, access="open"))
        for caller in [NOBODY, claims("bob"), claims("ada", exp=1)]:
            with self.subTest(caller=caller):
                for target in ["/users", "/users/ada"]:
                    self.assertEqual(self.send_as(caller, "GET", target).status, 200)


class CallerTest(AccessTest):
    """Who calls."""

    def test_nobody(self) -> None:
        """Without claims, or without a subject in them, it is not known who calls."""
        bad: list[Any] = [NOBODY, {}, claims(""), {"exp": time.time() + 60}]
        for caller in bad:
            for method, target in [("GET", "/users/ada"), ("GET", "/users"), ("POST", "/users")]:
                with self.subTest(caller=caller, method=method, target=target):
                    answer = self.send_as(caller, method, target)
                    self.assert_refused_at_once(answer, 401, "Bearer")
                    self.assertEqual(answer.json["code"], "unauthorized")

    def test_claims_of_wrong_types(self) -> None:
        """What is not made of texts, as a gateway has it, is nobody's."""
        send = Wsgi(self.service.app)
        bad: list[Any] = ["ada", 1, True, ["sub", "ada"], {"sub": 1}, {"sub": ["ada"]}]
        bad += [claims("ada") | {"sub": sub} for sub in (1, True, None, ["ada"], {"ada": 1}, b"a")]
        for each in bad:
            with self.subTest(claims=each):
                answer = send("GET", "/users/ada", {}, b"", each)
                self.assert_refused_at_once(answer, 401, "Bearer")

    def test_expired(self) -> None:
        """A token is looked at again: the gateway remembers its verdict beyond the token's end."""
        now = time.time()
        ends: list[object] = [now - 61, str(now - 61), 0, -1, "", "soon", None, "nan", "inf"]
        ends += ["-inf", float("nan"), float("inf"), 10**400, "1" * 400, True, [now + 60], "1e999"]
        for end in ends:
            with self.subTest(exp=end):
                answer = self.send_as(claims("ada", READ, exp=end), "GET", "/users/ada")
                self.assert_refused_at_once(answer, 401, 'Bearer error="invalid_token"')
        without = {"sub": "ada", "scope": READ}
        self.assertEqual(self.send_as(without, "GET", "/users/ada").status, 401)

    def test_not_expired(self) -> None:
        """The end may be told as a number or as text, and clocks may differ by a minute."""
        now = time.time()
        for end in [now + 9, int(now) + 9, str(int(now) + 9), f"{now:.8e}", now - 50]:
            with self.subTest(exp=end):
                answer = self.send_as(claims("ada", exp=end), "GET", "/users/ada")
                self.assertEqual(answer.status, 200)

    def test_scopes(self) -> None:
        """Scopes are words in the claim `scope` or `scp`; nothing else is one."""
        good: list[dict[str, str]] = [
            {"scope": "users:read"},
            {"scope": "openid users:read email"},
            {"scope": "[openid users:read]"},
            {"scope": "", "scp": "users:read"},
            {"scp": "[users:read]"},
        ]
        bad: list[dict[str, str]] = [
            {"scope": text}
            for text in (
                *("", "users", "users:*", "*", "users:reader", "xusers:read", "Users:Read"),
                *("users:read,users:write", "openid,users:read", "[users:read", "users:read]"),
                *('"users:read"', "users :read", "[[users:read]]", "users:write", "read"),
                *("users:read\u00a0x", "x\tusers:read", "users:read\n"),
            )
        ]
        bad += [{}, {"scopes": "users:read"}, {"permissions": "users:read"}]
        for status, cases in [(200, good), (403, bad)]:
            for told in cases:
                with self.subTest(**told):
                    caller: Claims = {"sub": "x", "exp": time.time() + 60} | told
                    self.assertEqual(self.send_as(caller, "GET", "/users").status, status)

    def test_scopes_of_wrong_types(self) -> None:
        """Scopes that are no text are none."""
        send = Wsgi(self.service.app)
        for told in [["users:read"], ["a users:read b"], {"a": "a users:read b"}, 1, True]:
            with self.subTest(scope=told):
                answer = send("GET", "/users", {}, b"", claims("x", scope=told))
                self.assert_forbidden(answer, READ)

    def test_user_claim(self) -> None:
        """A setting says which claim tells who calls; no other counts then."""
        self.service = self.made(USER_CLAIM="username")
        caller = claims("0f8f", WRITE, username="ada")
        self.send_as(caller, "POST", "/users", {"userId": "ada", "name": "A"})
        read = self.send_as(claims("0f8f", username="ada"), "GET", "/users/ada")
        self.assertEqual(read.status, 200)
        for other in [claims("ada", username="0f8f"), claims("x", username="bob")]:
            refused = self.send_as(other, "GET", "/users/ada")
            self.assertEqual(refused.status, 404)
        refused = self.send_as(claims("ada"), "GET", "/users/ada")
        self.assertEqual(refused.status, 401)

    def test_forged(self) -> None:
        """Nothing that a client sends itself says who it is."""
        for name in (
            *("Authorization", "X-User", "Sub", "X-Amzn-Oidc-Identity", "X-Amzn-Oidc-Data"),
            *("Users-Api.Claims", "Users_Api.Claims", "X-Apigateway-Event", "Remote-User"),
            *("X-Forwarded-User", "Serverless-Authorizer", "Cookie", "X-Amzn-Request-Context"),
        ):
            for value in ["ada", json.dumps(claims("ada", READ)), "sub=ada", "Bearer ada"]:
                with self.subTest(header=name, value=value):
                    headers = {name: value}
                    nobody = self.service.send("GET", "/users/ada", headers, b"", NOBODY)
                    self.assert_refused_at_once(nobody, 401, "Bearer")
                    other = self.service.send("GET", "/users/ada", headers, b"", claims("bob"))
                    self.assert_refused_at_once(other, 404)
        for query in ["sub=ada", "users_api.claims=ada", "access_token=ada", "scope=users:read"]:
            with self.subTest(query=query):
                nobody = self.send_as(NOBODY, "GET", f"/users?{query}")
                self.assert_refused_at_once(nobody, 401, "Bearer")
                self.assert_forbidden(self.send_as(claims("ada"), "GET", f"/users?{query}"), READ)
        document = {"name": "x", "sub": "bob", "scope": WRITE, "claims": {"sub": "bob"}}
        nobody = self.send_as(NOBODY, "POST", "/users", document | {"userId": "bob"})
        self.assert_refused_at_once(nobody, 401, "Bearer")
