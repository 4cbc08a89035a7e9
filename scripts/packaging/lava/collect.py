#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
#
# Reads the log of a LAVA job that job.sh made: writes the device's console and the
# artefacts that came by it into a folder, and says what became of each scenario.
#
# usage: collect.py LOG FOLDER
#
# LOG is what LAVA calls output.yaml, or what lava-run printed. A device that
# panicked while a scenario ran has failed it. Where the console just ends, nothing is
# said of the kernel: "unknown". Exit code: 0 pass, 1 fail, 2 bad input, 3 something
# is unknown, 4 all skipped. Verdicts and LAVA's cases must be equally many.

import base64
import binascii
import hashlib
import io
import json
import os
import re
import sys
import tarfile

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
PASS, FAIL, BAD_INPUT, UNKNOWN, SKIP = range(5)
WORDS = {PASS: "pass", FAIL: "fail", UNKNOWN: "unknown", SKIP: "skip"}
MINE = "labyrinth-device: "


def read_log(path):
    """Returns the lines of the console, and the cases of Labyrinth's test."""
    console, cases = [], []
    with open(path, encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            line = line.removeprefix("- ").strip()
            if not line.startswith("{"):
                continue
            try:
                entry = yaml.load(line, LOADER)
                level, message = entry["lvl"], entry["msg"]
            except (yaml.YAMLError, KeyError, TypeError):
                raise ValueError(f"{path}:{number}: no line of a LAVA log")
            if level == "target":
                console.append(str(message))
            elif level == "results" and str(message.get("definition")).endswith("_labyrinth"):
                cases.append(message)
    if not console:
        raise ValueError(f"{path}: nothing came from a device; give the job's output.yaml")
    return console, cases


class Device:
    """What the lines of on-device.sh tell, in the order of the console."""

    def __init__(self, console):
        self.runs = {}      # (scenario, number): exit code, or None where it did not end
        self.begun = set()
        self.unfit = ""     # why nothing could be run
        self.panics = {}    # (scenario, number): the line
        self.sum, self.data, self.whole = None, [], False
        running = None
        for line in console:
            words = line.removeprefix(MINE).split()
            if not line.startswith(MINE):
                if running and re.search(r"Kernel panic - not syncing", line):
                    self.panics.setdefault(running, line.strip())
            elif words[0] == "plan" and len(words) > 2 and words[1].isdigit():
                for name in words[2:]:
                    for number in range(1, int(words[1]) + 1):
                        self.runs[name, str(number)] = None
            elif words[0] == "begin" and len(words) == 3:
                running = tuple(words[1:])
                self.runs[running] = None
                self.begun.add(running)
            elif words[0] == "end" and len(words) == 4 and words[3].isdigit():
                self.runs[tuple(words[1:3])] = int(words[3])
                running = None
            elif words[0] == "unfit":
                self.unfit = " ".join(words[1:])
            elif words[0] == "artefacts" and len(words) == 2:
                self.sum, self.data = words[1], []
            elif words[0] == "data" and len(words) == 2:
                self.data.append(words[1])
            elif words[0] == "artefacts-end":
                self.whole = True

    def outcome(self, run):
        """The verdict and, where the exit code does not say it, why."""
        if run in self.panics:
            return FAIL, self.panics[run]
        code = self.runs[run]
        if code is None and run in self.begun:
            return UNKNOWN, "the device was lost before it ended"
        if code is None:
            return UNKNOWN, self.unfit or "the device was lost before it began"
        if code == BAD_INPUT:
            return SKIP, "the device was not fit for it; console.log says why"
        if code in (PASS, FAIL, SKIP):
            return code, ""
        return UNKNOWN, f"exit code {code}"

    def artefacts(self):
        """The archive's bytes; None where none came, or not whole."""
        if not self.whole:
            return None
        try:
            archive = base64.b64decode("".join(self.data), validate=True)
        except binascii.Error:
            return None
        return archive if hashlib.sha256(archive).hexdigest() == self.sum else None


def unpack(archive, folder):
    """Only files and folders, and none above the folder: a device is not trusted."""
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        for member in tar:
            name = os.path.normpath(member.name)
            if name.startswith(("/", "..")) or not (member.isfile() or member.isdir()):
                raise ValueError(f"{member.name}: not unpacked")
            path = os.path.join(folder, name)
            if member.isdir():
                os.makedirs(path, exist_ok=True)
                continue
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(tar.extractfile(member).read())


def count_verdicts(folder):
    count = 0
    for place, _, files in os.walk(folder):
        if "results.json" in files:
            with open(os.path.join(place, "results.json"), encoding="utf-8") as file:
                count += len(json.load(file)["verdicts"])
    return count


def is_verdict(case):
    """Cases of a scenario are in a set, and measurements are no verdicts."""
    return "set" in case and "measurement" not in case


def conclude(device, cases, folder):
    worst = SKIP
    for run in device.runs:
        code, why = device.outcome(run)
        print(f"{run[0]} {run[1]}: {WORDS[code]}{': ' if why else ''}{why}")
        for graver in (FAIL, UNKNOWN, PASS):
            if graver in (code, worst):
                worst = graver
                break
    archive = device.artefacts()
    if archive is None:
        print("artefacts: none came whole; console.log is what there is")
    else:
        unpack(archive, folder)
        reported, found = sum(map(is_verdict, cases)), count_verdicts(folder)
        print(f"{found} verdicts, {reported} cases of LAVA")
        if found != reported and worst != FAIL:
            worst = UNKNOWN
    if not device.runs:
        print("no scenario was begun")
        return UNKNOWN
    return worst


def main():
    if len(sys.argv) != 3:
        print("usage: collect.py LOG FOLDER", file=sys.stderr)
        return BAD_INPUT
    log, folder = sys.argv[1:]
    try:
        console, cases = read_log(log)
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "console.log"), "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in console if not line.startswith(MINE + "data"))
        return conclude(Device(console), cases, folder)
    except (OSError, ValueError, tarfile.TarError) as error:
        print(f"collect.py: {error}", file=sys.stderr)
        return BAD_INPUT


if __name__ == "__main__":
    sys.exit(main())
