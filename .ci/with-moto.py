"""Runs a command while moto, an AWS of its own, listens on loopback: `with-moto.py COMMAND …` finds it in MOTO_ENDPOINT."""

import logging
import os
import subprocess
import sys

from moto.server import ThreadedMotoServer

logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
try:
    host, port = server.get_host_and_port()
    environment = {**os.environ, "MOTO_ENDPOINT": f"http://{host}:{port}"}
    sys.exit(subprocess.run(sys.argv[1:], env=environment).returncode)
finally:
    server.stop()
