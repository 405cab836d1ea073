"""The Boutiques descriptor of `collagan bids` from the program's own help: boutiques.py PROGRAM > collagan.json.

Schema 0.5 (https://boutiques.github.io). Every option of the command is an input; values are checked by the program.
"""
import json
import subprocess
import sys


def key(argument):
    name = argument.get("preferredName", {}).get("name") or argument["valueName"]
    return name.replace("-", "_")


def value_type(argument):
    if argument["kind"] == "flag":
        return {"type": "Flag"}
    if key(argument) in ("bids_dir",):
        return {"type": "File"}
    if key(argument) in ("model",):
        return {"type": "File"}
    if argument.get("valueName") == "number":
        return {"type": "Number", "integer": True, "minimum": 1}
    return {"type": "String"}


def main(program):
    run = lambda *arguments: subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout
    tree = json.loads(run("--experimental-dump-help"))["command"]
    command = next(command for command in tree["subcommands"] if command["commandName"] == "bids")
    inputs, words = [], ["collagan", "bids"]
    for argument in command["arguments"]:
        if not argument["shouldDisplay"] or key(argument) in ("help", "version"):
            continue
        name = key(argument)
        entry = {"id": name, "name": name, "description": argument.get("abstract", name) or name,
                 "optional": argument["isOptional"], "value-key": f"[{name.upper()}]", **value_type(argument)}
        if argument["kind"] != "positional":
            entry["command-line-flag"] = "--" + argument["preferredName"]["name"]
        if argument["isRepeating"]:
            entry.update({"list": True, "list-separator": " "})
        if name == "analysis_level":
            entry["value-choices"] = ["participant", "group"]
        inputs.append(entry)
        words.append(entry["value-key"])
    print(json.dumps({
        "name": "collagan", "schema-version": "0.5", "tool-version": run("--version").split()[1],
        "description": command["abstract"] + " Research use only: not a medical device.",
        "command-line": " ".join(words), "inputs": inputs,
        "output-files": [{
            "id": "derivatives", "name": "derivatives",
            "description": "BIDS derivatives: imputed images, sidecars, reports.",
            "path-template": "[OUTPUT_DIR]", "optional": False}],
        "error-codes": [{"code": 1, "description": "some participants failed, the rest is complete"},
                        {"code": 2, "description": "nothing could start"}, {"code": 64, "description": "wrong usage"},
                        {"code": 75, "description": "another process is at work on the same"}],
        "tags": {"domain": ["neuroinformatics", "mri"]},
    }, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
