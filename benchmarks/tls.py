"""TLS in front of the engine, as DynamoDB has it: `python -m benchmarks.tls ENGINE CERTIFICATE`.

A process of its own ends TLS, so that its work is nobody's in the comparison. The authority is made
for the run and stands at the end of a bundle as large as a real one.
"""

import asyncio
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import certifi
import trustme

from local.engine import end

HOST = "127.0.0.1"
LARGEST_PIECE = 64 * 1024  # bytes


class Endpoint(NamedTuple):
    """Where a DynamoDB answers over TLS, and the authorities by which to know it."""

    url: str
    bundle: Path

    def environment(self) -> dict[str, str]:
        """Return the variables that name the authorities: pydynox reads one, boto3 the other."""
        return {"SSL_CERT_FILE": str(self.bundle), "AWS_CA_BUNDLE": str(self.bundle)}


@contextmanager
def terminated(engine: str, folder: Path) -> Iterator[Endpoint]:
    """Yield an endpoint with TLS in front of the `engine`; files are written to `folder`."""
    authority = trustme.CA()
    certificate, bundle = folder / "server.pem", folder / "authorities.pem"
    authority.issue_cert(HOST).private_key_and_cert_chain_pem.write_to_path(str(certificate))
    bundle.write_bytes(Path(certifi.where()).read_bytes())
    authority.cert_pem.write_to_path(str(bundle), append=True)
    command = [sys.executable, "-m", "benchmarks.tls", engine, str(certificate)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            port = process.stdout.readline().decode().strip() if process.stdout else ""
            yield Endpoint(f"https://{HOST}:{port}", bundle)
        finally:
            end(process)


async def serve(engine: str, certificate: str) -> None:
    """Hand on what comes over TLS to the engine, and back, until this process is ended."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    address = urlsplit(engine)

    async def handed_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs, ours = await asyncio.open_connection(address.hostname, address.port)
        await asyncio.gather(_copied(reader, ours), _copied(theirs, writer))

    server = await asyncio.start_server(handed_on, HOST, 0, ssl=context)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


async def _copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(LARGEST_PIECE):
            writer.write(piece)
            await writer.drain()
    except ConnectionError:
        pass  # a function that has been ended
    finally:
        writer.close()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
