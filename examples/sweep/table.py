"""Writes a table of all rates, the best first, and a picture of their losses.

usage: table.py TABLE PICTURE SUMMARY...
"""

import sys

table, picture, *summaries = sys.argv[1:]
rows = []
for summary in summaries:
    with open(summary) as file:
        rows.append(file.read().split())
rows.sort(key=lambda row: float(row[1]))
with open(table, "w") as file:
    print("rate,mean loss,deviation,runs", file=file)
    for row in rows:
        print(",".join(row), file=file)

most = max(float(mean) + float(deviation) for _, mean, deviation, _ in rows)
with open(picture, "w") as file:
    print('<svg xmlns="http://www.w3.org/2000/svg" width="560" height="%d"' % (40 * len(rows) + 20), file=file)
    print(' font-family="sans-serif" font-size="14">', file=file)
    for i, (rate, mean, deviation, _) in enumerate(rows):
        y = 40 * i + 14
        width = 360 * float(mean) / most
        spread = 360 * float(deviation) / most
        print(f'<text x="52" y="{y + 18}" text-anchor="end">{rate}</text>', file=file)
        print(f'<rect x="64" y="{y}" width="{width:.1f}" height="26" fill="#8fb8de"/>', file=file)
        print(f'<path d="M{64 + width - spread:.1f} {y + 13}h{2 * spread:.1f}" stroke="#1b3a57" stroke-width="2"/>', file=file)
        print(f'<text x="{72 + width + spread:.1f}" y="{y + 18}">{mean}</text>', file=file)
    print("</svg>", file=file)
