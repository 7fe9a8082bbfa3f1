package dev.torc.page;

import dev.torc.graph.Graph;
import dev.torc.page.PageData.Shown;
import dev.torc.plan.AllowedRoots;
import dev.torc.plan.NeedContents;
import dev.torc.syntax.Glob;
import dev.torc.syntax.GlobWalk;
import dev.torc.syntax.NaturalOrder;
import dev.torc.text.Amount;
import dev.torc.text.Refusal;
import dev.torc.text.SafeText;
import dev.torc.workflow.Job.Item;
import dev.torc.workflow.Ref;
import dev.torc.workflow.Workflow;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * The files that {@code report} names, as parts of a page: pictures, Markdown and tables. In place
 * of a file that cannot stand there, the page tells its path and why. These files are no needs.
 */
final class PageFiles {

  /** The most bytes of files in a page. */
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

  private final Workflow workflow;
  private final Graph graph;
  private final NeedContents contents;
  private final PageJobs jobs;
  private final boolean paths;
  private final AllowedRoots grounds;
  private int room = ROOM;

  /**
   * Takes what {@link #all} needs.
   *
   * @param paths whether absolute paths are shown
   */
  PageFiles(Workflow workflow, Graph graph, NeedContents contents, PageJobs jobs, boolean paths)
      throws IOException {
    this.workflow = workflow;
    this.graph = graph;
    this.contents = contents;
    this.jobs = jobs;
    this.paths = paths;
    this.grounds = new AllowedRoots(workflow.root(), workflow.roots());
  }

  /**
   * The files, in the order in which the build file names them; the files of a glob in their
   * natural order.
   */
  List<Shown> all() throws IOException {
    List<Glob> excludes = new ArrayList<>();
    for (Item item : workflow.report()) {
      if (item.refs().getFirst() instanceof Ref.Exclude exclude) {
        excludes.add(Glob.of(exclude.pattern()));
      }
    }
    List<Shown> shown = new ArrayList<>();
    for (Item item : workflow.report()) {
      switch (item.refs().getFirst()) {
        case Ref.OfGlob glob -> {
          TreeSet<String> files = matches(Glob.of(glob.pattern()), excludes);
          files.removeIf(path -> excludes.stream().anyMatch(each -> each.excludes(path)));
          files.forEach(path -> shown.add(file(item.name(), path)));
          if (files.isEmpty()) {
            shown.add(wrong(item.name(), glob.pattern(), "nothing matches it"));
          }
        }
        case Ref.OfFolder folder ->
            shown.add(
                wrong(
                    item.name(),
                    folder.text(),
                    "a folder: name its files, as in " + folder.text() + "*"));
        case Ref.Exclude _ -> {}
        case Ref file -> shown.add(file(item.name(), file.text()));
      }
    }
    return shown;
  }

  /** The files that a needed glob would match: those on disk, and those that jobs will make. */
  private TreeSet<String> matches(Glob glob, List<Glob> excludes) throws IOException {
    TreeSet<String> files = new TreeSet<>(new NaturalOrder());
    for (String path : GlobWalk.all(workflow.root(), glob, excludes).files()) {
      if (graph.makerOf(path) >= 0 || contents.recorded(path) == null) {
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

  private Shown file(String title, String path) {
    Path file = workflow.root().resolve(path);
    String kind = path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    int maker = graph.makerOf(path);
    String trouble = maker < 0 ? "" : jobs.trouble(maker);
    try {
      if (grounds.outside(path) != null) {
        return wrong(title, path, "it is neither below the root nor below a folder in `roots`");
      } else if (!Files.exists(file)) {
        return wrong(title, path, "not there: " + lack(maker, trouble));
      } else if (!Files.isRegularFile(file)) {
        return wrong(title, path, "no plain file");
      } else if (!PICTURES.containsKey(kind) && !List.of("md", "csv", "tsv").contains(kind)) {
        return wrong(title, path, "of another kind than PNG, JPEG, WebP, SVG, Markdown, CSV, TSV");
      }
      byte[] bytes = read(file);
      if (bytes == null) {
        String size = Amount.size(Files.size(file));
        return wrong(
            title, path, size + " is too large: of 10 MiB are " + Amount.size(room) + " left");
      }
      room -= bytes.length;
      return part(title, path, trouble.isEmpty() ? "" : "out of date: " + trouble, kind, bytes);
    } catch (IOException e) {
      return wrong(title, path, "cannot be read: " + Refusal.why(e));
    }
  }

  private static String lack(int maker, String trouble) {
    return maker < 0
        ? "no job makes it"
        : trouble.isEmpty() ? "its job is up to date without it" : trouble;
  }

  /** The bytes of a file; null if there is no room for them. */
  private byte[] read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(room + 1);
      return bytes.length > room ? null : bytes;
    }
  }

  private Shown part(String title, String path, String note, String kind, byte[] bytes) {
    String name = title(title, path);
    if (PICTURES.containsKey(kind)) {
      String picture = Base64.getEncoder().encodeToString(bytes);
      return new Shown(name, shown(path), note, PICTURES.get(kind), picture, null, null);
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (kind.equals("md")) {
      return new Shown(name, shown(path), note, null, null, MarkdownText.html(text), null);
    }
    SeparatedText table = SeparatedText.of(text, kind.equals("csv") ? ',' : '\t', ROWS);
    String more =
        table.more() > 0
            ? "the first " + ROWS + " rows; " + table.more() + " more are not shown"
            : "";
    String both = note.isEmpty() || more.isEmpty() ? note + more : note + "; " + more;
    return new Shown(name, shown(path), both, null, null, null, table.rows());
  }

  private Shown wrong(String title, String path, String why) {
    return new Shown(title(title, path), shown(path), why, null, null, null, null);
  }

  private String title(String title, String path) {
    return title == null ? shown(path) : SafeText.line(title);
  }

  private String shown(String path) {
    return SafeText.name(
        path.startsWith("/") && !paths ? "…" + path.substring(path.lastIndexOf('/')) : path);
  }

  /**
   * The rows of a table in CSV (RFC 4180) or TSV, for people: rows may differ in length, and text
   * that is no valid CSV is shown as it stands. The package {@code buildfile}, which is strict,
   * reads tables of parameters.
   *
   * @param rows the first one is the head
   * @param more how many rows there are beyond these
   */
  record SeparatedText(List<List<String>> rows, int more) {

    /**
     * Reads a text.
     *
     * @param most rows behind the head that are kept
     */
    static SeparatedText of(String text, char separator, int most) {
      List<List<String>> rows = new ArrayList<>();
      List<String> row = new ArrayList<>();
      StringBuilder cell = new StringBuilder();
      boolean quoted = false;
      int more = 0;
      int begin = text.startsWith("\ufeff") ? 1 : 0;
      for (int i = begin; i <= text.length(); i++) {
        char c = i < text.length() ? text.charAt(i) : '\n';
        boolean end = i == text.length();
        if (quoted && !end) {
          if (c != '"') {
            cell.append(c);
          } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
            cell.append(text.charAt(i++));
          } else {
            quoted = false;
          }
        } else if (separator == ',' && c == '"' && cell.isEmpty()) {
          quoted = true;
        } else if (c == separator) {
          row.add(cell.toString());
          cell.setLength(0);
        } else if (c == '\n') {
          boolean blank = row.isEmpty() && cell.toString().isBlank();
          row.add(cell.toString().stripTrailing());
          cell.setLength(0);
          if (!blank && rows.size() <= most) {
            rows.add(row);
          } else if (!blank) {
            more++;
          }
          row = new ArrayList<>();
        } else {
          cell.append(c);
        }
      }
      return new SeparatedText(rows, more);
    }
  }
}
