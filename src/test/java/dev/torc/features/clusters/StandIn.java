package dev.torc.features.clusters;

import dev.torc.base.posix.FreshProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Programs of a scheduler in a folder that is all of PATH, each a script that says what a test
 * wants.
 */
final class StandIn {

  private final Path folder;

  StandIn(Path folder) {
    this.folder = folder;
  }

  /** Writes a program; in its script {@code $calls} is the file that {@link #calls} reads. */
  StandIn says(String program, String script) throws IOException {
    FreshProgram.write(
        folder.resolve(program),
        "#!/bin/sh\ncalls=${0%/*}/calls\necho \"${0##*/} $*\" >>\"$calls\"\n" + script + "\n");
    return this;
  }

  /** The commands that were run, in their order. */
  List<String> calls() throws IOException {
    Path calls = folder.resolve("calls");
    return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
  }

  Map<String, String> env() {
    return Map.of("PATH", folder.toString());
  }
}
