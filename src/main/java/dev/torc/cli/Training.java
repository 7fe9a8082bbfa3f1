package dev.torc.cli;

import dev.torc.cli.Completion.BashLine;
import dev.torc.show.Console;
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

  /** Plain jobs: where one is edited, the others are not read again. */
  private static final String PLAIN_FILE =
      """
      jobs:
        a: { command: [echo, a], needs: source.txt }
        b: { command: [echo, b], needs: source.txt }
        c: { command: [echo, c], needs: source.txt }
        d: { command: [echo, d], needs: source.txt }
        e: { command: [echo, e], needs: source.txt }
        f: { command: [echo, f], needs: source.txt }
      """;

  /**
   * The lessons in their order: a command line behind the status that it must end with, or what
   * happens to the sources and the build file. Where only builds are trained, lines with a star are
   * left out: no report and no doctor is there, for the sake of OSHI's classes.
   */
  private static final String LESSONS =
      """
      0 -f other.yaml build -n
      0 build -n
      1 --trace
      0 build both each
      0 -q -j 2 build both
      1 -q
      * 0 check
      * 0 -f other.yaml check
      * 0 why both failing
      * 0 status
      * 0 list
      * 0 log numbers
      * 0 completion bash -- =: 'torc why bo'
      * 0 completion fish -- build ''
      * 0 status --json
      * 0 clean both
      * 0 build both -v
      * 2 buidl
      on a terminal, where most builds are watched
      0 build words compiled all
      touch a source: what needs only that was left at rest
      0 build words compiled all
      say the same with a comment
      0 build words compiled all
      say more
      0 build words compiled all
      edit two
      * 0 why both
      0 build words compiled all
      0 build words compiled all
      * 0 why both
      edit one: earlier results are put back
      0 build words compiled all
      0 build words compiled all
      say little
      0 build
      say little with a comment
      0 build
      * 0 clean --all
      """;

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
      edit(folder, "one");
      boolean terminal = false;
      for (String line : LESSONS.split("\n")) {
        terminal |= line.startsWith("on a terminal");
        if (line.startsWith("touch")) {
          Files.setLastModifiedTime(folder.resolve("source.txt"), FileTime.fromMillis(0));
        } else if (line.startsWith("say")) {
          String more = "jobs:\n  more: { command: [echo, more], tags: [more] }";
          String text = line.startsWith("say little") ? PLAIN_FILE : BUILD_FILE;
          text = line.equals("say more") ? text.replace("jobs:", more) : text;
          text = line.endsWith("comment") ? "# edited\n" + text : text;
          Files.writeString(folder.resolve("torc.yaml"), text);
        } else if (line.startsWith("edit")) {
          edit(folder, line.substring(5, 8));
        } else if (Character.isDigit(line.charAt(0)) || all && line.startsWith("*")) {
          learn(line.replace("* ", ""), folder, terminal);
        }
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

  private static void edit(Path folder, String text) throws IOException {
    for (String name : List.of("source.txt", "header.txt")) {
      Files.writeString(folder.resolve(name), text + "\n");
    }
  }

  private static void learn(String lesson, Path folder, boolean terminal) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Console given = Main.console();
    Console console =
        new Console(
            given.in(),
            out,
            err,
            given.env(),
            folder,
            terminal,
            terminal,
            given.columns(),
            given.began());
    String line = lesson.substring(2);
    List<String> args =
        line.contains("'")
            ? BashLine.of(List.of("", "torc " + line)).words()
            : List.of(line.split(" "));
    int exit = Main.run(args.toArray(String[]::new), console);
    if (exit != lesson.charAt(0) - '0') {
      throw new IllegalStateException(lesson + ": ended with " + exit + "\n" + err);
    }
  }
}
