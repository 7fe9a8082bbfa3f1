import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Draws the terminal of the README from a real run: plays a session with the built torc and the
 * README's build file, and writes what stands on the screen at the end as SVG. Call it in the
 * source folder, after each change of what a build shows: {@code java
 * src/build/TerminalPicture.java}. It needs {@code script} (util-linux) for the terminal, and
 * python3 for the jobs. It knows no other escape sequences than those that torc writes.
 */
final class TerminalPicture {

  private static final Path PICTURE = Path.of("src/site/markdown/images/terminal.svg");
  private static final int COLUMNS = 84;
  private static final List<String> STEPS =
      List.of("torc", "touch train.py; torc", "echo '# a comment' >> train.py; torc");

  private static final Pattern YAML = Pattern.compile("(?s)```yaml\n(.*?)```");
  private static final Pattern ESCAPE = Pattern.compile("\u001b\\[\\??(\\d*)(?:;\\d+)*([A-Za-z])");
  private static final Map<String, String> COLORS =
      Map.of("1", "#ffffff", "2", "#8b949e", "31", "#ff7b72", "32", "#7ee787", "33", "#e3b341");
  private static final String PLAIN = "#c9d1d9";

  /** A character on the screen. */
  private record Cell(int character, String color) {}

  private TerminalPicture() {}

  public static void main(String[] args) throws Exception {
    Path folder = Files.createTempDirectory(Path.of("target"), "terminal");
    for (String script : List.of("train.py", "summary.py")) {
      Files.copy(Path.of("examples/sweep", script), folder.resolve(script));
    }
    Matcher yaml = YAML.matcher(Files.readString(Path.of("README.md")));
    yaml.find();
    Files.writeString(folder.resolve("torc.yaml"), yaml.group(1));
    StringBuilder session = new StringBuilder("stty cols " + COLUMNS + " rows 50\n");
    for (String step : STEPS) {
      session.append("printf '\\033[2m$\\033[0m \\033[1m%s\\033[0m\\n' ").append('"').append(step);
      session.append("\"\n").append(step).append('\n');
    }
    Files.writeString(folder.resolve("session"), session);
    Files.writeString(PICTURE, svg(screen(played(folder))));
  }

  /** Plays the session on a terminal; returns all bytes that it wrote there. */
  private static String played(Path folder) throws IOException, InterruptedException {
    ProcessBuilder shell =
        new ProcessBuilder("script", "-qec", "sh session", "/dev/null")
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    shell.environment().remove("CI");
    shell.environment().put("TERM", "xterm-256color");
    Path torc = Path.of("target/torc/bin").toAbsolutePath();
    shell.environment().merge("PATH", torc.toString(), (path, bin) -> bin + ":" + path);
    Process process = shell.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("the session failed:\n" + said);
    }
    return said;
  }

  /** Returns the rows of the screen after some output. */
  private static List<List<Cell>> screen(String output) {
    List<List<Cell>> rows = new ArrayList<>(List.of(new ArrayList<>()));
    int row = 0;
    int column = 0;
    String color = PLAIN;
    Matcher escape = ESCAPE.matcher(output);
    for (int i = 0; i < output.length(); ) {
      int character = output.codePointAt(i);
      if (escape.region(i, output.length()).lookingAt()) {
        i = escape.end();
        switch (escape.group(2)) {
          case "m" -> color = COLORS.getOrDefault(escape.group(1), PLAIN);
          case "A" -> row -= Integer.parseInt(escape.group(1));
          case "K" -> cut(rows.get(row), column);
          case "J" -> {
            cut(rows.get(row), column);
            rows.subList(row + 1, rows.size()).clear();
          }
          default -> {} // wrapping of lines
        }
        continue;
      }
      i += Character.charCount(character);
      if (character == '\r') {
        column = 0;
      } else if (character == '\n' || column == COLUMNS) {
        row++;
        column = 0;
        if (row == rows.size()) {
          rows.add(new ArrayList<>());
        }
      }
      if (character >= ' ') {
        List<Cell> line = rows.get(row);
        while (line.size() <= column) {
          line.add(new Cell(' ', PLAIN));
        }
        line.set(column++, new Cell(character, color));
      }
    }
    return rows;
  }

  private static void cut(List<Cell> row, int column) {
    row.subList(Math.min(column, row.size()), row.size()).clear();
  }

  private static String svg(List<List<Cell>> rows) {
    int last = rows.size();
    while (rows.get(last - 1).isEmpty()) {
      last--;
    }
    int width = COLUMNS * 17 / 2 + 32;
    int height = last * 20 + 56;
    StringBuilder out = new StringBuilder();
    out.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">
        <title>torc in a terminal: a first build, a build after a touch, a build after a comment</title>
        <rect width="100%%" height="100%%" rx="8" fill="#0d1117"/>
        <g fill="#30363d"><circle cx="20" cy="18" r="6"/><circle cx="40" cy="18" r="6"/>\
        <circle cx="60" cy="18" r="6"/></g>
        <g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" \
        font-size="14" xml:space="preserve">
        """
            .formatted(width, height, width, height));
    for (int row = 0; row < last; row++) {
      out.append("<text x=\"16\" y=\"%d\">".formatted(row * 20 + 50));
      String color = null;
      for (Cell cell : rows.get(row)) {
        if (!cell.color.equals(color)) {
          out.append(color == null ? "" : "</tspan>");
          color = cell.color;
          out.append("<tspan fill=\"").append(color).append("\">");
        }
        String text = Character.toString(cell.character);
        out.append(text.replace("&", "&amp;").replace("<", "&lt;"));
      }
      out.append(color == null ? "" : "</tspan>").append("</text>\n");
    }
    return out.append("</g>\n</svg>\n").toString();
  }
}
