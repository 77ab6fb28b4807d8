"""What would break a client of a released contract: two OpenAPI documents, compared.

A client relies on what it may send being accepted, and on what it reads being there. So a request
may only become wider, and an answer may only gain.
"""

import math
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

Document = Mapping[str, Any]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
LOWER_LIMITS = ("minLength", "minimum", "minItems")
UPPER_LIMITS = ("maxLength", "maximum", "maxItems")


def breakages(released: Document, current: Document) -> list[str]:
    """Return a sentence for everything in the current document that breaks a client of old."""
    old, new = calls(released), calls(current)
    kept = old.keys() & new.keys()
    return [
        *gone("", old, new),
        *chain.from_iterable(broken_call(name, old[name], new[name]) for name in sorted(kept)),
    ]


def calls(document: Document) -> dict[str, Document]:
    """Return the calls by method and path, each with all its parameters and no references."""
    return {
        f"{method.upper()} {path}": whole(document, item[method])
        | {"parameters": parameters(document, item.get("parameters", []), item[method])}
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    }


def parameters(document: Document, shared: list[Any], call: Document) -> dict[str, Document]:
    """Return the parameters of a call by place and name."""
    together = whole(document, [*shared, *call.get("parameters", [])])
    return {f"{each['in']} parameter {each['name']}": each for each in together}


def whole(document: Document, part: Any) -> Any:
    """Return a part of a document with what it refers to in place."""
    if isinstance(part, list):
        return [whole(document, each) for each in part]
    if not isinstance(part, dict):
        return part
    if "$ref" not in part:
        return {name: whole(document, part[name]) for name in part}
    target: Any = document
    for step in part["$ref"].removeprefix("#/").split("/"):
        target = target[step]
    return whole(document, target)


def gone(where: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Tell of names that are no longer there."""
    for name in old:
        if name not in new:
            yield f"{where}{name} is gone"


def broken_call(name: str, old: Document, new: Document) -> Iterator[str]:
    """Tell what breaks those who use a call."""
    yield from broken_parameters(f"{name}: ", old["parameters"], new["parameters"])
    yield from broken_body(f"{name}: body", old.get("requestBody", {}), new.get("requestBody", {}))
    yield from gone(f"{name}: answer ", old["responses"], new["responses"])
    for status in old["responses"].keys() & new["responses"].keys():
        where = f"{name}: answer {status}: "
        yield from broken_answer(where, old["responses"][status], new["responses"][status])


def broken_parameters(where: str, old: Document, new: Document) -> Iterator[str]:
    """Tell what breaks those who send the parameters of old."""
    yield from gone(where, old, new)
    for name, parameter in new.items():
        if parameter.get("required") and not old.get(name, {}).get("required"):
            yield f"{where}{name} has become required"
        if name in old:
            yield from narrowed(f"{where}{name}", old[name]["schema"], parameter["schema"])


def broken_body(where: str, old: Document, new: Document) -> Iterator[str]:
    """Tell what breaks those who send the bodies of old."""
    if new.get("required") and not old.get("required"):
        yield f"{where} has become required"
    kinds, others = old.get("content", {}), new.get("content", {})
    yield from gone(f"{where}: ", kinds, others)
    for kind in kinds.keys() & others.keys():
        yield from narrowed(f"{where}: {kind}", kinds[kind]["schema"], others[kind]["schema"])


def broken_answer(where: str, old: Document, new: Document) -> Iterator[str]:
    """Tell what those who read an answer no longer find in it."""
    headers, others = old.get("headers", {}), new.get("headers", {})
    yield from gone(f"{where}header ", headers, others)
    for name in headers.keys() & others.keys():
        if headers[name].get("required") and not others[name].get("required"):
            yield f"{where}header {name} is no longer always there"
    kinds, others = old.get("content", {}), new.get("content", {})
    yield from gone(where, kinds, others)
    for kind in kinds.keys() & others.keys():
        yield from lost(f"{where}{kind}", kinds[kind]["schema"], others[kind]["schema"])


def narrowed(where: str, old: Document, new: Document) -> Iterator[str]:
    """Tell what may no longer be sent."""
    if "anyOf" in old or "anyOf" in new:
        yield from narrowed_choice(where, old, new)
        return
    yield from narrowed_limits(where, old, new)
    yield from narrowed_values(where, old, new)
    yield from gone(f"{where}: field ", properties(old), properties(new))
    for name in set(new.get("required", [])) - set(old.get("required", [])):
        yield f"{where}: field {name} has become required"
    if new.get("additionalProperties") is False and old.get("additionalProperties") is not False:
        yield f"{where}: other fields are no longer accepted"
    for name, before, after in parts(old, new):
        yield from narrowed(f"{where}: {name}", before, after)


def narrowed_choice(where: str, old: Document, new: Document) -> Iterator[str]:
    """Tell which alternatives may no longer be sent."""
    alternatives = new.get("anyOf", [new])
    for number, each in enumerate(old.get("anyOf", [old])):
        if all(list(narrowed(where, each, alternative)) for alternative in alternatives):
            yield f"{where}: alternative {number} is gone or narrower"


def narrowed_limits(where: str, old: Document, new: Document) -> Iterator[str]:
    """Tell which limits are closer."""
    for name in LOWER_LIMITS:
        if new.get(name, -math.inf) > old.get(name, -math.inf):
            yield f"{where}: {name} is greater"
    for name in UPPER_LIMITS:
        if new.get(name, math.inf) < old.get(name, math.inf):
            yield f"{where}: {name} is smaller"


def narrowed_values(where: str, old: Document, new: Document) -> Iterator[str]:
    """Tell of another type or pattern, and of values that are missing."""
    for name in ("type", "pattern", "const"):
        if name in new and new[name] != old.get(name):
            yield f"{where}: {name} is another"
    if "enum" in new and ("enum" not in old or set(old["enum"]) - set(new["enum"])):
        yield f"{where}: enum has fewer values"


def lost(where: str, old: Document, new: Document) -> Iterator[str]:
    """Tell what can no longer be read."""
    if old.get("type") != new.get("type"):
        yield f"{where}: type is another"
    yield from gone(f"{where}: field ", properties(old), properties(new))
    for name in set(old.get("required", [])) - set(new.get("required", [])):
        yield f"{where}: field {name} is no longer always there"
    for name, before, after in parts(old, new):
        yield from lost(f"{where}: {name}", before, after)


def properties(schema: Document) -> Mapping[str, Document]:
    """Return the fields that a schema names."""
    named: Mapping[str, Document] = schema.get("properties", {})
    return named


def parts(old: Document, new: Document) -> Iterator[tuple[str, Document, Document]]:
    """Yield what both schemas are made of: fields and items, each before and after."""
    for name in properties(old):
        if name in properties(new):
            yield f"field {name}", properties(old)[name], properties(new)[name]
    if "items" in old and "items" in new:
        yield "items", old["items"], new["items"]
