package dev.torc.front.cli;

import dev.torc.base.posix.ClosedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A project folder in a test: writes and reads its files, and calls torc in it. */
record Folder(Path at) {

  /** Writes a file, with the folders it needs. */
  Folder put(String path, String text) throws IOException {
    Path file = at.resolve(path);
    Files.createDirectories(file.getParent());
    ClosedFile.write(file, text);
    return this;
  }

  /** A build file of three jobs in a row, from a.txt to d.txt: first, second and third. */
  Folder chain() throws IOException {
    put("a.txt", "one\n");
    return put(
        "torc.yaml",
        """
        jobs:
          first: { command: cat a.txt > b.txt, needs: a.txt, produces: b.txt }
          second: { command: cat b.txt > c.txt, needs: b.txt, produces: c.txt }
          third: { command: cat c.txt > d.txt, needs: c.txt, produces: d.txt }
        """);
  }

  String get(String path) throws IOException {
    return Files.readString(at.resolve(path));
  }

  boolean has(String path) {
    return Files.exists(at.resolve(path), LinkOption.NOFOLLOW_LINKS);
  }

  /** Builds; fails the test where the build fails. */
  Folder build(String... targets) {
    String[] args = new String[targets.length + 1];
    args[0] = "build";
    System.arraycopy(targets, 0, args, 1, targets.length);
    Run run = Run.of(at, args);
    if (run.exit() != 0) {
      throw new AssertionError(run.err());
    }
    return this;
  }

  /** Waits until the racy window has passed by the clock of the files. */
  Folder window() throws IOException {
    Path tick = at.resolve("tick");
    long begin = Files.getLastModifiedTime(Files.writeString(tick, "")).to(TimeUnit.MILLISECONDS);
    long now = begin;
    while (now < begin + 25) {
      now = Files.getLastModifiedTime(Files.writeString(tick, "")).to(TimeUnit.MILLISECONDS);
    }
    Files.delete(tick);
    return this;
  }

  /** Builds, waits until the racy window has passed by the clock of the files, and builds again. */
  Folder settle() throws IOException {
    return build().window().build();
  }

  /** Whether a build found everything fresh: it did not even open the database. */
  boolean opensNothing(String... args) throws IOException {
    Path table = at.resolve(".torc/lock.mdb");
    Files.deleteIfExists(table);
    Run run = run(args);
    if (run.exit() != 0) {
      throw new AssertionError(run.err());
    }
    return !Files.exists(table);
  }

  Run run(String... args) {
    return Run.of(at, args);
  }
}
