#!/usr/bin/python3 -I
"""An output module for Speech Dispatcher (0.11 and 0.12) that writes down what it would say.

It speaks the modules' protocol on standard input and output and never opens a sound device.
In $RIG_SPEECH it writes `said.jsonl`, one object per event (speak, begin, end, stop, pause), and
`recorder.pid`; it reads `speech_ms` before each message: how long this message takes to say.
"""

import html
import json
import os
import re
import sys
import threading
import time
from pathlib import Path

FOLDER = Path(os.environ["RIG_SPEECH"])
TAG = re.compile(r"<[^>]*>")
VOICES = ("English\ten\tnone", "Danish\tda\tnone", "Greenlandic\tkl\tnone")


class Recorder:
    """One message at a time, as the server hands them over."""

    def __init__(self):
        self.output = threading.Lock()
        self.settings = {}
        self.number = 0
        self.speaking = None
        self.interrupted = threading.Event()
        self.reason = "stop"

    def reply(self, *lines):
        """Answers the server."""
        with self.output:
            sys.stdout.buffer.write("".join(line + "\n" for line in lines).encode())
            sys.stdout.buffer.flush()

    def write_down(self, event, **facts):
        """Appends one event, with its time, to the record."""
        line = json.dumps({"event": event, "at": time.time_ns(), **facts}, ensure_ascii=False)
        with self.output, open(FOLDER / "said.jsonl", "ab") as record:
            record.write(line.encode() + b"\n")

    def read_line(self):
        """One line from the server; its end is ours too."""
        line = sys.stdin.buffer.readline()
        if not line:
            sys.exit(0)
        return line.decode("utf-8", "replace").rstrip("\n")

    def read_block(self):
        """Lines up to a lone dot, with doubled dots undone."""
        lines = []
        while (line := self.read_line()) != ".":
            lines.append(line[1:] if line.startswith("..") else line)
        return "\n".join(lines)

    def speak(self, kind):
        """Takes a message and starts to say it."""
        self.reply("202 OK RECEIVING MESSAGE")
        text = html.unescape(TAG.sub("", self.read_block()))
        if self.speaking:
            self.speaking.join()
        self.number += 1
        self.interrupted.clear()
        self.write_down("speak", n=self.number, kind=kind, text=text, settings=dict(self.settings))
        self.reply("200 OK SPEAKING")
        self.speaking = threading.Thread(target=self.say, args=(self.number,), daemon=True)
        self.speaking.start()

    def say(self, number):
        """Takes as long as the message takes, or until it is interrupted."""
        seconds = int((FOLDER / "speech_ms").read_text()) / 1000
        self.write_down("begin", n=number)
        self.reply("701 BEGIN")
        if self.interrupted.wait(seconds):
            self.write_down(self.reason, n=number)
            self.reply("704 PAUSE" if self.reason == "pause" else "703 STOP")
        else:
            self.write_down("end", n=number)
            self.reply("702 END")

    def interrupt(self, reason):
        """Ends the message that is being said."""
        self.reason = reason
        self.interrupted.set()

    def take_settings(self):
        """Voice, rate, language and the rest, for the messages that follow."""
        self.reply("203 OK RECEIVING SETTINGS")
        for line in self.read_block().splitlines():
            name, _, value = line.partition("=")
            self.settings[name] = value
        self.reply("203 OK SETTINGS RECEIVED")

    def run(self):
        """Answers the server until it says goodbye."""
        while True:
            command = self.read_line()
            word = command.split(" ")[0]
            if word == "INIT":
                self.reply("299-It writes down what it would say", "299 OK LOADED SUCCESSFULLY")
            elif word in ("AUDIO", "LOGLEVEL"):
                self.reply(f"207 OK RECEIVING {word} SETTINGS")
                self.read_block()
                self.reply("203 OK AUDIO INITIALIZED" if word == "AUDIO" else "203 OK LOGLEVEL SET")
            elif word == "SET":
                self.take_settings()
            elif word == "LIST":
                self.reply(*(f"200-{voice}" for voice in VOICES), "200 OK VOICE LIST SENT")
            elif word in ("SPEAK", "CHAR", "KEY", "SOUND_ICON"):
                self.speak(word)
            elif word in ("STOP", "PAUSE"):
                self.interrupt(word.lower())
            elif word == "DEBUG":
                self.reply("200 OK DEBUGGING OFF")
            elif word == "QUIT":
                self.reply("210 OK QUIT")
                return
            else:
                self.reply("300 ERR UNKNOWN COMMAND")


if __name__ == "__main__":
    (FOLDER / "recorder.pid").write_text(str(os.getpid()))
    Recorder().run()
