"""Tries to write into Upkeep's own streams with a writer's password.

usage: forger.py CA_FILE URI
"""

import os
import sys

from kurrentdbclient import KurrentDBClient, NewEvent, StreamState
from kurrentdbclient.exceptions import AccessDeniedError

with open(sys.argv[1]) as certificates:
    client = KurrentDBClient(uri=sys.argv[2], root_certificates=certificates.read())

forged = NewEvent(type="TenantCreated", data=b"nonsense")
attempts = [
    lambda: client.append_to_stream("tenant-1", current_version=StreamState.ANY, events=[forged]),
    lambda: client.append_to_stream("session-1", current_version=StreamState.ANY, events=[forged, forged]),
    lambda: client.set_stream_metadata("instance-main", metadata={"$maxCount": 1}),
    lambda: client.delete_stream("instance-main", current_version=StreamState.ANY),
    lambda: client.tombstone_stream("checkpoint-main", current_version=StreamState.ANY),
]
for attempt in attempts:
    try:
        attempt()
    except AccessDeniedError:
        continue
    raise AssertionError("it was let in")
client.append_to_stream("orders-1", current_version=StreamState.ANY, events=[forged])
print("passed", flush=True)
# The client closes its channel when the interpreter ends, and sometimes waits for ever there.
os._exit(0)
