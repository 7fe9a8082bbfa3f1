package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.torc.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Section 3, "a path is a walk": kinds of need by kinds of way. Each job names a file by its kind
 * of need and reads it as the kernel walks. After random edits of the files, the links and the
 * folders that names only seem to mean, a build leaves what a build from scratch of the same tree
 * makes. {@code -Dtorc.seed=N} repeats a run, {@code -Dtorc.rounds=N} says how many edits.
 */
class RandomWaysTest {

  /** Jobs by kind of need; X is the way. Each reads only what it declares or finds. */
  private static final Map<String, String> SOURCES = new LinkedHashMap<>();

  /** Kinds that a product can be, too. */
  private static final Map<String, String> KINDS = new LinkedHashMap<>();

  static {
    KINDS.put("single", "{ command: 'cat X/f > {produces}', needs: X/f }");
    KINDS.put("given", "{ command: 'cat {needs} > {produces}', needs: X/f }");
    KINDS.put("glob", "{ command: 'cat X/*.h > {produces}', needs: 'X/*.h' }");
    KINDS.put("folder", "{ command: 'cat X/in/* > {produces}', needs: X/in/ }");
    KINDS.put("wild", "{ command: 'cat {needs} > {produces}', needs: ['*/d/*.h', own] }");
    KINDS.put("tool", "{ command: 'X/tool > {produces}', tools: X/tool }");
    KINDS.put(
        "depfile",
        "{ command: 'echo o: X/f > depfile.d; cat X/f > {produces}', depfile: depfile.d, after: m"
            + " }");
    KINDS.put("trace", "{ command: 'cat X/f > {produces}', trace: true, after: m }");
    SOURCES.putAll(KINDS);
    SOURCES.put("table", "{ command: 'echo {k} > {produces}', table: X/t.csv }");
    SOURCES.put("lines", "{ command: 'echo {l} > {produces}', parameters: {l: {lines: X/f}} }");
    SOURCES.put("vars", "{ command: 'echo {n} > {produces}' }");
    SOURCES.put(
        "path", "{ command: 'tool > {produces}', tools: tool, env: {PATH: 'X:{env.PATH}'} }");
    SOURCES.put("dir", "{ command: 'cat {needs} > {produces}', dir: X, needs: [own, X/f] }");
    SOURCES.put(
        "dir-depfile",
        "{ command: 'echo o: ../e > dep.d; cat ../e > {produces}', dir: X, depfile: dep.d }");
  }

  /**
   * A kind of way.
   *
   * @param path the way to a folder, as the jobs write it
   * @param link the link on it, and the two folders that it leads to in turn
   * @param made whether the job m makes what it leads to
   */
  private record Way(String path, String link, String one, String two, boolean made) {}

  private static final Map<String, Way> WAYS =
      Map.of(
          "link before ..", new Way("cur/../d", "cur", "v1/bin", "v2/bin", false),
          "linked folder", new Way("cur", "cur", "v1/d", "v2/d", false),
          "link before .. outside",
              new Way("../out/cur/../d", "../out/cur", "../p/v1/bin", "../p/v2/bin", false),
          "link from outside", new Way("../out/cur", "../out/cur", "../p/v1/d", "../p/v2/d", false),
          "link before .. to a product", new Way("cur/../d", "cur", "m1/bin", "m2/bin", true),
          "linked folder to a product", new Way("cur", "cur", "m1/d", "m2/d", true),
          "link above a product", new Way("latest/d", "latest", "m1", "m2", true),
          "link from outside to a product",
              new Way("../out/cur", "../out/cur", "../p/m1/d", "../p/m2/d", true));

  /** Kinds of need that no build refuses where a symlink leads to the product. */
  private static final Set<String> FOUND = Set.of("glob", "folder", "wild", "depfile", "trace");

  /** Kinds of product, by way X. */
  private static final List<String> MADE = List.of("X/p.h", "X/p*.h", "X/pd/");

  /** Kinds of need for the product of the way o1. */
  private static final List<String> READ =
      List.of(
          "command: cat o1/p.h > o/r, needs: o1/p.h",
          "command: cat o1/*.h > o/r, needs: o1/*.h",
          "command: cat $(find o1 -type f | sort) > o/r, needs: o1/**",
          "command: cat $(find o1 -type f | sort) > o/r, needs: o1/",
          "command: 'echo o: o1/p.h > r.d; cat o1/p.h > o/r', depfile: r.d, after: w",
          "command: cat o1/p.h > o/r, trace: true, after: w");

  private static final String REMOVE = "find . -name 'p*.h' -delete; rm -rf */pd; ";

  @TempDir Path temp;

  @TestFactory
  Stream<DynamicTest> noCellIsFalselyUpToDate() {
    long seed = Sample.SEED;
    return WAYS.entrySet().stream()
        .map(
            way ->
                dynamicTest(
                    way.getKey() + " -Dtorc.seed=" + seed,
                    () -> play(way.getKey(), way.getValue(), new Random(seed))));
  }

  private void play(String name, Way way, Random random) throws Exception {
    Path top = Files.createDirectories(temp.toRealPath().resolve(name.replaceAll("\\W", "")));
    Folder root = new Folder(Files.createDirectories(top.resolve("p")));
    root.put("own", "own\n").put("src", "0\n").put("torc.yaml", buildFile(way));
    sh(root.at(), "mkdir ../out; ln -s %s %s".formatted(way.one, way.link));
    // What the names only seem to mean, what they mean, and what they mean when a link has moved.
    List<String> places = way.made ? List.of(".") : List.of(".", "../out", "v1", "v2");
    for (String place : places) {
      write(root, place, random.nextInt(1000));
    }
    List<String> edits = new ArrayList<>();
    for (int round = 0; round < Integer.getInteger("torc.rounds", 6); round++) {
      String edit = "edit src";
      switch (round == 0 ? 5 : random.nextInt(6)) {
        case 0, 1 -> {
          String place = places.get(random.nextInt(places.size()));
          edit = "write " + place;
          write(root, place, random.nextInt(1000));
        }
        case 2, 3 -> {
          edit = "ln -sfn %s %s".formatted(random.nextBoolean() ? way.one : way.two, way.link);
          sh(root.at(), "rm -rf %s; %s".formatted(way.link, edit));
        }
        case 4 -> {
          edit = "a folder instead of the link";
          sh(root.at(), "rm -rf %1$s; mkdir %1$s; cp -r d/. %1$s".formatted(way.link));
        }
        default -> root.put("src", random.nextInt(1000) + "\n");
      }
      edits.add(edit);
      int exit = check(top, root, way, name + " after " + edits);
      assertTrue(round > 0 || exit == 0, "the first build works");
    }
  }

  /** Builds here and from scratch, and returns the exit status. */
  private int check(Path top, Folder root, Way way, String when) throws Exception {
    Folder other = new Folder(top.resolveSibling("scratch").resolve("p"));
    sh(top, "rm -rf ../scratch; cp -a . ../scratch");
    sh(
        other.at(),
        "find .. -name .torc -prune -exec rm -rf {} +; rm -rf m1 m2 o; find .. -name dep.d -o -name"
            + " depfile.d -o -name c | xargs rm -f");
    int exit = compare(root, other, when);
    if (!way.made) { // -C
      String sub = way.path + "/sub";
      Run.of(other.at(), "-C", sub, "build");
      Run.of(root.at(), "-C", sub, "build");
      assertEquals(other.get(sub + "/c"), root.get(sub + "/c"), when);
    }
    return exit;
  }

  /** Rule 13: one or two makers and a reader, by two names of one folder. */
  @TestFactory
  Stream<DynamicTest> aFileHasOneMakerWhateverItIsCalled() {
    long seed = Sample.SEED;
    return IntStream.range(0, Integer.getInteger("torc.rounds", 8))
        .mapToObj(
            cell -> {
              Random random = new Random(seed + cell);
              List<String> jobs = new ArrayList<>();
              jobs.add(maker("w", "ol", MADE.get(random.nextInt(MADE.size()))));
              if (random.nextInt(3) == 0) {
                jobs.add(maker("v", "o1", MADE.get(random.nextInt(MADE.size()))));
              }
              if (jobs.size() == 1 || random.nextBoolean()) {
                String read = READ.get(random.nextInt(READ.size()));
                read = read.replace("after: w", jobs.size() == 1 ? "after: w" : "after: [w, v]");
                jobs.add("  r: { " + read + ", produces: o/r }\n");
              }
              Collections.shuffle(jobs, random);
              String text = "jobs:\n" + String.join("", jobs);
              return dynamicTest(
                  cell + " -Dtorc.seed=" + seed, () -> playNames("cell" + cell, text, random));
            });
  }

  private static String maker(String name, String way, String made) {
    String product = made.replace("X", way);
    String file = product.replace("*", "").replaceAll("/$", "/p.h");
    return "  %s: { command: 'cat src > %s', needs: src, produces: '%s' }\n"
        .formatted(name, file, product);
  }

  private void playNames(String name, String text, Random random) throws Exception {
    Path top = Files.createDirectories(temp.toRealPath().resolve(name));
    Folder root = new Folder(Files.createDirectories(top.resolve("p")));
    root.put("src", "0\n").put("o1/s.h", "0\n").put("o2/s.h", "0\n").put("torc.yaml", text);
    List<String> edits = new ArrayList<>(List.of(text));
    for (int round = 0; round < 5; round++) {
      String edit = "echo " + random.nextInt(1000) + " > src";
      switch (round == 0 ? 1 : random.nextInt(4)) {
        case 0 -> edit = "echo " + random.nextInt(1000) + " > o1/s.h";
        case 1, 2 -> {
          String to = random.nextInt(3) > 0 ? "ln -s o1 ol" : "ln -s o2 ol";
          edit = REMOVE + "rm -rf ol; " + (random.nextInt(6) > 0 ? to : "mkdir ol");
        }
        default -> {}
      }
      sh(root.at(), edit);
      edits.add(edit);
      Folder other = new Folder(top.resolveSibling("scratch").resolve("p"));
      sh(top, "rm -rf ../scratch; cp -a . ../scratch");
      sh(other.at(), REMOVE + "rm -rf .torc o");
      compare(root, other, name + " after " + String.join("\n", edits));
    }
  }

  private static int compare(Folder root, Folder other, String when) throws Exception {
    Run scratch = Run.of(other.at(), "build", "-v");
    Run run = Run.of(root.at(), "build", "-v");
    String said = "%s\nscratch: %s\nhere: %s".formatted(when, scratch.err(), run.err());
    SortedMap<String, String> wanted = results(other);
    SortedMap<String, String> here = results(root);
    here.keySet().retainAll(wanted.keySet()); // instances of earlier rounds stay
    assertEquals(wanted, here, said);
    // A job that ran before may have made the symlink, so it fails alone (rule 13).
    assertEquals(scratch.exit() == 0, run.exit() == 0, said);
    if (run.exit() == 0) {
      Run again = Run.of(root.at(), "build");
      assertTrue(again.err().contains(" 0 ran"), said + "\nagain: " + again.err());
    }
    return run.exit();
  }

  private static SortedMap<String, String> results(Folder root) throws IOException {
    SortedMap<String, String> texts = new TreeMap<>();
    if (!root.has("o")) {
      return texts; // the whole build was refused
    }
    try (Stream<Path> files = Files.list(root.at().resolve("o"))) {
      for (Path file : files.toList()) {
        texts.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    return texts;
  }

  private static void write(Folder root, String place, int number) throws Exception {
    sh(root.at(), "mkdir -p " + place + "/bin");
    files(place).forEach((file, text) -> write(root, file, text.replace("N", "" + number)));
    sh(root.at(), "chmod +x " + place + "/d/tool");
  }

  private static void write(Folder root, String file, String text) {
    try {
      root.put(file, text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Map<String, String> files(String place) {
    return Map.of(
        place + "/d/f", "N\n",
        place + "/d/a.h", "N\n",
        place + "/d/in/m", "N\n",
        place + "/d/t.csv", "k\nN\n",
        place + "/d/v.yaml", "n: N\n",
        place + "/d/tool", "#!/bin/sh\necho N\n",
        place + "/d/sub/torc.yaml",
            "jobs: { c: { command: cat ../f > c, needs: ../f, produces: c } }",
        place + "/e", "N\n");
  }

  private static String buildFile(Way way) {
    StringBuilder text = new StringBuilder();
    if (!way.made) {
      text.append("vars: [" + way.path + "/v.yaml]\n");
    }
    text.append("roots: [../out]\njobs:\n");
    text.append("  m: { command: \"for d in m1 m2; do mkdir -p $d/bin $d/d/in;");
    text.append(" for f in f a.h in/m tool; do echo \\\"echo $d $(cat src)\\\" > $d/d/$f; done;");
    text.append(" chmod +x $d/d/tool; done\", needs: src, produces: [m1/, m2/] }\n");
    Map<String, String> kinds = new LinkedHashMap<>(way.made ? KINDS : SOURCES);
    if (way.made && !way.path.endsWith("../d")) {
      kinds.keySet().retainAll(FOUND);
    }
    kinds.forEach(
        (kind, job) -> {
          String value = kind.equals("table") ? "-{k}" : kind.equals("lines") ? "-{l}" : "";
          String produces = ", produces: 'o/" + kind + value + "' }";
          text.append("  " + kind + ": ");
          text.append(job.replace("X", way.path).replaceAll(" }$", produces)).append('\n');
        });
    return text.toString();
  }

  private static void sh(Path at, String command) throws Exception {
    Process process =
        new ProcessBuilder("sh", "-c", command).directory(at.toFile()).inheritIO().start();
    assertEquals(0, process.waitFor(), command);
  }
}
