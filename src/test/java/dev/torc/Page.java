package dev.torc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the user documentation as tests see it: its fenced blocks, each with the notes
 * (comments {@code <!-- key: value -->}) on the lines right before it, its links and its headings.
 * It knows no build file and no command.
 */
public record Page(Path file, List<String> lines) {

  /** Where the pages are. */
  public static final Path FOLDER = Path.of("src", "site", "markdown");

  /** The page for agents, which the distribution has. */
  public static final Path SKILL = Path.of("src/main/dist/share/skills/torc/SKILL.md");

  private static final Pattern NOTE = Pattern.compile("<!-- ([a-z]+):(.*)-->");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

  /**
   * A fenced block.
   *
   * @param where page and line, for messages
   * @param language what follows the fence, such as {@code yaml}
   * @param notes by key; several of one key are joined by a blank
   */
  public record Block(String where, String language, Map<String, String> notes, String text) {

    /** The words of a note; none where the block has no such note. */
    public List<String> words(String key) {
      return Stream.of(notes.getOrDefault(key, "").split("\\s+"))
          .filter(word -> !word.isEmpty())
          .toList();
    }
  }

  /** Reads a page of the documentation. */
  public static Page of(String name) throws IOException {
    return read(FOLDER.resolve(name));
  }

  /** Reads any Markdown file. */
  public static Page read(Path file) throws IOException {
    return new Page(file, Files.readAllLines(file));
  }

  /** All pages of the documentation. */
  public static List<Page> all() throws IOException {
    return below("");
  }

  /** The pages in a folder of the documentation and below it. */
  public static List<Page> below(String folder) throws IOException {
    try (Stream<Path> files = Files.walk(FOLDER.resolve(folder))) {
      List<Page> pages = new ArrayList<>();
      for (Path file : files.filter(f -> f.toString().endsWith(".md")).sorted().toList()) {
        pages.add(read(file));
      }
      return pages;
    }
  }

  /** Its path below the folder of the pages. */
  public String name() {
    return FOLDER.relativize(file).toString();
  }

  /**
   * The blocks of files that its examples begin with: of a command, those of the page of commands.
   */
  public List<Block> project() throws IOException {
    return file.startsWith(FOLDER.resolve("commands")) ? of("commands.md").blocks() : List.of();
  }

  /** The fenced blocks, in order. */
  public List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    Map<String, String> notes = new LinkedHashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      Matcher note = NOTE.matcher(lines.get(i));
      if (note.matches()) {
        notes.merge(note.group(1), note.group(2).strip(), (a, b) -> a + " " + b);
      } else if (lines.get(i).startsWith("```")) {
        String where = file.getFileName() + ":" + (i + 1);
        String language = lines.get(i).substring(3).strip();
        StringBuilder text = new StringBuilder();
        for (i++; !lines.get(i).equals("```"); i++) {
          text.append(lines.get(i)).append('\n');
        }
        blocks.add(new Block(where, language, Map.copyOf(notes), text.toString()));
        notes.clear();
      } else if (!notes.isEmpty()) {
        throw new IllegalStateException(
            file + ":" + (i + 1) + ": a note stands right before a block");
      }
    }
    return blocks;
  }

  /** The blocks of one language. */
  public List<Block> blocks(String language) {
    return blocks().stream().filter(block -> block.language().equals(language)).toList();
  }

  /** The text outside of fenced blocks. */
  public String prose() {
    StringBuilder out = new StringBuilder();
    boolean code = false;
    for (String line : lines) {
      if (line.startsWith("```")) {
        code = !code;
      } else if (!code) {
        out.append(line).append('\n');
      }
    }
    return out.toString();
  }

  /** The targets of all links. */
  public List<String> links() {
    return LINK.matcher(prose()).results().map(found -> found.group(1)).toList();
  }

  /** The names that links have behind {@code #}: headings as GitHub and Maven's site spell them. */
  public List<String> anchors() {
    return prose()
        .lines()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
        .map(text -> text.replaceAll("[^\\p{L}\\p{N}_ -]", "").replace(' ', '-'))
        .toList();
  }
}
