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
import dev.torc.core.model.Ref;
import dev.torc.core.model.Workflow;
import dev.torc.core.model.Workflow.ReportFile;
import dev.torc.front.page.PageData.Shown;
import dev.torc.front.page.PageData.ShownPart;
import dev.torc.front.session.Project;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * The files that {@code report} names, as parts of a page: pictures, Markdown and tables. If the
 * page cannot show a file, it shows the path, a link if possible, and the reason. These files are
 * not needs.
 */
final class PageFiles {

  /** The most bytes of all files together. */
  private static final int ROOM = 10 << 20;

  /** The most rows of a table. */
  static final int ROWS = 2_000;

  private static final Map<String, String> PICTURES =
      Map.of(
          "png", "image/png",
          "jpg", "image/jpeg",
          "jpeg", "image/jpeg",
          "webp", "image/webp",
          "svg", "image/svg+xml");

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
  private int room = ROOM;

  PageFiles(Project project, NeedContents contents, PageJobs jobs, boolean paths)
      throws IOException {
    this.workflow = project.workflow();
    this.env = project.caller().env();
    this.graph = project.graph();
    this.contents = contents;
    this.jobs = jobs;
    this.paths = paths;
    this.grounds = new ProductRoots(workflow.root(), workflow.settings().roots());
  }

  /** Returns the files in the order of the build file; those of a glob are in natural order. */
  List<Shown> all() throws IOException {
    List<Glob> excludes = new ArrayList<>();
    for (ReportFile entry : workflow.settings().report()) {
      if (entry.ref() instanceof Ref.Exclude exclude) {
        excludes.add(Glob.of(exclude.pattern()));
      }
    }
    List<Shown> shown = new ArrayList<>();
    for (ReportFile entry : workflow.settings().report()) {
      switch (entry.ref()) {
        case Ref.OfGlob glob -> {
          TreeSet<String> files = matches(Glob.of(glob.pattern()), excludes);
          files.removeIf(path -> excludes.stream().anyMatch(each -> each.excludes(path)));
          files.forEach(path -> shown.add(file(entry, path)));
          if (files.isEmpty()) {
            shown.add(wrong(entry, glob.pattern(), "no file matches"));
          }
        }
        case Ref.OfFolder folder ->
            shown.add(
                wrong(
                    entry,
                    folder.text(),
                    "a folder; name its files, such as " + folder.text() + "*"));
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

  private Shown file(ReportFile entry, String path) {
    Path file = workflow.root().resolve(path).normalize();
    int maker = graph.makerOf(path);
    String trouble = maker < 0 ? "" : jobs.trouble(maker);
    try {
      if (grounds.outside(path) != null) {
        return wrong(entry, path, "outside the root and `roots`");
      } else if (!Files.exists(file)) {
        return wrong(entry, path, "missing: " + lack(maker, trouble));
      } else if (!Files.isRegularFile(file)) {
        return wrong(entry, path, "not a regular file");
      }
      Excerpt part = part(file);
      boolean linked = part.link && file.startsWith(workflow.root());
      // As a URL: "a b%.pdf" becomes a%20b%25.pdf.
      String link = linked ? workflow.root().toUri().relativize(file.toUri()).toString() : null;
      String stale = trouble.isEmpty() ? "" : "out of date: " + trouble;
      String both = stale.isEmpty() || part.note.isEmpty() ? "" : "; ";
      return shown(entry, path, link, stale + both + part.note, part.content);
    } catch (IOException e) {
      return wrong(entry, path, "cannot be read: " + Refusal.why(e));
    }
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
    if (!pdf && !PICTURES.containsKey(kind) && !List.of("md", "csv", "tsv").contains(kind)) {
      return Excerpt.none("not a PNG, JPEG, WebP, SVG, PDF, Markdown, CSV or TSV file");
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
      try (InputStream in = Files.newInputStream(file)) {
        bytes = in.readNBytes(room + 1);
      }
    }
    if (bytes.length > room) {
      String size = Amount.size(pdf ? bytes.length : Files.size(file));
      return Excerpt.none(size + " is too large; " + Amount.size(room) + " of 10 MiB are left");
    }
    room -= bytes.length;
    if (pdf || PICTURES.containsKey(kind)) {
      String type = pdf ? "image/png" : PICTURES.get(kind);
      return new Excerpt(
          new ShownPart.Figure(type, Base64.getEncoder().encodeToString(bytes)), "", pdf);
    }
    String text = new String(bytes, UTF_8);
    if (kind.equals("md")) {
      return new Excerpt(new ShownPart.Html(MarkdownText.html(text)), "", false);
    }
    return table(text, kind.equals("csv"));
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
