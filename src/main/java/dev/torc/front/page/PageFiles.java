package dev.torc.front.page;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.torc.base.machine.ProgramOutput;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.base.syntax.NaturalOrder;
import dev.torc.base.syntax.SeparatedText;
import dev.torc.base.text.Amount;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.NeedContents;
import dev.torc.core.decide.ProductRoots;
import dev.torc.core.model.Graph;
import dev.torc.core.model.ProductIndex;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Workflow;
import dev.torc.core.model.Workflow.ReportFile;
import dev.torc.front.page.PageData.Shown;
import dev.torc.front.page.PageData.ShownPart;
import dev.torc.front.project.Project;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The files that {@code report} names, as parts of a page: pictures, texts, tables, and HTML in
 * frames. If the page cannot show a file, it shows the path, a link if possible, and the reason.
 * These files are not needs.
 */
final class PageFiles {

  /** The most bytes of all files together, whatever the build file says; browsers stop there. */
  private static final long MOST = 500_000_000;

  /** The most rows of a table. */
  static final int ROWS = 2_000;

  private static final Map<String, String> PICTURES =
      Map.of(
          "png", "image/png",
          "jpg", "image/jpeg",
          "jpeg", "image/jpeg",
          "webp", "image/webp",
          "svg", "image/svg+xml");

  private static final Set<String> TEXTS = Set.of("txt", "json", "log");

  private static final Set<String> OTHERS = Set.of("pdf", "html", "htm", "md", "csv", "tsv");

  /** The most lines of a text, and the most bytes of it that are read for them. */
  private static final int LINES = 100;

  private static final int START = 64 << 10;

  /** The most bytes of an HTML file that has no room that are read to find what it loads. */
  private static final int SCAN = 64 << 20;

  /** The time limit for turning all PDF files into pictures. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The exit status of {@code env} for a program that is not found. */
  private static final int NOT_FOUND = 127;

  private static final String NONE = "install pdftoppm to show PDF files as pictures";

  /** The command that writes a file's first page, at most 1600 pixels high and wide. */
  private static final List<String> PDF =
      List.of("/usr/bin/env", "pdftoppm", "-png", "-singlefile", "-scale-to", "1600");

  private final Workflow workflow;
  private final Map<String, String> env;
  private final Graph graph;
  private final NeedContents contents;
  private final PageJobs jobs;
  private final boolean paths;
  private final ProductRoots grounds;
  private final long end = System.nanoTime() + PATIENCE.toNanos();
  private final boolean along;
  private final SortedSet<Path> copies = new TreeSet<>();
  private final List<String> outside = new ArrayList<>();
  private int room;

  /** Takes whether the files that the page does not include are copied beside it. */
  PageFiles(Project project, NeedContents contents, PageJobs jobs, boolean paths, boolean along)
      throws IOException {
    this.along = along;
    this.workflow = project.workflow();
    this.env = project.caller().env();
    this.graph = project.graph();
    this.contents = contents;
    this.jobs = jobs;
    this.paths = paths;
    this.grounds = new ProductRoots(workflow.root(), workflow.settings().roots());
    this.room = (int) Math.min(MOST, workflow.settings().report().embed());
  }

  /** Returns the files below the root to which the page leads. */
  SortedSet<Path> copies() {
    return copies;
  }

  /** Returns the shown paths of the files that the page only names. */
  List<String> outside() {
    return outside;
  }

  /** Returns the files in the order of the build file; those of a glob are in natural order. */
  List<Shown> all() throws IOException {
    List<Glob> excludes = new ArrayList<>();
    for (ReportFile entry : workflow.settings().report().files()) {
      if (entry.ref() instanceof Ref.Exclude exclude) {
        excludes.add(Glob.of(exclude.pattern()));
      }
    }
    List<Shown> shown = new ArrayList<>();
    for (ReportFile entry : workflow.settings().report().files()) {
      switch (entry.ref()) {
        case Ref.OfGlob glob -> {
          TreeSet<String> files = matches(Glob.of(glob.pattern()), excludes);
          files.removeIf(path -> excludes.stream().anyMatch(each -> each.excludes(path)));
          files.forEach(path -> shown.add(file(entry, path)));
          if (files.isEmpty()) {
            shown.add(wrong(entry, glob.pattern(), "no file matches"));
          }
        }
        case Ref.OfFolder folder -> shown.add(folder(entry, folder));
        case Ref.Exclude _ -> {}
        case Ref file -> shown.add(file(entry, file.text()));
      }
    }
    return shown;
  }

  /** Returns the files that the glob would match as a need: on disk or made by a job. */
  private TreeSet<String> matches(Glob glob, List<Glob> excludes) throws IOException {
    TreeSet<String> files = new TreeSet<>(new NaturalOrder());
    for (String path : GlobWalk.find(workflow.root(), glob, excludes).files()) {
      if (graph.makerOf(path) >= 0 || contents.stale().at(path) == null) {
        files.add(path); // stale products are left out
      }
    }
    for (int file = 0; file < graph.files(); file++) {
      if (graph.maker(file) >= 0 && glob.matches(graph.path(file))) {
        files.add(graph.path(file));
      }
    }
    return files;
  }

  /** Shows a folder by a link to its first page; all its files are copied. */
  private Shown folder(ReportFile entry, Ref.OfFolder folder) throws IOException {
    String text = folder.text();
    Path index = workflow.root().resolve(text + "index.html").normalize();
    if (grounds.outside(text) != null || !Files.isRegularFile(index)) {
      return wrong(entry, text, "a folder; name its files, such as " + text + "*");
    }
    for (String path : GlobWalk.files(workflow.root(), ProductIndex.inside(folder.path()))) {
      copies.add(workflow.root().resolve(path));
    }
    Excerpt none = Excerpt.none("a folder; the link leads to its index.html");
    return linked(entry, text, index, none, trouble(graph.makerOf(folder.path())));
  }

  private String trouble(int maker) {
    return maker < 0 ? "" : jobs.trouble(maker);
  }

  private Shown file(ReportFile entry, String path) {
    Path file = workflow.root().resolve(path).normalize();
    int maker = graph.makerOf(path);
    String trouble = trouble(maker);
    try {
      if (grounds.outside(path) != null) {
        return wrong(entry, path, "outside the root and `roots`");
      } else if (!Files.exists(file)) {
        return wrong(entry, path, "missing: " + lack(maker, trouble));
      } else if (!Files.isRegularFile(file)) {
        return wrong(entry, path, "not a regular file");
      }
      return linked(entry, path, file, part(file), trouble);
    } catch (IOException e) {
      return wrong(entry, path, "cannot be read: " + Refusal.why(e));
    }
  }

  private Shown linked(ReportFile entry, String path, Path file, Excerpt part, String trouble) {
    boolean linked = part.link && file.startsWith(workflow.root());
    // As a URL: "a b%.pdf" becomes a%20b%25.pdf.
    String link = linked ? workflow.root().toUri().relativize(file.toUri()).toString() : null;
    List<String> notes = new ArrayList<>();
    if (!trouble.isEmpty()) {
      notes.add("out of date: " + trouble);
    }
    if (!part.note.isEmpty()) {
      notes.add(part.note);
    }
    if (linked) {
      copies.add(file);
    }
    if (linked && part.content == null && !along) {
      outside.add(shown(path));
      notes.add("`torc report -o DIR/` copies it along");
    }
    return shown(entry, path, link, String.join("; ", notes), part.content);
  }

  private static String lack(int maker, String trouble) {
    return maker < 0
        ? "no job makes it"
        : trouble.isEmpty() ? "its job is up to date without it" : trouble;
  }

  /** A file's content in the page, null for none; a note; and whether the file gets a link. */
  record Excerpt(ShownPart content, String note, boolean link) {

    static Excerpt none(String why) {
      return new Excerpt(null, why, true);
    }
  }

  private Excerpt part(Path file) throws IOException {
    String name = file.getFileName().toString();
    String kind = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    boolean pdf = kind.equals("pdf");
    if (!PICTURES.containsKey(kind) && !OTHERS.contains(kind) && !TEXTS.contains(kind)) {
      return Excerpt.none(
          "not a picture (PNG, JPEG, WebP, SVG), PDF, HTML, Markdown, table (CSV, TSV) or text"
              + " (TXT, JSON, LOG)");
    }
    if (kind.startsWith("htm")) {
      return frame(file);
    }
    byte[] bytes;
    if (pdf) {
      ProgramOutput picture = picture(file);
      if (!picture.ok()) {
        return Excerpt.none(
            "not shown; " + (picture.status() == NOT_FOUND ? NONE : picture.said()));
      }
      bytes = picture.text().getBytes(ISO_8859_1);
    } else {
      bytes = start(file, TEXTS.contains(kind) ? Math.min(START, room + 1) : room + 1);
    }
    if (bytes.length > room) {
      return large(pdf ? bytes.length : Files.size(file));
    }
    room -= bytes.length;
    if (pdf || PICTURES.containsKey(kind)) {
      String type = pdf ? "image/png" : PICTURES.get(kind);
      return new Excerpt(
          new ShownPart.Figure(type, Base64.getEncoder().encodeToString(bytes)), "", pdf);
    }
    String text = new String(bytes, UTF_8);
    if (TEXTS.contains(kind)) {
      return lines(text, bytes.length < Files.size(file));
    }
    if (kind.equals("md")) {
      return new Excerpt(new ShownPart.Html(MarkdownText.html(text)), "", false);
    }
    return table(text, kind.equals("csv"));
  }

  private static byte[] start(Path file, int most) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(most);
    }
  }

  private Excerpt large(long size) {
    return Excerpt.none(
        Amount.size(size) + " is too large; " + Amount.size(room) + " are left in the page");
  }

  /** Shows an HTML file in a frame, unless it loads others; then these are copied with it. */
  private Excerpt frame(Path file) throws IOException {
    byte[] bytes = start(file, Math.max(room, SCAN) + 1);
    HtmlFile html = HtmlFile.of(new String(bytes, UTF_8));
    for (String each : html.loads()) {
      Path beside = beside(file, each);
      if (beside != null && beside.startsWith(workflow.root()) && Files.isRegularFile(beside)) {
        copies.add(beside);
      }
    }
    if (!html.loads().isEmpty()) {
      return Excerpt.none("not shown; it loads " + SafeText.names(List.copyOf(html.loads()), 2));
    } else if (bytes.length > room) {
      return large(Files.size(file));
    }
    room -= bytes.length;
    String refused = String.join(", ", html.refused());
    String note = refused.isEmpty() ? "" : "perhaps incomplete: the page does not allow " + refused;
    return new Excerpt(new ShownPart.Frame(html), note, !refused.isEmpty());
  }

  /** Returns the file of an address, if it is below the folder of a page and not hidden. */
  private static Path beside(Path page, String address) {
    try {
      URI of = page.toUri().resolve(new URI(address.replace(" ", "%20")));
      Path file = of.getScheme().equals("file") ? Path.of(of.getPath()).normalize() : page;
      Path folder = page.getParent();
      return file.startsWith(folder) && !("/" + folder.relativize(file)).contains("/.")
          ? file
          : null;
    } catch (URISyntaxException | InvalidPathException e) {
      return null; // a browser finds no such file either
    }
  }

  private static Excerpt lines(String text, boolean cut) {
    List<String> all = text.lines().toList();
    List<String> first =
        all.stream().limit(LINES).map(l -> SafeText.cut(SafeText.output(l, false), 1000)).toList();
    String note = all.size() > LINES ? "the first 100 lines" : cut ? "only its beginning" : "";
    return new Excerpt(new ShownPart.Lines(first), note, !note.isEmpty());
  }

  static Excerpt table(String text, boolean csv) {
    List<List<String>> rows = rows(text, csv);
    int more = rows.size() - ROWS - 1; // the first one is the header
    String note = "the first " + ROWS + " rows; " + more + " more are not shown";
    return more > 0
        ? new Excerpt(new ShownPart.Table(rows.subList(0, ROWS + 1)), note, false)
        : new Excerpt(new ShownPart.Table(rows), "", false);
  }

  /** Returns the rows of a table, which may differ in length; of another text, its lines. */
  static List<List<String>> rows(String text, boolean csv) {
    SeparatedText table =
        new SeparatedText(text.startsWith("\ufeff") ? text.substring(1) : text, "", csv, "");
    List<List<String>> rows = new ArrayList<>();
    try {
      while (table.next()) {
        if (!String.join("", table.cells()).isBlank()) {
          rows.add(List.copyOf(table.cells()));
        }
      }
      return rows;
    } catch (BadInput e) {
      return text.lines().map(List::of).toList();
    }
  }

  /** Makes a picture of a PDF file's first page; the text has one character for each byte. */
  private ProgramOutput picture(Path file) {
    List<String> argv = new ArrayList<>(PDF);
    argv.add(file.toString());
    Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    return ProgramOutput.of(argv, env, null, left, ISO_8859_1);
  }

  private Shown wrong(ReportFile entry, String path, String why) {
    return shown(entry, path, null, why, null);
  }

  private Shown shown(ReportFile of, String path, String link, String note, ShownPart content) {
    String title = of.title() == null ? shown(path) : SafeText.line(of.title());
    String caption = of.caption() == null ? null : SafeText.line(of.caption());
    return new Shown(title, shown(path), caption, link, note, content);
  }

  private String shown(String path) {
    return SafeText.name(
        path.startsWith("/") && !paths ? "…" + path.substring(path.lastIndexOf('/')) : path);
  }
}
