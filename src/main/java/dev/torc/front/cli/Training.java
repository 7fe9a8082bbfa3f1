package dev.torc.front.cli;

import static java.io.OutputStream.nullOutputStream;

import dev.torc.base.digests.ParallelShares;
import dev.torc.base.posix.FileTree;
import dev.torc.front.show.Console;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs the usual commands on a tiny project while the JVM records which classes they use, to make
 * the AOT cache. All commands run in one process, since a cache is made from one process. The
 * launcher starts this class if {@code TORC_TRAINING} is set; builds do not depend on it.
 *
 * <p>{@code training/lessons.txt} lists the lessons in order: an exit status and the command line
 * that must end with it, or a change of the sources or the build file. To train only builds, lines
 * with a star are skipped. No lesson is a report or doctor, which would load OSHI's classes. The
 * folder also has the build files: one that is built; one that is only read and checked, with other
 * keys that many build files have; and one of plain jobs, which torc does not parse again after an
 * edit elsewhere in the file.
 */
final class Training {
  private final Path folder;
  private boolean terminal;

  private Training(Path folder) {
    this.folder = folder;
  }

  /** Runs all lessons, or only those for builds with {@code build}; throws if one fails. */
  public static void main(String[] cache) throws IOException {
    Path folder = Files.createTempDirectory("torc-training");
    try {
      new Training(folder).all(!cache[0].equals("build"));
    } finally {
      FileTree.remove(folder);
    }
    Main.endWhereAThreadBreaks();
  }

  private void all(boolean starred) throws IOException {
    write("torc.yaml", Resource.text("training/torc.yaml"));
    write("other.yaml", Resource.text("training/other.yaml"));
    write("script.sh", "");
    Files.createDirectory(folder.resolve("below"));
    Files.createDirectories(folder.resolve(".config/torc"));
    write(".config/torc/config.yaml", "server: false\n");
    edit("one");
    ParallelShares.run(2, _ -> {}); // which only large projects have
    for (String line : Resource.text("training/lessons.txt").split("\n")) {
      terminal |= line.startsWith("on a terminal");
      if (line.startsWith("touch")) {
        Files.setLastModifiedTime(folder.resolve("source.txt"), FileTime.fromMillis(0));
      } else if (line.startsWith("remember")) {
        remember();
      } else if (line.startsWith("say")) {
        write("torc.yaml", buildFile(line));
      } else if (line.startsWith("edit")) {
        edit(line.substring(5, 8));
      } else if (Character.isDigit(line.charAt(0)) || starred && line.startsWith("*")) {
        learn(line.replace("* ", ""));
      }
    }
  }

  /** Builds once more, and leaves a memo if the new stamps are old enough to be trusted. */
  private void remember() {
    LockSupport.parkNanos(50_000_000);
    MemoCall memo = MemoCall.begin(new String[0], nullOutputStream(), nullOutputStream());
    Console given = Main.console();
    Console at =
        new Console(given.in(), null, null, null, folder, given.terminals(), given.began());
    memo.end(Main.run(new String[0], memo.console(at)));
  }

  private static String buildFile(String said) throws IOException {
    boolean little = said.startsWith("say little");
    String text = Resource.text(little ? "training/plain.yaml" : "training/torc.yaml");
    String more = "jobs:\n  more: { command: [echo, more], tags: [more] }";
    text = said.equals("say more") ? text.replace("jobs:", more) : text;
    return said.endsWith("comment") ? "# edited\n" + text : text;
  }

  private void edit(String text) throws IOException {
    write("source.txt", text + "\n");
    write("header.txt", text + "\n");
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  /** Returns a user's environment: with a home that has settings, and not called by a program. */
  private Map<String, String> environment(Map<String, String> given) {
    Map<String, String> env = new HashMap<>(given);
    env.keySet().removeAll(List.of("CI", "MAKELEVEL", "TORC_SERVER", "XDG_CONFIG_HOME"));
    env.put("HOME", folder.toString());
    return env;
  }

  private void learn(String lesson) {
    StringWriter err = new StringWriter();
    Console given = Main.console();
    Console console =
        new Console(
            given.in(),
            new StringWriter(),
            err,
            environment(given.env()),
            folder,
            new Console.Terminals(terminal, terminal, given.terminals().columns()),
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
