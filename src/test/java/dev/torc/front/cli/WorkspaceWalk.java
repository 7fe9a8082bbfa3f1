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
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A random workspace (section 3, <em>Packages</em>): packages with equal names of jobs, groups and
 * files, links between them, a module that is used twice, and a build file that a job makes. In
 * each round, packages are edited, renamed, moved, added, removed or broken, and some are built by
 * themselves or from their folder. Then a build of the whole has the exit status and the results of
 * a build of a fresh clone.
 */
public final class WorkspaceWalk {

  private static final int MOST = 6;

  /** A package: its var, the packages whose product it needs, and an error, if it has one. */
  private record Member(int value, List<String> deps, boolean broken) {
    /** Returns whether one of the jobs is a group, so that the file is read in each build. */
    boolean isGroup() {
      return value == 3;
    }
  }

  private final EditsWalk.Torc torc;
  private final Folder root;
  private final Folder clone;
  private final Random random;
  private final SortedMap<String, Member> members = new TreeMap<>();
  private final List<String> story = new ArrayList<>();
  private final Set<String> moved = new TreeSet<>(); // what is in their folders is not torc's
  private int names;
  private int cut;

  public WorkspaceWalk(Path top, long seed, EditsWalk.Torc torc) throws IOException {
    this.torc = torc;
    this.random = new Random(seed);
    this.root = new Folder(Files.createDirectories(top.resolve("here")));
    this.clone = new Folder(top.resolve("clone"));
  }

  /** Plays so many rounds. */
  public void play(int rounds) throws Exception {
    root.put("src.txt", "0\n");
    root.put(
        "modules/m.yaml",
        "vars: { cut: 1 }\n"
            + "jobs: { c: { command: 'cut -c{cut}- {in} > c.txt', produces: c.txt } }\n");
    spec();
    for (int i = 0; i < 3; i++) {
      add();
    }
    for (int round = 0; round < rounds; round++) {
      story.add("round " + round + ":");
      for (int edits = random.nextInt(3); edits >= 0; edits--) {
        edit();
      }
      write();
      try {
        alone();
        compare();
      } catch (AssertionError e) {
        int from = Math.max(0, story.size() - 30);
        String last = String.join("\n", story.subList(from, story.size()));
        throw new AssertionError(last + "\n" + members + "\n" + e.getMessage(), e);
      }
    }
  }

  private void add() throws IOException {
    String name = "p%03d".formatted(names++);
    List<String> deps = members.keySet().stream().filter(_ -> random.nextBoolean()).toList();
    members.put(name, new Member(0, deps, false));
    root.put("packages/" + name + "/src.txt", name + "\n");
    story.add("add " + name + " " + deps);
  }

  private void spec() throws IOException {
    int jobs = 1 + random.nextInt(3);
    StringBuilder spec = new StringBuilder("jobs:\n");
    for (int i = 0; i < jobs; i++) {
      spec.append(
          "  s%d: { command: 'echo %d > s%d.txt', produces: s%d.txt }\n".formatted(i, jobs, i, i));
    }
    root.put("spec.yaml", spec.toString());
    story.add("spec of " + jobs);
  }

  private void edit() throws IOException {
    List<String> all = List.copyOf(members.keySet());
    String one = all.get(random.nextInt(all.size()));
    Member was = members.get(one);
    switch (random.nextInt(9)) {
      case 0 -> root.put("packages/" + one + "/src.txt", one + random.nextInt(9) + "\n");
      case 1 -> members.put(one, new Member(random.nextInt(4), was.deps, was.broken));
      case 2 -> {
        List<String> deps =
            all.stream().filter(each -> each.compareTo(one) < 0 && random.nextBoolean()).toList();
        members.put(one, new Member(was.value, deps, was.broken));
      }
      case 3 -> {
        if (members.size() < MOST) {
          add();
        }
      }
      case 4 -> remove(one);
      case 5 -> move(one);
      case 6 -> members.put(one, new Member(was.value, was.deps, !was.broken));
      case 7 -> cut = random.nextInt(3);
      default -> spec();
    }
    story.add("edited " + one);
  }

  /** Removes a package, with its folder or without what was made in it. */
  private void remove(String one) throws IOException {
    if (members.size() > 2) {
      members.remove(one);
      members.replaceAll((_, each) -> new Member(each.value, without(each.deps, one), each.broken));
      Path folder = root.at().resolve("packages/" + one);
      boolean whole =
          random.nextBoolean() || moved.contains(one) || Files.exists(folder.resolve(".torc"));
      delete(whole ? folder : folder.resolve("torc.yaml"));
      story.add("removed " + one + (whole ? " with its folder" : ""));
    }
  }

  /** Moves the folder of a package, with all that is in it; then the package has another name. */
  private void move(String one) throws IOException {
    String name = "p%03d".formatted(names++);
    Member was = members.get(one);
    if (members.values().stream().noneMatch(each -> each.deps.contains(one))) {
      members.remove(one);
      members.put(name, was);
      moved.add(name);
      Files.move(root.at().resolve("packages/" + one), root.at().resolve("packages/" + name));
      story.add("moved " + one + " to " + name);
    }
  }

  private static List<String> without(List<String> all, String one) {
    return all.stream().filter(each -> !each.equals(one)).toList();
  }

  private void write() throws IOException {
    root.put(
        "torc.yaml",
        """
        include:
          - "packages/*/torc.yaml"
          - { file: modules/m.yaml, as: m1, dir: runs/one, needs: { in: src.txt } }
          - { file: modules/m.yaml, as: m2, dir: runs/two, vars: { cut: %d }, needs: { in: all.txt } }
          - { file: gen/jobs.yaml, made: true }
        jobs:
          gen: { command: "cat {needs} > {produces}", needs: spec.yaml, produces: gen/jobs.yaml }
          all: { command: "cat {needs} > {produces}", needs: "packages/*/out.txt", produces: all.txt }
          more: { command: "cat {needs} > {produces}", needs: "s*.txt", produces: more.out }
        """
            .formatted(1 + cut));
    for (Map.Entry<String, Member> each : members.entrySet()) {
      root.put(
          "packages/" + each.getKey() + "/torc.yaml",
          """
          vars: { v: %1$d, deps: [%2$s] }
          jobs:
            build:
              command: "cat {needs} > {produces}; echo {v} >> {produces}"
              needs: [src.txt, "../{deps}/out.txt"]
              produces: out.txt
            g: { command: "echo %3$s{v} > {produces}", %4$sproduces: "n/%3$s.txt" }
            test: { command: "cat {needs} > t.txt", needs: [{ job: g }, out.txt], produces: t.txt }
          %5$s\
          """
              .formatted(
                  each.getValue().value,
                  String.join(", ", each.getValue().deps),
                  each.getValue().isGroup() ? "{n}" : "1",
                  each.getValue().isGroup() ? "parameters: { n: [1, 2] }, " : "",
                  each.getValue().broken ? "wrong: key\n" : ""));
    }
  }

  /** Calls torc in a package, or for one. */
  private void alone() throws Exception {
    List<String> all = List.copyOf(members.keySet());
    String one = all.get(random.nextInt(all.size()));
    Path folder = root.at().resolve("packages/" + one);
    int how = random.nextInt(6);
    String[] words =
        switch (how) {
          case 0 -> new String[] {"build", "--alone"};
          case 1 -> new String[] {"build"};
          case 2 -> new String[] {"-n"};
          default -> new String[0];
        };
    if (words.length > 0) {
      Run run = torc.run(folder, words);
      story.add(String.join(" ", words) + " in " + one + ": " + run.exit());
      assertTrue(run.exit() < 3, run.err());
    }
  }

  private void compare() throws Exception {
    fresh();
    SortedMap<String, String> before = results(root, "packages");
    List<String> broken =
        members.keySet().stream().filter(each -> members.get(each).broken).toList();
    List<String> targets = new ArrayList<>(List.of("build"));
    if (!broken.isEmpty()) {
      assertEquals(2, torc.run(root.at(), "build").exit());
      members.keySet().stream().filter(each -> !reaches(each)).forEach(e -> targets.add(e + ":"));
      if (targets.size() == 1) {
        return;
      }
    }
    String[] words = targets.toArray(String[]::new);
    Run there = torc.run(clone.at(), words);
    Run here = torc.run(root.at(), words);
    String said = String.join(" ", words) + "\nclone: " + there.err() + "\nhere: " + here.err();
    assertEquals(0, there.exit(), said);
    assertEquals(0, here.exit(), said);
    SortedMap<String, String> made = results(clone, "");
    SortedMap<String, String> found = results(root, "");
    found.keySet().retainAll(made.keySet());
    assertEquals(made, found, said);
    Run again = torc.run(root.at(), words);
    assertTrue(again.err().contains(" 0 ran") && !again.err().contains("restored"), again.err());
    for (String each : broken) { // nothing of it is lost
      before.forEach(
          (path, text) -> {
            if (path.startsWith("packages/" + each + "/")) {
              assertTrue(root.has(path), path + " is gone; " + said);
            }
          });
    }
  }

  /** Returns whether a package is broken, or needs what a broken one makes. */
  private boolean reaches(String name) {
    Member of = members.get(name);
    return of.broken || of.deps.stream().anyMatch(this::reaches);
  }

  private void fresh() throws IOException {
    delete(clone.at());
    for (String file : List.of("torc.yaml", "src.txt", "spec.yaml", "modules/m.yaml")) {
      clone.put(file, root.get(file));
    }
    for (String name : members.keySet()) {
      for (String file : List.of("torc.yaml", "src.txt")) {
        clone.put("packages/" + name + "/" + file, root.get("packages/" + name + "/" + file));
      }
    }
  }

  private static void delete(Path at) throws IOException {
    if (Files.exists(at)) {
      try (Stream<Path> all = Files.walk(at)) {
        for (Path each : new TreeSet<>(all.toList()).descendingSet()) {
          Files.delete(each);
        }
      }
    }
  }

  /** Returns the files that jobs make, by path. */
  private static SortedMap<String, String> results(Folder of, String below) throws IOException {
    try (Stream<Path> all = Files.walk(of.at().resolve(below))) {
      List<String> paths =
          all.filter(Files::isRegularFile)
              .map(each -> of.at().relativize(each).toString())
              .filter(each -> !each.contains(".torc/") && !each.endsWith("src.txt"))
              .filter(each -> each.endsWith(".txt") || each.endsWith(".out"))
              .collect(Collectors.toList());
      SortedMap<String, String> texts = new TreeMap<>();
      for (String path : paths) {
        texts.put(path, of.get(path));
      }
      return texts;
    }
  }
}
