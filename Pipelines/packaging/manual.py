"""Manual pages from the program's own help:
manual.py PROGRAM FOLDER writes collagan.1 and one collagan-COMMAND.1 per command."""
import json
import os
import pathlib
import subprocess
import sys
import time

DAY = time.strftime("%Y-%m-%d", time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))))


def escaped(text):
    """For roff: no line that begins a request, no hyphen that is a dash, no backslash that is taken for one."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in ".'" else line for line in text.split("\n"))


def flag(name):
    return ("-" if name["kind"] == "short" else "--") + name["name"]


def synopsis(arguments):
    words = []
    for argument in arguments:
        value = f"<{argument.get('valueName', 'value')}>"
        word = {"positional": value, "flag": ""}.get(argument["kind"], f" {value}")
        if argument["kind"] != "positional":
            word = flag(argument["preferredName"]) + word
        word += " ..." if argument["isRepeating"] else ""
        words.append(f"[{word}]" if argument["isOptional"] else word)
    return " ".join(words)


def page(path, command, version, others):
    """One page; `path` is the words that call the command."""
    arguments = [a for a in command.get("arguments", []) if a["shouldDisplay"]]
    children = [c for c in command.get("subcommands", []) if c["shouldDisplay"] and c["commandName"] != "help"]
    lines = [f'.TH "{"-".join(path).upper()}" 1 "{DAY}" "collagan {version}" "collagan"', ".SH NAME",
             f"{escaped('-'.join(path))} \\- {escaped(command.get('abstract', ''))}", ".SH SYNOPSIS",
             f".B {escaped(' '.join(path))}", escaped(synopsis(arguments) + (" <command>" if children else ""))]
    if command.get("discussion"):
        lines += [".SH DESCRIPTION", escaped(command["discussion"])]
    if children:
        lines.append(".SH COMMANDS")
        for child in children:
            lines += [".TP", f".BR {escaped('-'.join(path + [child['commandName']]))} (1)",
                      escaped(child.get("abstract", ""))]
    if arguments:
        lines.append(".SH OPTIONS")
        for argument in arguments:
            names = ", ".join(flag(name) for name in argument.get("names", [])) or f"<{argument.get('valueName')}>"
            if argument["kind"] == "option":
                names += f" <{argument.get('valueName', 'value')}>"
            text = argument.get("abstract", "")
            if argument.get("defaultValue"):
                text += f" (default: {argument['defaultValue']})"
            lines += [".TP", f".B {escaped(names)}", escaped(text)]
    if len(path) > 1:
        lines += [".SH SEE ALSO", ".BR " + ", ".join(f"{escaped(name)} (1)" for name in others)]
    lines += [".SH NOTES", "Research use only: not a medical device."]
    yield "-".join(path), "\n".join(lines) + "\n"
    for child in children:
        yield from page(path + [child["commandName"]], child, version, others)


def main(program, folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    run = lambda *arguments: subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout
    tree = json.loads(run("--experimental-dump-help"))["command"]
    version = run("--version").split()[1]
    for name, text in page([tree["commandName"]], tree, version, [tree["commandName"]]):
        (folder / f"{name}.1").write_text(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
