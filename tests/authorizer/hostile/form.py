"""Credentials that have not the form of a bearer token, or are no JSON."""

import gzip
import json
from base64 import b64encode

from tests.authorizer.hostile.credentials import AT, Table, bearer, raw, with_claims, with_header
from tests.authorizer.tokens import GOOD, NOW, base64url, claims, signed, token

HEADER = base64url(b'{"typ":"at+jwt","alg":"ES256","kid":"es"}')
CLAIMS = base64url(json.dumps(GOOD).encode().ljust(400))


def scheme() -> Table:
    """Credentials that are no bearer token."""
    good = token()
    yield from {
        "nothing": None,
        "empty": "",
        "a number": 5,
        "a list": [bearer(good)],
        "an object": {"Bearer": good},
        "no scheme": good,
        "only the scheme": "Bearer",
        "only the scheme and a space": "Bearer ",
        "Basic": f"Basic {good}",
        "DPoP": f"DPoP {good}",
        "no space": f"Bearer{good}",
        "a tab": f"Bearer\t{good}",
        "a line break": f"Bearer\n{good}",
        "a no-break space": f"Bearer\xa0{good}",
        "a colon": f"Bearer: {good}",
        "twice the scheme": f"Bearer Bearer {good}",
        "a space before": f" Bearer {good}",
        "a space after": f"Bearer {good} ",
        "a line break after": f"Bearer {good}\n",
        "NUL after": f"Bearer {good}\0",
        "two tokens": f"Bearer {good} {good}",
        "two tokens with a comma": f"Bearer {good},{good}",
        "two credentials": f"Bearer {good}, Bearer {good}",
        "quotes": f'Bearer "{good}"',
        "a parameter": f"Bearer token={good}",
        "a dotless i": f"Bearer\u0131 {good}",
        "a long s": "bearer\u017f " + good,
    }.items()


def shape() -> Table:
    """Tokens that have not the form of one (RFC 7515, section 7.1)."""
    good = token()
    header, payload, signature = good.split(".")
    standard = b64encode(b"\xfb\xff\xfe").decode()
    yield from {
        "a word": bearer("token"),
        "one part": bearer(header),
        "two parts": bearer(f"{header}.{payload}"),
        "four parts": bearer(f"{good}.{signature}"),
        "encrypted, five parts": bearer(f"{header}.{payload}.{payload}.{payload}.{signature}"),
        "no header": bearer(f".{payload}.{signature}"),
        "no claims": bearer(f"{header}..{signature}"),
        "no signature": bearer(f"{header}.{payload}."),
        "a dot before": bearer(f".{good}"),
        "a dot after": bearer(f"{good}."),
        "two dots": bearer(f"{header}..{payload}.{signature}"),
        "a padded header": bearer(f"{header}=.{payload}.{signature}"),
        "padded claims": bearer(f"{header}.{payload}==.{signature}"),
        "a padded signature": bearer(f"{good}=="),
        "a space within": bearer(f"{header}. {payload}.{signature}"),
        "a line break within": bearer(f"{header}.\n{payload}.{signature}"),
        "standard base64": bearer(f"{header}.{payload}.{standard}"),
        "percent-encoded": bearer(good.replace(".", "%2E")),
        "full stops of another script": bearer(good.replace(".", "\uff0e")),
        "letters of another script": bearer(f"{header}.{payload}." + "\u0430" * 86),
        "digits of another script": bearer(f"{header}.{payload}." + "\u0661" * 86),
        "binary": bearer(bytes(range(256)).decode("latin-1")),
        "half of a surrogate pair": bearer(f"{good}\ud800"),
        "one letter of base64": bearer(f"{header}.{payload}.A"),
        "one letter of a header": bearer(f"A.{payload}.{signature}"),
        "JSON serialisation": bearer(json.dumps({"payload": payload, "signatures": [signature]})),
        "another end of the header": bearer(signed(f"{other_end(HEADER)}.{payload}")),
        "another end of the claims": bearer(signed(f"{header}.{other_end(CLAIMS)}")),
        "another end of the signature": bearer(f"{header}.{payload}.{other_end(signature)}"),
    }.items()


def other_end(part: str) -> str:
    """Return base64url that decodes to the same bytes, but is not what encodes them."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return part[:-1] + letters[letters.index(part[-1]) + 1]


def size() -> Table:
    """Tokens that are too large."""
    room = 8192 - len(token(claims(pad="")))
    yield "one character too many", with_claims(pad="a" * (room * 3 // 4 + 3))
    yield "100 KB of claims", with_claims(pad="a" * 100_000)
    yield "100 KB of header", with_header(pad="a" * 100_000)
    yield "100 KB of signature", bearer(f"{token()}{'A' * 100_000}")
    yield "100 KB of letters", bearer("a" * 100_000)
    yield "100 KB of dots", bearer("." * 100_000)
    yield "100 KB of spaces", f"Bearer{' ' * 100_000}"
    yield "100 KB of schemes", "Bearer " * 15_000
    yield "10 MB", bearer("a.b." * 2_500_000)


def document() -> Table:
    """Tokens that are no JSON, or JSON that two readers take for two things."""
    text = json.dumps(GOOD)
    for name, payload in {
        "nothing but a space": b" ",
        "null": b"null",
        "a number": b"1",
        "a text": b'"sub"',
        "an array": f"[{text}]".encode(),
        "pairs": json.dumps(list(GOOD.items())).encode(),
        "no JSON": b"sub=ada",
        "cut": text[:-1].encode(),
        "a comma at the end": f"{text[:-1]},}}".encode(),
        "two documents": (text + text).encode(),
        "rubbish after": f"{text}x".encode(),
        "single quotes": text.replace('"', "'").encode(),
        "a comment": f"/**/{text}".encode(),
        "byte-order mark": text.encode("utf-8-sig"),
        "UTF-16": text.encode("utf-16"),
        "UTF-32": text.encode("utf-32"),
        "Latin-1": text.replace("ada", "\xe4da").encode("latin-1"),
        "a control": text.replace("ada", "a\na").encode(),
        "compressed": gzip.compress(text.encode()),
        "CBOR": bytes.fromhex("a163737562636164 61".replace(" ", "")),
        "a token": token().encode(),
        "4,000 arrays": f'{text[:-1]},"a":{"[" * 4000}'.encode(),
        "5,000 digits": f'{text[:-1]},"a":{"1" * 5000}}}'.encode(),
        "NaN": f'{text[:-1]},"a":NaN}}'.encode(),
        "Infinity": f'{text[:-1]},"a":-Infinity}}'.encode(),
        "sub twice": f'{text[:-1]},"sub":"root"}}'.encode(),
        "sub twice, the same": f'{text[:-1]},"sub":"ada"}}'.encode(),
        "sub twice, escaped": f'{text[:-1]},"\\u0073ub":"root"}}'.encode(),
        "exp twice": f'{text[:-1]},"exp":{int(NOW) + 9}}}'.encode(),
        "a name twice, deeper": f'{text[:-1]},"act":{{"sub":"a","sub":"b"}}}}'.encode(),
    }.items():
        yield name, raw(payload)
    for name, header in {
        "a header of null": b"null",
        "a header that is an array": b'["ES256"]',
        "a header that is no JSON": b"alg=ES256",
        "a header with alg twice": b'{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"es"}',
        "a header with kid twice": b'{"kid":"rs","alg":"ES256","typ":"at+jwt","kid":"es"}',
        "a header with typ twice": b'{"typ":"JWT","alg":"ES256","typ":"at+jwt","kid":"es"}',
        "a header with NaN": b'{"a":NaN,"alg":"ES256","typ":"at+jwt","kid":"es"}',
        "a header in UTF-16": '{"alg":"ES256","typ":"at+jwt","kid":"es"}'.encode("utf-16"),
        "a header with 3,000 arrays": b'{"a":' + b"[" * 3000,
        "an encrypted token's header": b'{"alg":"RSA-OAEP","enc":"A256GCM","kid":"rs"}',
    }.items():
        yield name, bearer(token(header=header))
    yield "a token within a token", bearer(token(token().encode(), {**AT, "cty": "JWT"}))
