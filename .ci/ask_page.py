"""Waits for the page at the address given, asks it over its API, and checks the answer."""

import json
import sys
import time

from gradio_client import Client

address = sys.argv[1]
for _ in range(120):
    try:
        client = Client(address, verbose=False)
        break
    except Exception:
        time.sleep(1)
else:
    sys.exit(f"{address}: no page after two minutes")

question = "كم شخصا سقط في الهجوم قرب موسكو؟"
answer = json.loads(client.predict(question, api_name="/ask"))
print(answer["text"], answer["model"])
assert answer["answered"] and "144" in answer["short"]["text"], answer
assert any("144" in c["quote"] for claim in answer["claims"] for c in claim["citations"]), answer
