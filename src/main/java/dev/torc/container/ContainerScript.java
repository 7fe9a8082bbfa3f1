package dev.torc.container;

import dev.torc.posix.OwnFile;
import dev.torc.posix.OwnUser;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The few lines of sh that stand between a container and its job: they give it the caller's umask
 * and one stream, so that its log keeps its order, and write how far it came: the exit status alone
 * does not tell a job from a container that never was, nor a kill for memory from any other.
 */
final class ContainerScript {

  /** What torc writes: a script that began writes something else, so the container is there. */
  private static final byte[] NEW = "new\n".getBytes(StandardCharsets.UTF_8);

  /** No script writes more bytes. */
  private static final int MOST = 4096;

  /** The job's program is not in the image. */
  private static final String MISSING = "missing";

  /** The kernel killed a process of the container for memory. */
  private static final String KILLED = "killed";

  private static final String BEGIN =
      """
      umask %s
      echo started >"$0"
      command -v "$1" >/dev/null 2>&1 || { echo missing >>"$0"; exit 127; }
      """;

  /** A runtime takes the root of the image, or the working folder, for a user that has no home. */
  private static final String HOME =
      """
      if [ "${HOME:-/}" = / ] || [ "$HOME" = "$PWD" ] || ! [ -w "$HOME" ]; then export HOME=/tmp; fi
      """;

  private static final String ONE_STREAM = "exec 2>&1\n";

  /** The counters of cgroups v2 and v1, as a container sees its own. */
  private static final String MEMORY =
      """
      "$@"
      c=$?
      for f in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
        if [ -r "$f" ]; then
          while read -r name count; do
            if [ "$name" = oom_kill ] && [ "$count" != 0 ]; then echo killed >>"$0"; fi
          done <"$f"
        fi
      done
      exit $c
      """;

  /** As pid 1 a job would be deaf to signals; behind a shell it hears them as on the host. */
  private static final String PLAIN =
      """
      "$@"
      exit $?
      """;

  private ContainerScript() {}

  /**
   * What to run in a container in place of a job's words.
   *
   * @param terminal whether the job has torc's own terminal, and keeps its two streams
   * @param home where the job says that its home is; null where it does not
   * @param limited whether its memory is limited
   */
  static List<String> around(
      List<String> argv, Path status, boolean terminal, String home, boolean limited) {
    String script =
        BEGIN.formatted("%03o".formatted(OwnUser.umask()))
            + (home == null ? HOME : "export HOME=" + SafeText.quoted(home) + "\n")
            + (terminal ? "" : ONE_STREAM)
            + (limited ? MEMORY : PLAIN);
    List<String> words = new ArrayList<>(List.of("sh", "-c", script, status.toString()));
    words.addAll(argv);
    return words;
  }

  /**
   * How far a container came.
   *
   * @param started whether its script began
   * @param missing whether the image has no such program
   * @param killed whether a process was killed for memory
   */
  record Progress(boolean started, boolean missing, boolean killed) {}

  /** Writes the file anew, as it is until a container begins. */
  static void clear(Path status) throws IOException {
    OwnFile.write(status, NEW);
  }

  /** Reads how far a container came. A file that the job wrote or took away tells that it began. */
  static Progress read(Path status) throws IOException {
    try (InputStream in = OwnFile.in(status)) {
      byte[] said = in.readNBytes(MOST);
      List<String> lines = new String(said, StandardCharsets.UTF_8).lines().toList();
      return new Progress(
          !Arrays.equals(said, NEW), lines.contains(MISSING), lines.contains(KILLED));
    } catch (NoSuchFileException none) {
      return new Progress(true, false, false);
    }
  }
}
