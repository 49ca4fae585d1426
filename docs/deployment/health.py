"""Ask the service in this container whether it is alive, by the public name that it answers to; fail if it is not."""

import os
from http.client import OK, HTTPConnection
from urllib.parse import urlsplit

connection = HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
connection.request("GET", "/sante", headers={"Host": urlsplit(os.environ["CENACLE_PUBLIC_URL"]).netloc})
raise SystemExit(connection.getresponse().status != OK)
