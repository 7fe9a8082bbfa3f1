package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A small disk in memory, mounted on a folder until it is closed. Where the tests may not mount
 * one, a test is skipped with the reason.
 *
 * @param at the folder
 */
public record SmallDisk(Path at) implements AutoCloseable {

  /**
   * Mounts a disk on a folder.
   *
   * @param size as tmpfs takes it: {@code 3m}
   */
  public static SmallDisk on(Path at, String size) throws IOException {
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "mode=755,size=" + size, "torc-test", at.toString()) == 0,
        "mounting a small disk needs root");
    return new SmallDisk(at);
  }

  /** Mounts a folder, of any disk, on another one. */
  public static SmallDisk bound(Path folder, Path at) throws IOException {
    int status = run("mount", "--bind", folder.toString(), at.toString());
    assumeTrue(status == 0, "a bind mount needs root");
    return new SmallDisk(at);
  }

  /** Gives the disk another size. */
  public void resize(String size) throws IOException {
    assertEquals(0, run("mount", "-o", "remount,size=" + size, at.toString()));
  }

  /** Fills the disk but for so many KiB; returns the file that takes the space. */
  public Path fill(int free) throws IOException {
    long left = Files.getFileStore(at).getUsableSpace() - free * 1024L;
    return Files.write(at.resolve("ballast"), new byte[(int) Math.max(0, left)]);
  }

  private static int run(String... command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    Process process;
    try {
      process = builder.start();
    } catch (IOException noSuchProgram) {
      return 127;
    }
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() throws IOException {
    run("umount", "-l", at.toString());
  }
}
