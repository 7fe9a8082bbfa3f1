"""plot.py OUT CSV...: draws a curve of each file as an SVG picture; matplotlib would do as well."""
import sys
from pathlib import Path

out, *files = sys.argv[1:]
colors = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]
curves = []
for number, file in enumerate(map(Path, files)):
    color = colors[number % len(colors)]
    rows = [line.split(",") for line in file.read_text().split()[1:]]
    points = " ".join(f"{40 + 3.5 * float(day):.1f},{220 - float(ill) / 4:.1f}" for day, ill in rows)
    curves.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"/>')
    curves.append(f'<text x="480" y="{40 + 18 * number}" fill="{color}">{file.stem}</text>')
Path(out).write_text(
    f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 560 250" font-family="sans-serif" font-size="13">
<rect width="560" height="250" fill="white"/>
<path d="M40 20 V220 H520" fill="none" stroke="gray"/>
<text x="10" y="30">ill</text><text x="490" y="240">day</text>
{chr(10).join(curves)}
</svg>
"""
)
