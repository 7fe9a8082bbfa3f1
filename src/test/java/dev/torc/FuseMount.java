package dev.torc;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A folder seen through a file system of its own kind, by bindfs, which hands locks on: torc takes
 * it for one of the network, and the folder itself is what the machine with the disks sees. Where
 * bindfs cannot mount here, its tests are skipped with its own words.
 */
final class FuseMount implements AutoCloseable {

  /** Where the folder is seen. */
  final Path at;

  private FuseMount(Path at) {
    this.at = at;
  }

  /**
   * Mounts a folder in a new one.
   *
   * @param options for bindfs, as {@code subtype=sshfs}
   */
  static FuseMount of(Path folder, Path temp, String... options) throws Exception {
    boolean installed = run(temp, List.of("sh", "-c", "command -v bindfs")).isEmpty();
    if (!installed && "true".equals(System.getenv("CI"))) {
      fail("bindfs is not installed: apt has it, see .ci/run");
    }
    assumeTrue(installed, "bindfs is not installed");
    Path at = Files.createTempDirectory(temp, "mount");
    List<String> command =
        new ArrayList<>(List.of("bindfs", "--enable-lock-forwarding", "--multithreaded"));
    for (String option : options) {
      command.addAll(List.of("-o", option));
    }
    command.addAll(List.of(folder.toString(), at.toString()));
    String refused = run(temp, command);
    assumeTrue(refused.isEmpty(), "bindfs cannot mount here: " + refused);
    return new FuseMount(at);
  }

  /** Takes it away, as soon as no process has a file of it open. */
  @Override
  public void close() throws IOException {
    try {
      String refused = run(at.getParent(), List.of("fusermount", "-u", "-z", at.toString()));
      if (!refused.isEmpty()) {
        throw new IOException(refused);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What a command says that does not end well; nothing of one that does. */
  private static String run(Path temp, List<String> command)
      throws IOException, InterruptedException {
    // A file: the server of a mount lives on, and has the outputs open.
    Path said = Files.createTempFile(temp, "said", "");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    process.getOutputStream().close();
    if (!process.waitFor(300, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    int status = process.waitFor();
    String words = Files.readString(said).strip();
    return status == 0 ? "" : words.isEmpty() ? command + " ended with " + status : words;
  }
}
