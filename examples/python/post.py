"""Posts records with Python's standard library alone: what every client of the Ingestion API does.

    ingest emulator exec --schema schemas/web.yaml -- python3 examples/python/post.py

Settings come by the INGEST_* variables, which `ingest emulator exec` sets.
"""

import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request


def call(url, body=None, token=None, form=None):
    """Sends one request; returns the status and the JSON of the answer, if it has any."""
    headers = {}
    data = None
    if form is not None:
        data = urllib.parse.urlencode(form).encode()
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    elif body is not None:
        data = json.dumps(body).encode()
        headers["Content-Type"] = "application/json"
    if token is not None:
        headers["Authorization"] = "Bearer " + token
    request = urllib.request.Request(url, data=data, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


def log_in():
    """An org token, exchanged for a tenant token; returns it with the tenant's address."""
    login = os.environ["INGEST_LOGIN_URL"]
    form = {
        "grant_type": "client_credentials",
        "client_id": os.environ["INGEST_CLIENT_ID"],
        "client_secret": os.environ["INGEST_CLIENT_SECRET"],
    }
    status, org = call(login + "/services/oauth2/token", form=form)
    if status != 200:
        sys.exit(f"the login was answered with {status}: {org}")
    form = {
        "grant_type": "urn:salesforce:grant-type:external:cdp",
        "subject_token": org["access_token"],
        "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
    }
    status, tenant = call(org["instance_url"] + "/services/a360/token", form=form)
    if status != 200:
        sys.exit(f"the exchange was answered with {status}: {tenant}")
    host = tenant["instance_url"]
    if "://" not in host:
        # A bare host, as the service answers; plain http only on this machine.
        scheme = "http" if login.startswith("http:") else "https"
        host = f"{scheme}://{host}"
    return tenant["access_token"], host


def visitor(number):
    return {
        "visitor_id": f"v-{number}",
        "updated_at": "2026-11-23T12:00:00.000Z",
        "email": f"v{number}@example.com",
        "phone": None,
        "first_seen": "2026-11-23",
        "newsletter": True,
        "discount": None,
        "country": "NL",
    }


def main():
    token, host = log_in()
    url = f"{host}/api/v1/ingest/sources/{os.environ['INGEST_SOURCE']}/visitor"

    status, answer = call(url, {"data": [visitor(number) for number in range(100)]}, token)
    print(status, answer)
    if status not in range(200, 300):
        sys.exit("good records were refused")

    wrong = visitor(100) | {"newslettre": True}
    status, answer = call(url, {"data": [wrong]}, token)
    report = answer["details"]["validationReport"]
    print(status, report[0]["causingExceptions"])
    if status != 400:
        sys.exit("a misspelt field was not refused")


main()
