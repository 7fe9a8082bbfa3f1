package dev.torc.kills;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Sandbox;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * A made-up user in the group {@link #LAB}, and the user's calls of torc in a sandbox. Where the
 * tests do not run as root, or such a user cannot run torc, a test is skipped with the reason.
 *
 * @param user the number of the user, and of a group of the user's own
 */
public record Member(Sandbox box, int user) {

  /** The number of a group with no other users. */
  public static final int LAB = 61010;

  /** Lets made-up users into a folder. */
  public static void letIn(Path temp) throws Exception {
    assumeTrue(Integer.valueOf(0).equals(Files.getAttribute(temp, "unix:uid")), "not root");
    for (Path at = temp; at.getNameCount() > 1; at = at.getParent()) {
      Files.setPosixFilePermissions(at, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  /** A user in the group; skips the test where the user cannot run torc. */
  public static Member of(Sandbox box, int user) throws Exception {
    Member member = new Member(box, user);
    Sandbox.Ran said = member.sh("0022", "'" + Sandbox.launcher() + "' --version");
    assumeTrue(
        said.out().startsWith("torc "), "another user cannot run torc: " + said.out() + said.err());
    return member;
  }

  /** Calls torc under a umask. */
  public Sandbox.Ran torc(String umask, String... args) throws Exception {
    return run(umask, Sandbox.command(args));
  }

  /** Runs a line of sh under a umask. */
  public Sandbox.Ran sh(String umask, String line) throws Exception {
    return run(umask, List.of("sh", "-c", line));
  }

  private Sandbox.Ran run(String umask, List<String> command) throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of("setpriv", "--reuid", "" + user, "--regid", "" + user, "--groups", "" + LAB));
    words.addAll(List.of("sh", "-c", "umask " + umask + "; exec \"$@\"", "sh"));
    words.addAll(command);
    String home = box.env.put("HOME", "/nonexistent");
    try {
      return box.run(words);
    } finally {
      box.env.put("HOME", home);
    }
  }
}
