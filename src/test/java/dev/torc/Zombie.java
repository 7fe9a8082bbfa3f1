package dev.torc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A dead process whose parent lives and does not reap it, as in a container without an init. */
public record Zombie(long pid, Process parent) implements AutoCloseable {

  /** Whether this system shows zombies as torc looks for them. */
  public static boolean isShown() {
    return Files.exists(Path.of("/proc/self/stat"));
  }

  /** Ends when its parent is a program that reaps nothing: the shell might. */
  private static final String END = "sh -c 'until grep -q sleep /proc/$PPID/comm; do :; done'";

  /** Makes one. */
  public static Zombie make() throws IOException, InterruptedException {
    Process parent = new ProcessBuilder("sh", "-c", END + " & echo $!; exec sleep 1000").start();
    long dead = Long.parseLong(parent.inputReader().readLine());
    while (!Files.readString(Path.of("/proc/" + dead + "/stat")).contains(") Z ")) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
    return new Zombie(dead, parent);
  }

  @Override
  public void close() {
    parent.destroyForcibly();
  }
}
