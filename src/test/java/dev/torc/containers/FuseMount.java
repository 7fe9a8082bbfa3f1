package dev.torc.containers;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A folder that bindfs mounts at a second path, with locks handed on. torc takes the mount for a
 * network file system; the folder itself is what the machine with the disks sees. Where bindfs
 * cannot mount here, the tests are skipped with its words.
 */
public final class FuseMount implements AutoCloseable {

  /** The path of the mount. */
  public final Path at;

  private FuseMount(Path at) {
    this.at = at;
  }

  /**
   * Mounts a folder at a new path below {@code temp}.
   *
   * @param options for bindfs, as {@code subtype=sshfs}
   */
  public static FuseMount of(Path folder, Path temp, String... options) throws Exception {
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

  /** Unmounts as soon as no process has a file of the mount open. */
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

  /** The words of a command that fails; empty where it ends well. */
  private static String run(Path temp, List<String> command)
      throws IOException, InterruptedException {
    // A file, no pipe: the server of a mount lives on, and has the outputs open.
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
