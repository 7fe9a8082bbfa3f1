package dev.torc.front.cli;

import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;

import dev.torc.base.posix.FreshProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A stand-in for podman, of {@code testdata/standins}. {@code ContainersIT} tests what a real one
 * does.
 *
 * @param folder has the script, and belongs in the PATH
 */
record StandInRuntime(Path folder) {

  /** Puts the stand-in into a folder, with one image. */
  static StandInRuntime in(Path folder, String image) throws IOException {
    Files.createDirectories(folder.resolve("images"));
    Path program = folder.resolve("podman");
    FreshProgram.of(Files.copy(Path.of("testdata/standins/podman"), program, COPY_ATTRIBUTES));
    Files.writeString(folder.resolve("images").resolve(image.replace(':', '_')), "1".repeat(64));
    return new StandInRuntime(folder);
  }

  /** An environment in which the stand-in is found first. */
  Map<String, String> env() {
    return Map.of("PATH", folder + ":" + System.getenv("PATH"), "HOME", folder.toString());
  }
}
