#!/usr/bin/python3 -I
"""An output module of Speech Dispatcher 0.11 that writes down what it is to speak, one JSON string
a line in DIR/spoken, and takes DIR/milliseconds for each. DIR is where this file's link lies."""
import html, json, os, re, sys, threading

folder = os.path.dirname(os.path.abspath(sys.argv[1]))
lock, stop, speaking = threading.Lock(), threading.Event(), None


def put(line):
    with lock:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def take():
    line = sys.stdin.readline()
    if not line:
        sys.exit(0)
    return line.rstrip("\n")


def block():
    lines = []
    while (line := take()) != ".":
        lines.append(line[1:] if line.startswith("..") else line)
    return "\n".join(lines)


def speak(text):
    with open(folder + "/milliseconds") as f:
        seconds = int(f.read()) / 1000
    put("701 BEGIN")
    whole = not stop.wait(seconds)
    with open(folder + "/spoken", "a") as f:
        f.write(json.dumps(text if whole else text + " (cut)") + "\n")
    put("702 END" if whole else "703 STOP")


while True:
    word = take()
    if word == "INIT":
        put("299-ready\n299 OK LOADED SUCCESSFULLY")
    elif word in ("AUDIO", "LOGLEVEL", "SET"):
        put("207 OK RECEIVING SETTINGS")
        block()
        put("203 OK SET")
    elif word.startswith("LIST VOICES"):
        put("200-Danish\tda\tnone\n200-Danish+Adam\tda\tAdam\n200 OK VOICE LIST SENT")
    elif word == "SPEAK":
        put("202 OK RECEIVING MESSAGE")
        text = html.unescape(re.sub(r"<[^>]+>", "", block()))
        if speaking:
            speaking.join()
        stop.clear()
        put("200 OK SPEAKING")
        speaking = threading.Thread(target=speak, args=(text,), daemon=True)
        speaking.start()
    elif word in ("STOP", "PAUSE"):
        stop.set()
    elif word == "QUIT":
        put("210 OK QUIT")
        break
