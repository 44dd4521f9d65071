"""A child of an ExternalVerifier that does what its first argument says: judges well, or misbehaves in one way. The second, where given, names a file."""
import json
import os
import subprocess
import sys
import time

mode = sys.argv[1]
file = sys.argv[2] if len(sys.argv) > 2 else ""


def write(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def note(text):
    with open(file, "a") as notes:
        notes.write(text + "\n")


if mode == "exit at start":
    sys.stderr.write("there is no module named judge\n")
    sys.exit(3)
if mode == "hang at start":
    time.sleep(60)
write('{"ready": true}\n')
count = 0
for line in sys.stdin:
    count += 1
    item = json.loads(line)
    right = {"id": item["id"], "reward": float(item["completion"]["answer"] == item["task"]["ground_truth"]), "parts": {"length": len(item["completion"]["answer"])}, "reason": "compared"}
    reply = json.dumps(right) + "\n"
    if item["completion"]["answer"] == "well":  # So that one child can judge before it misbehaves.
        write(reply)
    elif mode == "right":
        write(reply)
    elif mode == "echo":
        write(json.dumps({"id": item["id"], "reward": 1, "reason": line}) + "\n")
    elif mode == "crash":
        os.abort()
    elif mode == "hang":
        time.sleep(60)
    elif mode == "hang once":
        if not os.path.exists(file):
            note("hung")
            time.sleep(60)
        write(reply)
    elif mode == "garbage":
        write("reward: 1.0\n")
    elif mode == "late":
        time.sleep(2)
        write(reply)
    elif mode == "duplicate":
        write(reply + reply)
    elif mode == "duplicate later":
        write(reply)
        time.sleep(0.05)
        write(reply)
    elif mode == "oversized":
        write(json.dumps({"id": item["id"], "reward": 1, "reason": "x" * 5000000}) + "\n")
    elif mode == "endless":
        while True:
            write("x" * 65536)
    elif mode == "wrong id":
        write(json.dumps({**right, "id": item["id"] + 1}) + "\n")
    elif mode == "closed output":
        os.close(1)
        time.sleep(60)
    elif mode == "partial line":
        write(reply[:10])
        time.sleep(60)
    elif mode == "partial line, then end":
        write(reply[:10])
        sys.exit(0)
    elif mode == "not finite":
        write('{"id": %d, "reward": NaN}\n' % item["id"])
    elif mode == "too large a number":
        write('{"id": %d, "reward": 1e999}\n' % item["id"])
    elif mode == "not finite part":
        write('{"id": %d, "reward": 1, "parts": {"a": null}}\n' % item["id"])
    elif mode == "missing field":
        write('{"id": %d, "reason": "no reward"}\n' % item["id"])
    elif mode == "text as reward":
        write('{"id": %d, "reward": "1.0"}\n' % item["id"])
    elif mode == "error":
        write('{"id": %d, "error": "no such column"}\n' % item["id"])
    elif mode == "unparsable":
        write('{"id": %d, "status": "unparsable", "reason": "no answer"}\n' % item["id"])
    elif mode == "memory":
        try:
            held = bytearray(3 << 30)
            write(reply)
        except MemoryError:
            sys.stderr.write("out of memory\n")
            sys.exit(1)
    elif mode == "descendants":
        # A grandchild in the group, and one in a session of its own whose parent is gone.
        script = "import os, time; open(%r, 'a').write(str(os.getpid()) + '\\n'); time.sleep(60)" % file
        subprocess.Popen([sys.executable, "-c", script])
        if os.fork() == 0:
            os.setsid()
            subprocess.Popen([sys.executable, "-c", script], start_new_session=True)
            os._exit(0)
        while not os.path.exists(file) or len(open(file).readlines()) < 2:
            time.sleep(0.005)
        write("garbage\n")
        time.sleep(60)
    elif mode == "end after two":
        write(reply)
        if count == 2:
            sys.exit(0)
