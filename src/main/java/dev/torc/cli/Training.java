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
        long: { command: sleep 2 } # samples are taken of it
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

  /** A command line and the status that it must end with. */
  private record Lesson(int exit, String... args) {

    static Lesson done(String... args) {
      return new Lesson(Exit.DONE, args);
    }
  }

  /** The usual builds, in their order. */
  private static final List<Lesson> BUILDS =
      List.of(
          Lesson.done("-f", "other.yaml", "build", "-n"),
          Lesson.done("build", "-n"),
          new Lesson(Exit.FAILED, "--trace"), // where it cannot work it says so, and goes on
          Lesson.done("build", "both", "each"),
          Lesson.done("-q", "-j", "2", "build", "both"),
          new Lesson(Exit.FAILED, "-q"));

  /** The other commands. No report and no doctor, for the sake of OSHI's classes. */
  private static final List<Lesson> QUESTIONS =
      List.of(
          Lesson.done("check"),
          Lesson.done("-f", "other.yaml", "check"),
          Lesson.done("why", "both", "failing"),
          Lesson.done("status"),
          Lesson.done("list"),
          Lesson.done("log", "numbers"),
          Lesson.done("completion", "bash", "--", "=:", "torc why bo"),
          Lesson.done("completion", "fish", "--", "build", ""),
          Lesson.done("status", "--json"),
          Lesson.done("clean", "both"),
          Lesson.done("build", "both", "-v"),
          new Lesson(Exit.USAGE, "buidl"));

  /**
   * What is built before a source is touched, after it, and when it or the build file was edited.
   */
  private static final Lesson REST = Lesson.done("build", "words", "compiled", "all");

  private Training() {}

  /**
   * Runs all of it, and throws where something does not end as it must.
   *
   * @param cache {@code build} for what builds alone meet, another one for all commands
   */
  public static void main(String[] cache) throws IOException {
    boolean all = !cache[0].equals("build");
    Path folder = Files.createTempDirectory("torc-training");
    try {
      Files.writeString(folder.resolve("torc.yaml"), BUILD_FILE);
      Files.writeString(folder.resolve("other.yaml"), OTHER_FILE);
      Files.writeString(folder.resolve("script.sh"), "");
      Path source = folder.resolve("source.txt");
      Path header = folder.resolve("header.txt");
      Files.writeString(source, "one\n");
      Files.writeString(header, "one\n");
      learn(BUILDS, folder, false);
      if (all) {
        learn(QUESTIONS, folder, false);
      }
      // on a terminal, where most builds are watched
      learn(List.of(REST), folder, true); // leaves at rest what needs only the source
      Files.setLastModifiedTime(source, FileTime.fromMillis(0));
      learn(List.of(REST), folder, true);
      String more =
          BUILD_FILE.replace("jobs:", "jobs:\n  more: { command: [echo, more], tags: [more] }");
      for (String edited : List.of(BUILD_FILE + "# edited", more)) {
        Files.writeString(folder.resolve("torc.yaml"), edited);
        learn(List.of(REST), folder, true);
      }
      Files.writeString(source, "two\n");
      Files.writeString(header, "two\n");
      if (all) {
        learn(List.of(Lesson.done("why", "both")), folder, true);
      }
      learn(List.of(REST, REST), folder, true);
      if (all) {
        learn(List.of(Lesson.done("why", "both")), folder, true);
      }
      Files.writeString(source, "one\n");
      Files.writeString(header, "one\n");
      learn(List.of(REST, REST), folder, true); // earlier results are put back
      if (all) {
        learn(List.of(Lesson.done("clean", "--all")), folder, true);
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

  private static void learn(List<Lesson> lessons, Path folder, boolean terminal) {
    for (Lesson lesson : lessons) {
      learn(lesson, folder, terminal);
    }
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
