package dev.torc.cli;

import dev.torc.session.Exit;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the JVM watches to make the AOT cache: the usual commands on a tiny project, in one process,
 * since a cache comes from one process. The launcher starts it where {@code TORC_TRAINING} is set;
 * nothing of a build depends on it.
 */
final class Training {

  private static final String BUILD_FILE =
      """
      jobs:
        numbers: { command: "echo 1; echo 2 > {produces}", produces: [numbers.txt] }
        words: { command: [echo, one], needs: [source.txt] }
        both:
          command: "cat {needs} > {produces}"
          needs: [numbers.txt, source.txt]
          produces: [both.txt]
        each:
          parameters: { n: [1, 2] }
          command: "echo {n} > {produces}; chmod u+x {produces}"
          needs: [numbers.txt]
          produces: ["each/{n}.txt"]
        compiled: # takes long enough to be looked at while it runs
          command: "sleep 0.1; cat header.txt > {produces}; echo 'x: header.txt' > {produces}.d"
          needs: [source.txt]
          produces: [compiled.o]
          depfile: compiled.o.d
        all: { command: "cat each/*.txt > {produces}/list", needs: ["each/*.txt", { job: words }], produces: [all/] }
        failing: { command: "false", needs: [both.txt] }
      """;

  /** What many build files say beside that: it is read and checked, and never built. */
  private static final String OTHER_FILE =
      """
      vars: { name: source }
      env: { LC_ALL: C }
      shell: [bash, -e, -c]
      resources: { small: { cpus: 1, memory: 1.5GB, runtime: 10m } }
      defaults: { resources: small, retries: 1 }
      limits: { memory: 8GiB }
      jobs:
        first: { command: "cat {name}.txt | sort > {produces}", needs: "{name}.txt", produces: a/1.txt }
        second:
          command: ["./script.sh", "{needs.one}"]
          needs: { one: a/1.txt, other: [a/, "*.txt", "!header.txt"] }
          produces: ["b/*.txt", c/]
          resources: { memory: 100MB }
          tags: [some]
          priority: 1
      """;

  /** Command lines in their order, each with the status that it must end with. */
  private record Lesson(int exit, String... args) {}

  // Every class that is met here is linked at each start: no report and no doctor, for OSHI's sake.
  private static final List<Lesson> LESSONS =
      List.of(
          new Lesson(Exit.DONE, "check"),
          new Lesson(Exit.DONE, "-f", "other.yaml", "check"),
          new Lesson(Exit.DONE, "build", "-n"),
          new Lesson(Exit.FAILED),
          new Lesson(Exit.DONE, "build", "both", "each"),
          new Lesson(Exit.DONE, "-q", "-j", "2", "build", "both"),
          new Lesson(Exit.FAILED, "-q"),
          new Lesson(Exit.DONE, "why", "both", "failing"),
          new Lesson(Exit.DONE, "status"),
          new Lesson(Exit.DONE, "list"),
          new Lesson(Exit.DONE, "log", "numbers"),
          new Lesson(Exit.DONE, "completion", "bash", "--", "=:", "torc why bo"),
          new Lesson(Exit.DONE, "completion", "fish", "--", "build", ""),
          new Lesson(Exit.DONE, "status", "--json"),
          new Lesson(Exit.DONE, "clean", "both"),
          new Lesson(Exit.DONE, "build", "both", "-v"),
          new Lesson(Exit.USAGE, "buidl"));

  /** What is built before a source is touched, after it, and when it was edited. */
  private static final Lesson REST = new Lesson(Exit.DONE, "build", "words", "compiled", "all");

  /** What follows when the source was edited; on a terminal, where most builds are watched. */
  private static final List<Lesson> EDITED =
      List.of(
          new Lesson(Exit.DONE, "why", "both"), REST, REST, new Lesson(Exit.DONE, "why", "both"));

  /** What follows when the source is as it was before: earlier results are put back. */
  private static final List<Lesson> BACK =
      List.of(REST, REST, new Lesson(Exit.DONE, "clean", "--all"));

  private Training() {}

  /** Runs all of it, and throws where something does not end as it must. */
  public static void main(String[] none) throws IOException {
    Path folder = Files.createTempDirectory("torc-training");
    try {
      Files.writeString(folder.resolve("torc.yaml"), BUILD_FILE);
      Files.writeString(folder.resolve("other.yaml"), OTHER_FILE);
      Files.writeString(folder.resolve("script.sh"), "");
      Path source = folder.resolve("source.txt");
      Path header = folder.resolve("header.txt");
      Files.writeString(source, "one\n");
      Files.writeString(header, "one\n");
      for (Lesson lesson : LESSONS) {
        learn(lesson, folder, false);
      }
      learn(REST, folder, true); // leaves at rest what needs only the source
      Files.setLastModifiedTime(source, FileTime.fromMillis(0));
      learn(REST, folder, true);
      Files.writeString(source, "two\n");
      Files.writeString(header, "two\n");
      for (Lesson lesson : EDITED) {
        learn(lesson, folder, true);
      }
      Files.writeString(source, "one\n");
      Files.writeString(header, "one\n");
      for (Lesson lesson : BACK) {
        learn(lesson, folder, true);
      }
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.toList().reversed()) {
          Files.delete(file);
        }
      }
    }
    Main.endWhereAThreadBreaks();
  }

  private static void learn(Lesson lesson, Path folder, boolean terminal) {
    StringWriter err = new StringWriter();
    Console given = Main.console();
    Console console =
        new Console(
            given.in(),
            new StringWriter(),
            err,
            given.env(),
            folder,
            terminal,
            terminal,
            given.columns(),
            given.began());
    int exit = Main.run(lesson.args, console);
    if (exit != lesson.exit) {
      throw new IllegalStateException(
          "torc " + String.join(" ", lesson.args) + " ended with " + exit + ":\n" + err);
    }
  }
}
