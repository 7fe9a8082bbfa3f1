"""Makes a site of the pages as they are in the sources. MkDocs calls the functions named on_…

The first page is the README, without its sections that need Maven. The menu is what markdown/index.md
lists, by its headings; as a page, that is all.md. Links of the pages lead to places in the sources;
those that leave the folder of the pages lead to copies on the site. The site also has the Markdown of
each page, and llms.txt, the index for programs that read text.
"""

import html
import logging
import os
import re
import subprocess
from pathlib import Path

from mkdocs.structure.files import File, InclusionLevel

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "src/site/markdown"
INDEX = PAGES / "index.md"
README = ROOT / "README.md"
LINK = re.compile(r"\]\(([^)\s]+)\)")
MARK = re.compile(r" *([-*+]|\d+\.) ")
# The files of a folder that git knows; in an archive of the sources, all.
FILES = "git ls-files 2>/dev/null | grep '^[^.]' || find * -type f | sort"
CODE = re.compile("`[^`]+`")
FILE = re.compile("<!-- (?:file|example): (.+) -->")
SESSION = re.compile(r'<div class="highlight">(?=<pre>(.*?)</pre>)', re.DOTALL)

log = logging.getLogger("mkdocs.hooks")
aside = set()  # paths on the site of pages that searches for words of users rarely mean
sources = {}  # by path on the site: the file that a page is, for its links
texts = {}  # by path on the site: the Markdown of a page, with links of the site


def prose(text):
    """Yields each line, and whether it is outside of a fenced block."""
    fence = None
    for line in text.splitlines():
        if fence:
            yield line, False
            fence = None if line == fence else fence
        else:
            opened = re.match("```+", line)
            fence = opened and opened[0]
            yield line, not fence


def follow(link, source):
    """Returns what a link of a source leads to, and its anchor; None for one out of the sources."""
    path, _, anchor = link.partition("#")
    if "://" in link:
        return None, anchor
    return Path(os.path.normpath(source.parent / path)) if path else source, anchor


def place(target):
    """Returns where a file or folder of the sources is on the site."""
    if target in (README, INDEX):
        return "index.md" if target == README else "all.md"
    if target.is_relative_to(PAGES):
        return target.relative_to(PAGES).as_posix()
    # Servers hide names with a leading dot.
    uri = target.relative_to(ROOT).as_posix().lstrip(".")
    if target.is_dir():
        return uri + ".md"
    # README.md would be the first page of its folder.
    return uri.lower() if target.suffix == ".md" else uri


def folder(path):
    """Returns the page of a folder: its README, and all files in it."""
    readme = path / "README.md"
    text = readme.read_text() if readme.exists() else f"# {path.relative_to(ROOT)}\n"
    for name in subprocess.check_output(FILES, cwd=path, shell=True, text=True).splitlines():
        if name != "README.md":
            content = (path / name).read_text()
            fence = "`" * max(3, 1 + max(map(len, re.findall("`+", content)), default=0))
            text += f"\n## {name}\n\n{fence}{Path(name).suffix[1:]}\n{content.rstrip()}\n{fence}\n"
    return text


def front():
    """Returns the README without the sections that need Maven: other pages say that at length."""
    sections = re.split("^(?=## )", README.read_text(), flags=re.MULTILINE)
    return "".join(section for section in sections if "mvn " not in section)


def on_config(config):
    # Both have addresses that a site in any folder does not know.
    config.theme.static_templates -= {"404.html", "sitemap.xml"}
    config.nav = menu = []
    section = menu
    for line in INDEX.read_text().splitlines():
        if heading := re.match("(##+) (.*)", line):
            section = [] if menu else [{"torc at a glance": place(README)}, {"All pages": place(INDEX)}]
            above = menu if heading[1] == "##" else next(iter(menu[-1].values()))
            above.append({heading[2]: section})
        for title, link in re.findall(r"\[([^\]]+)" + LINK.pattern, line):
            target, _ = follow(link, INDEX)
            if menu and "Project" in menu[-1]:
                aside.add(place(target))
            # A title in the middle of a sentence begins small: the page knows a better one.
            section.append({title: place(target)} if title[0].isupper() else place(target))
    return config


def on_files(files, config):
    todo = []
    files.remove(files.get_file_from_path("index.md"))
    for source, text in [(INDEX, INDEX.read_text()), (README, front())]:
        files.append(File.generated(config, place(source), content=text))
        sources[place(source)] = source
        todo.append((source, text))
    for file in files.documentation_pages():
        if file.src_uri not in sources:
            sources[file.src_uri] = PAGES / file.src_uri
            todo.append((PAGES / file.src_uri, (PAGES / file.src_uri).read_text()))

    def add(target):
        uri = place(target)
        # MkDocs warns of a link to what is missing.
        if files.get_file_from_path(uri) or not target.exists():
            return
        if target.is_dir() or target.suffix == ".md":
            sources[uri] = target / "README.md" if target.is_dir() else target
            text = folder(target) if target.is_dir() else target.read_text()
            text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
            files.append(File.generated(config, uri, content=text, inclusion=InclusionLevel.NOT_IN_NAV))
            todo.append((sources[uri], text))
        else:
            files.append(File.generated(config, uri, abs_src_path=str(target)))

    for source, text in todo:
        for line, outside in prose(text):
            for link in LINK.findall(line) if outside else []:
                target, _ = follow(link, source)
                if target:
                    add(target)
    for own in ["iframe-worker.js", "search-words.js", "site.css"]:
        files.append(File.generated(config, "assets/" + own, abs_src_path=str(ROOT / "src/site" / own)))
    return files


def on_page_markdown(markdown, page, config, files):
    uri = page.file.src_uri
    if uri in aside:
        page.meta["search"] = {"boost": 0.2}
    elif page.file.inclusion == InclusionLevel.NOT_IN_NAV:  # a folder or a file of the sources
        page.meta["search"] = {"exclude": True}

    def lead(found):
        target, anchor = follow(found[1], sources[uri])
        if target is None:
            return found[0]
        path = os.path.relpath(place(target), os.path.dirname(uri) or ".")
        return f"]({path}{'#' if anchor else ''}{anchor})"

    lines, shown, before, name = [], [], "", None
    for line, outside in prose(markdown):
        indent = len(line) - len(line.lstrip())
        if outside and indent % 4 and (not before or MARK.match(line)):
            log.warning("%s: indent this by four spaces, in a list too: %s", uri, line)
        lines.append(LINK.sub(lead, line) if outside else line)
        # In the code of a table, other readers of Markdown take away what keeps a bar in its cell.
        table = outside and line.lstrip().startswith("|")
        shown.append(CODE.sub(lambda code: code[0].replace("\\|", "|"), lines[-1]) if table else lines[-1])
        if note := outside and FILE.fullmatch(line):
            name = note[1].strip()
        elif name and re.fullmatch("```+\\w+", line):
            shown[-1] += f' title="{name}"'
            name = None
        before = line
    texts[uri] = "\n".join(lines) + "\n"
    return "\n".join(shown) + "\n"


def on_page_content(content, page, config, files):
    def copied(found):
        lines = html.unescape(re.sub("<[^>]+>", "", found[1])).splitlines()
        commands = [line[2:] for line in lines if line.startswith("$ ")]
        # What the button copies instead of the whole block.
        copy = f' data-copy="{html.escape(chr(10).join(commands))}"' if commands else ""
        return found[0].replace(">", copy + ">")

    return SESSION.sub(copied, content)


def on_post_build(config):
    site = Path(config.site_dir)
    for uri, text in texts.items():
        (site / uri).write_text(text)
    (site / "llms.txt").write_text("# torc\n\n> " + texts[place(INDEX)].split("\n\n", 1)[1])
