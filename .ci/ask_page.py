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
# Several sentences answer this one: the model joins them, as soon as it is loaded.
for _ in range(60):
    joined = json.loads(client.predict("أين التقى وانغ يي ولافروف؟", api_name="/ask"))
    if joined["model"] != "none":
        break
    time.sleep(2)
print(joined["text"], joined["model"])
assert joined["answered"] and joined["model"] != "none", joined
assert any("144" in c["quote"] for claim in answer["claims"] for c in claim["citations"]), answer
