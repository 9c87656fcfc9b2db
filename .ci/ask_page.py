"""Waits for the server at the address given, asks its page and its interface, checks both."""

import json
import sys
import time
import urllib.request

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
body = json.dumps({"question": question}).encode()
request = urllib.request.Request(
    f"{address}/v1/ask", body, {"Content-Type": "application/json"}, method="POST"
)
with urllib.request.urlopen(request, timeout=60) as reply:
    same = json.load(reply)
assert {**same, "timings": None} == {**answer, "timings": None}, (same, answer)
# Several sentences answer this one: the model joins them, as soon as it is loaded.
for _ in range(60):
    joined = json.loads(client.predict("أين التقى وانغ يي ولافروف؟", api_name="/ask"))
    if joined["model"] != "none":
        break
    time.sleep(2)
print(joined["text"], joined["model"])
assert joined["answered"] and joined["model"] != "none", joined
assert any("144" in c["quote"] for claim in answer["claims"] for c in claim["citations"]), answer
