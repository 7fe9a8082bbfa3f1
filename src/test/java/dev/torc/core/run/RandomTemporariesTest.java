package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.base.digests.AgedStamps;
import dev.torc.base.posix.FileTree;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.run.StubRunner.Stub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Jobs that read each other's temporary products, a folder among them and some by a depfile, under
 * edits, removals and damage to stored results: readers that were to be restored turn out to run in
 * the middle of a build, and what they read has to be made then. {@code -Dtorc.seed=N} repeats a
 * run, {@code -Dtorc.projects=N} plays more.
 */
@Execution(ExecutionMode.CONCURRENT)
class RandomTemporariesTest {

  private static final int PROJECTS = Integer.getInteger("torc.projects", 8);
  private static final int STEPS = 12;

  @TempDir Path temp;

  @Test
  void productsAreRightAndNothingIsLeftToDo() {
    RandomWalks.play(PROJECTS, temp, Walk::new);
  }

  /** The products that a job makes from the files that it reads: their texts by their paths. */
  private static Map<String, String> makes(String job, UnaryOperator<String> read) {
    return switch (job) {
      case "s" -> Map.of("s.o", read.apply("x"));
      case "t" -> Map.of("t.o", read.apply("s.o") + read.apply("y"));
      case "q" -> Map.of("q/1", read.apply("s.o"), "q/2", read.apply("t.o"));
      case "r" -> Map.of("r.o", read.apply("t.o") + read.apply("q/1"));
      case "u" -> Map.of("u.o", read.apply("s.o") + read.apply("q/2"));
      case "w" -> Map.of("w.o", read.apply("t.o") + read.apply("s.o"), "w.d", "w.o: t.o s.o\n");
      default -> Map.of("v.o", read.apply("r.o") + read.apply("u.o"));
    };
  }

  /** One project and what happens to it. */
  private static final class Walk implements RandomWalks.Walk {
    private final Path root;
    private final Random random;
    private final Harness torc;
    private final List<String> story = new ArrayList<>();

    Walk(Path root, Random random) {
      this.root = root;
      this.random = random;
      this.torc = new Harness(root);
      torc.restores = true;
      torc.otherwise = this::work;
      if (random.nextInt(4) > 0) { // with young stamps, nothing is ever fresh
        torc.stamps = new AgedStamps();
      }
    }

    @Override
    public String story() {
      return String.join("\n", story);
    }

    private ProcessEnd work(Stub stub) throws IOException {
      for (var file : makes(stub.name(), stub::read).entrySet()) {
        stub.write(file.getKey(), file.getValue());
      }
      return stub.exit(0);
    }

    @Override
    public void steps() throws IOException {
      edit("x");
      edit("y");
      torc.given(
          String.join(
                  "\n",
                  "s: { command: s, needs: [x], produces: [s.o], temporary: %s }",
                  "t: { command: t, needs: [s.o, y], produces: [t.o], temporary: %s }",
                  "q: { command: q, needs: [s.o, t.o], produces: [q/], temporary: %s }",
                  "r: { command: r, needs: [t.o, q/], produces: [r.o] }",
                  "u: { command: u, needs: [s.o, q/], produces: [u.o] }",
                  "v: { command: v, needs: [r.o, u.o], produces: [v.o] }",
                  "w: { command: w, after: r, depfile: w.d, produces: [w.o] }")
              .formatted(form(), form(), form()));
      for (int step = 0; step < STEPS; step++) {
        story.add("-- step " + step);
        String asked = step == 0 ? "" : some(List.of("", "", "v w", "r u")); // first all is found
        String[] targets = asked.isEmpty() ? new String[0] : asked.split(" ");
        torc.limits.put("cpus", 1L + random.nextInt(4));
        build(targets);
        check(List.of(targets).contains("r"));
        torc.look(targets); // with the reused graph and fresh jobs, and without
        build(targets);
        torc.ran();
        torc.restored();
        change();
      }
    }

    private String form() {
      story.add(some(List.of("true", "delete", "delete", "false")));
      return story.getLast();
    }

    private <T> T some(List<T> of) {
      return of.get(random.nextInt(of.size()));
    }

    private void build(String... targets) {
      torc.build(targets);
      story.add("build " + String.join(" ", targets) + " " + torc.notes());
      story.addAll(new Fates(torc.events).lines());
      assertEquals(0, torc.exit);
    }

    /** Asserts that each product is what the sources make of it, and that no job ran twice. */
    private void check(boolean some) {
      Map<String, String> made = new TreeMap<>(Map.of("x", torc.read("x"), "y", torc.read("y")));
      List.of("s", "t", "q", "r", "u", "v", "w").forEach(job -> made.putAll(makes(job, made::get)));
      made.keySet().removeIf(path -> path.matches("[stq].*") && !torc.exists(path));
      made.keySet().removeIf(path -> path.matches("[vw].*") && some);
      made.forEach((path, text) -> assertEquals(text, torc.read(path), path));
      assertEquals(new HashSet<>(torc.started()).size(), torc.started().size());
    }

    private void edit(String path) {
      torc.edit(path, "" + random.nextInt(3));
      story.add("edit " + path + " " + torc.read(path));
    }

    /** Edits sources, removes products, and spoils or removes what is stored. */
    private void change() throws IOException {
      for (String path : List.of("x", "y", "s.o", "t.o", "q", "r.o", "u.o", "v.o", "w.o")) {
        if (path.length() == 1 && !path.equals("q")) {
          if (random.nextInt(5) < 3) {
            edit(path);
          }
        } else if (random.nextInt(4) == 0 && torc.exists(path)) {
          torc.delete(path);
          story.add("delete " + path);
        }
      }
      Path store = root.resolve(".torc/store");
      if (!Files.isDirectory(store)) {
        return;
      }
      try (Stream<Path> files = Files.walk(store)) {
        for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
          int how = random.nextInt(10);
          if (how == 0) {
            FileTree.remove(file);
          } else if (how < 3) {
            Files.writeString(file, "spoilt");
          }
          if (how < 3) {
            story.add((how == 0 ? "remove " : "spoil ") + file.getFileName());
          }
        }
      }
    }
  }
}
