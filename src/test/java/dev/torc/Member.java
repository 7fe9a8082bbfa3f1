package dev.torc;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A user that the tests make up, who may be in a group, and their calls of torc in a sandbox. Where
 * the tests do not run as root, or such a user cannot run torc, a test is skipped with the reason.
 *
 * @param user the user's number, and that of a group of their own
 * @param groups the further groups, with commas between them; empty for none
 */
record Member(Sandbox box, int user, String groups) {

  /** A group that nobody is in by themselves. */
  static final int LAB = 61010;

  /** Lets made-up users into a folder. */
  static void letIn(Path temp) throws Exception {
    assumeTrue(Integer.valueOf(0).equals(Files.getAttribute(temp, "unix:uid")), "not root");
    for (Path at = temp; at.getNameCount() > 1; at = at.getParent()) {
      Files.setPosixFilePermissions(at, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  /** A user in the group of the root. */
  static Member of(Sandbox box, int user) throws Exception {
    return in(box, user, Integer.toString(LAB));
  }

  /** A user in some groups. */
  static Member in(Sandbox box, int user, String groups) throws Exception {
    Member member = new Member(box, user, groups);
    Sandbox.Ran said = member.sh("0022", "'" + Sandbox.launcher() + "' --version");
    assumeTrue(
        said.out().startsWith("torc "), "another user cannot run torc: " + said.out() + said.err());
    return member;
  }

  /** Calls torc under a umask. */
  Sandbox.Ran torc(String umask, String... args) throws Exception {
    return run(umask, Sandbox.command(args));
  }

  /** Runs a line of sh under a umask. */
  Sandbox.Ran sh(String umask, String line) throws Exception {
    return run(umask, List.of("sh", "-c", line));
  }

  private Sandbox.Ran run(String umask, List<String> command) throws Exception {
    List<String> words =
        new ArrayList<>(List.of("setpriv", "--reuid", "" + user, "--regid", "" + user));
    words.addAll(groups.isEmpty() ? List.of("--clear-groups") : List.of("--groups", groups));
    words.addAll(List.of("sh", "-c", "umask " + umask + "; exec \"$@\"", "sh"));
    words.addAll(command);
    Map<String, String> before = new HashMap<>(box.env);
    box.env.put("HOME", "/nonexistent");
    if (box.env.containsKey("TORC_CACHE")) {
      box.env.put("TORC_CACHE", box.env.get("TORC_CACHE") + "/" + user);
    }
    try {
      return box.run(words);
    } finally {
      box.env.clear();
      box.env.putAll(before);
    }
  }
}
