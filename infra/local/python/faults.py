"""Runs the fault proxy so that the emulator sees the host that the function called.

A signature covers the host. Left alone, the proxy puts the emulator's in its place, and with IAM enforced every request that
passed through it would be refused.
"""

import sys

from microburst import cli
from microburst.forward import Upstream

outbound_headers = Upstream._outbound_headers


def with_the_callers_host(self, request):
    return outbound_headers(self, request) | {"host": request.host}


Upstream._outbound_headers = with_the_callers_host
sys.exit(cli.main())
