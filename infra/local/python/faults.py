"""Runs the fault proxy so that with IAM enforced, too, it changes nothing but what it is to break.

A signature covers the host, and that of an upload the length. Left alone, the proxy puts the emulator's host in the place of
its own and sends bodies in chunks, and every signed request that passed through it would be refused. It also leaves the
length out of the answer to `HEAD`, which is all that such an answer says.
"""

import sys

from aiohttp import web
from microburst import cli, forward

outbound_headers = forward.Upstream._outbound_headers
stream_to_client = forward._stream_to_client


def as_signed(self, request):
    length = {"content-length": request.headers["Content-Length"]} if "Content-Length" in request.headers else {}
    return outbound_headers(self, request) | {"host": request.host} | length


async def with_length(request, status, headers, mutator, chunks):
    if request.method != "HEAD":
        return await stream_to_client(request, status, headers, mutator, chunks)
    dropped = forward.HOP_BY_HOP - {"content-length"}
    kept = {name: value for name, value in headers.items() if name.lower() not in dropped}
    return web.Response(status=status, headers=kept)


forward.Upstream._outbound_headers = as_signed
forward._stream_to_client = with_length
sys.exit(cli.main())
