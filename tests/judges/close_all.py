"""Says who may read `$all`: the second of the commands with which README.md prepares a secured cluster.

usage: close_all.py CA_FILE ADMIN_URI NAME...
"""

import os
import sys

from kurrentdbclient import KurrentDBClient

ca_file, uri, *names = sys.argv[1:]
client = KurrentDBClient(uri=uri, root_certificates=open(ca_file).read())
client.set_stream_metadata("$all", metadata={"$acl": {"$r": names}})
print("passed", flush=True)
# The client closes its channel when the interpreter ends, and sometimes waits for ever there.
os._exit(0)
