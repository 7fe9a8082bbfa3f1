# How each object is compiled, for clangd: torc list --json | python3 compile_commands.py
import json, os, sys

commands = []
for job in json.load(sys.stdin)["jobs"]:
    if any(product.endswith(".o") for product in job["produces"]):
        folder = os.path.abspath(job["dir"])
        source = os.path.abspath(job["needs"][0])
        commands.append({"directory": folder, "file": source, "command": job["command"]})
print(json.dumps(commands, indent=2))
