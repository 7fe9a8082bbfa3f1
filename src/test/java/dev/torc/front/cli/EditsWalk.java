package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Random edits of a build file: products are renamed, jobs deleted and added, rows removed, folders
 * needed, sources edited. After each, a build of the folder has the exit status and the results of
 * a build of a fresh clone, which has the sources alone (rule 13).
 */
public final class EditsWalk {

  /** Calls torc in a folder. */
  public interface Torc {
    Run run(Path at, String... args) throws Exception;
  }

  private static final int MAKERS = 3;

  /** What a fresh clone has besides the build file. */
  private static final List<String> SOURCES = List.of("s0", "s1", "s2", "rows", "in");

  /** How a reader names FILE; NAME is its own. */
  private static final List<String> READERS =
      List.of(
          "command: 'cat FILE > {produces}', needs: FILE",
          "command: 'cat g/* | sort > {produces}', needs: 'g/*'",
          "command: 'cat g/* | sort > {produces}', needs: [g/, s0]",
          "command: 'cat {needs} > {produces}', needs: [s1, {file: FILE, optional: true}]",
          "command: 'f=FILE; if [ -e $f ]; then cat $f; else f=s2; fi > NAME.r; echo r: $f >"
              + " NAME.d', after: AFTER, depfile: NAME.d",
          "command: 'cat {needs} > {produces}', needs: [r/a, r/b]",
          "command: 'echo {n} > {produces}', parameters: {n: {lines: FILE}}",
          "command: 'cat {f} > {produces}', parameters: {f: [FILE, s2]}, needs: '{f}'");

  private final Torc torc;
  private final Folder root;
  private final Folder clone;
  private final Random random;
  private final SortedMap<String, String> jobs = new TreeMap<>(); // lines by name
  private final List<String> story = new ArrayList<>();
  private int edits; // of readers whose file comes

  public EditsWalk(Path top, long seed, Torc torc) throws IOException {
    this.torc = torc;
    this.random = new Random(seed);
    this.root = new Folder(Files.createDirectories(top.resolve("here")));
    this.clone = new Folder(top.resolve("clone"));
  }

  /** Plays so many rounds. */
  public void play(int rounds) throws Exception {
    for (String source : List.of("s0", "s1", "s2", "in/a.txt", "in/b.txt", "in/c.txt")) {
      root.put(source, source + "\n");
    }
    root.put("rows", "a\nb\n").put("g/source", "source\n");
    for (int maker = 0; maker < MAKERS; maker++) {
      make(maker);
    }
    rows();
    for (int round = 0; round < rounds; round++) {
      edit();
      root.put("torc.yaml", "jobs:\n" + String.join("", jobs.values()));
      story.add(root.get("torc.yaml") + "rows: " + root.get("rows").replace('\n', ' '));
      try {
        compare();
      } catch (AssertionError e) {
        int from = Math.max(0, story.size() - 4);
        String last = String.join("\n--\n", story.subList(from, story.size()));
        throw new AssertionError("round " + round + ":\n" + last + "\n" + e.getMessage(), e);
      }
    }
  }

  private String product(int maker) {
    return "g/p" + maker + "_" + random.nextInt(2);
  }

  private void make(int maker) {
    String product = product(maker);
    String made = random.nextInt(4) == 0 ? "'g/p" + maker + "_*'" : product;
    // What a command looks for in vain is no dependency (section 12), so such a reader is edited.
    jobs.replaceAll(
        (_, line) ->
            line.contains("f=" + product + ";")
                ? line.replaceFirst("command: '(: \\d+; )?", "command: ': " + ++edits + "; ")
                : line);
    jobs.put(
        "m" + maker,
        "  m%d: { command: 'cat s%d > %s', needs: s%d, produces: %s }\n"
            .formatted(maker, maker, product, maker, made));
  }

  private void rows() {
    jobs.put(
        "r",
        "  r: { command: 'echo {n} > {produces}', parameters: {n: {lines: rows}}, produces: 'r/{n}'"
            + " }\n");
  }

  private void read(int reader) {
    String name = "z" + reader;
    String how = READERS.get(random.nextInt(READERS.size()));
    String after =
        String.join(", ", jobs.keySet().stream().filter(j -> j.startsWith("m")).toList());
    String value = how.contains("{n}") ? "{n}" : how.contains("{f}") ? "{f:name}" : "r";
    jobs.put(
        name,
        "  %s: { %s, produces: '%s.%s' }\n"
            .formatted(
                name,
                how.replace("FILE", product(random.nextInt(MAKERS)))
                    .replace("NAME", name)
                    .replace("AFTER", "[" + after + "]"),
                name,
                value));
  }

  private void edit() throws IOException {
    int which = random.nextInt(MAKERS);
    switch (random.nextInt(8)) {
      case 0, 1 -> make(which);
      case 2 -> {
        jobs.remove("m" + which);
        // A job that waits for it would be an error.
        jobs.replaceAll(
            (_, line) -> line.replace("m" + which + ", ", "").replace("[m" + which + "]", "[]"));
        jobs.replaceAll((_, line) -> line.replace(", m" + which + "]", "]"));
      }
      case 3, 4, 5 -> read(random.nextInt(3));
      case 6 ->
          root.put("rows", List.of("a\nb\n", "a\n", "b\nc\n", "a\nb\nc\n").get(random.nextInt(4)));
      default -> root.put("s" + which, "s" + which + random.nextInt(3) + "\n");
    }
    if (random.nextInt(6) == 0) {
      jobs.remove("z" + random.nextInt(3));
    }
  }

  private void compare() throws Exception {
    fresh();
    Run there = torc.run(clone.at(), "build");
    Run here = torc.run(root.at(), "build");
    if (here.exit() != there.exit() && here.err().contains("depfile names")) {
      torc.run(root.at(), "clean", "--stale"); // a leftover that a depfile newly names
      here = torc.run(root.at(), "build");
    }
    String said = "clone: " + there.err() + "\nhere: " + here.err();
    assertEquals(there.exit(), here.exit(), said);
    if (here.exit() == 0) {
      assertEquals(results(clone), results(root), said);
      Run again = torc.run(root.at(), "build");
      assertTrue(
          again.err().contains(" 0 ran") && !again.err().contains("restored"), said + again.err());
    }
  }

  private void fresh() throws IOException {
    if (Files.exists(clone.at())) {
      try (Stream<Path> all = Files.walk(clone.at())) {
        for (Path each : new TreeSet<>(all.toList()).descendingSet()) {
          Files.delete(each);
        }
      }
    }
    Files.createDirectories(clone.at());
    for (String source : SOURCES) {
      if (!source.equals("in")) {
        clone.put(source, root.get(source));
      }
    }
    clone.put("g/source", "source\n").put("torc.yaml", root.get("torc.yaml"));
  }

  /** Returns the products of the readers that the clone has, by name. */
  private Map<String, String> results(Folder of) throws IOException {
    SortedMap<String, String> texts = new TreeMap<>();
    try (Stream<Path> files = Files.list(clone.at())) {
      for (Path file : files.filter(each -> each.toString().matches(".*/z\\d\\.[^d].*")).toList()) {
        String name = file.getFileName().toString();
        texts.put(name, of.has(name) ? of.get(name) : "missing");
      }
    }
    return texts;
  }
}
