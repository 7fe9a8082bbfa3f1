package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Sandbox.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A root that a group writes to works for each of its members. */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("GroupRootIT") // one of its tests at a time, beside other classes
class GroupRootIT {

  private static final int SETGID = 02000;

  private static final String ALL = "2 jobs: 2 ran, 0 up to date, 0 failed";
  private static final String NONE = "2 jobs: 0 ran, 2 up to date, 0 failed";

  @TempDir Path temp;
  private Sandbox box;
  private Member anna;
  private Member ben;

  /** Mounted over the root by the test; null for nothing. */
  private Path mounted;

  @BeforeEach
  void aRoot() throws Exception {
    Member.letIn(temp);
    box = new Sandbox(temp);
    box.build(
        """
        jobs:
          a: { command: cp in out/a/one, needs: in, produces: out/a/one }
          b: { command: 'cat {needs} > {produces}', needs: out/a/one, produces: out/b }
        """);
    box.write("in", "one\n");
    anna = Member.of(box, 61001);
    ben = Member.of(box, 61002);
  }

  @AfterEach
  void end() throws Exception {
    if (mounted != null) {
      new ProcessBuilder("umount", mounted.toString()).inheritIO().start().waitFor();
    }
    box.close();
  }

  /** From now on the root is the group's, with what is in it. */
  private void give(int mode) throws IOException {
    try (Stream<Path> files = Files.walk(box.root)) {
      for (Path file : files.toList()) {
        Files.setAttribute(file, "unix:gid", Member.LAB, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(file, "unix:mode", file.equals(box.root) ? mode : 0664);
      }
    }
  }

  private static int mode(Path file) throws IOException {
    return (int) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * What of torc's own files and folders the group cannot write, by their paths. What was kept, or
   * stored, is as it was.
   */
  private List<String> closed(boolean setgid) throws IOException {
    List<Path> own = new ArrayList<>(List.of(box.root.resolve("out"), box.root.resolve("out/a")));
    try (Stream<Path> files = Files.walk(box.root.resolve(".torc"))) {
      files
          .filter(file -> !file.toString().matches(".*/(kept|store)/.*") || Files.isDirectory(file))
          .forEach(own::add);
    }
    List<String> closed = new ArrayList<>();
    for (Path file : own) {
      boolean folder = Files.isDirectory(file);
      int wanted = folder ? setgid ? SETGID | 0070 : 0070 : 0060;
      boolean given =
          Integer.valueOf(Member.LAB)
              .equals(Files.getAttribute(file, "unix:gid", LinkOption.NOFOLLOW_LINKS));
      if (!given || (mode(file) & wanted) != wanted) {
        closed.add(box.root.relativize(file) + " " + Integer.toOctalString(mode(file)));
      }
    }
    return closed;
  }

  private static void done(String counts, Ran ran) {
    assertEquals(counts, ran.counts(), ran.err());
    assertEquals(0, ran.exit(), ran.err());
  }

  /** Rule 9: nobody else can see or end what it left. */
  @Test
  void whatAnotherMembersKilledTorcLeftIsLeftAlone() throws Exception {
    box.build(
        """
        jobs:
          a:
            command: |
              cp in out/a/one
              if test -e stuck; then echo $$ > stuck; kill -9 $PPID; sleep 1000; fi
            needs: in
            produces: out/a/one
          b: { command: 'cat {needs} > {produces}', needs: out/a/one, produces: out/b }
        """);
    box.write("stuck", "");
    give(02775);
    anna.torc("0022");
    String job = box.awaitLine("stuck");
    Files.delete(box.root.resolve("stuck"));
    Ran refused = ben.torc("0022");
    assertEquals(1, refused.exit(), refused.err());
    assertTrue(refused.err().contains("may still run as 61001 (pid "), refused.err());
    assertTrue(refused.err().contains("): let 61001 build, or --gone 61001 if nothing does"));
    assertTrue(ben.torc("0022", "-n").out().contains("may still run as 61001"));
    assertTrue(Sandbox.runs(job));
    Ran own = anna.torc("0022");
    assertTrue(own.err().contains("a: ended "), own.err());
    assertFalse(Sandbox.runs(job));
    done(ALL, own);
    done(NONE, ben.torc("0022"));
  }

  @ParameterizedTest
  @CsvSource({"0022, 02775", "0022, 0775", "0027, 02775", "0002, 02775"})
  void eachGoesOnWhereTheOtherEnded(String umask, String mode) throws Exception {
    int bits = Integer.parseInt(mode, 8);
    give(bits);
    boolean setgid = (bits & SETGID) != 0;
    done(ALL, anna.torc(umask));
    assertEquals(List.of(), closed(setgid));
    done(NONE, ben.torc(umask));
    done(NONE, anna.torc(umask));
    assertEquals(0, ben.sh("0002", "echo two > in.new; mv -f in.new in").exit());
    done(ALL, anna.torc(umask));
    done(NONE, ben.torc(umask));
    assertEquals(0, anna.sh("0002", "echo three > in.new; mv -f in.new in").exit());
    done(ALL, ben.torc(umask));
    assertEquals("three\n", box.read("out/b"));
    assertEquals(List.of(), closed(setgid));
    done(NONE, anna.torc(umask));
    for (Member member : List.of(anna, ben)) {
      Ran clean = member.torc(umask, "clean");
      assertEquals(0, clean.exit(), clean.err());
      assertFalse(box.exists("out/b"));
      Member other = member == anna ? ben : anna;
      done(ALL, other.torc(umask));
    }
    Ran gone = anna.torc(umask, "clean", "--all");
    assertEquals(0, gone.exit(), gone.err());
    assertFalse(box.exists(".torc"));
    done(ALL, ben.torc(umask));
    done(NONE, anna.torc(umask));
    assertEquals(List.of(), closed(setgid));
  }

  /** What only its owner may read is theirs to make; the others make it anew and go on. */
  @Test
  void productsThatOnlyTheirOwnerReads() throws Exception {
    give(02775);
    done(ALL, anna.torc("0077"));
    assertEquals(List.of(), closed(true));
    for (Member member : List.of(ben, anna, ben)) {
      assertEquals(0, member.sh("0002", "echo " + member.user() + " >> in").exit());
      done(ALL, member.torc("0077"));
      assertEquals(box.read("in"), box.read("out/b"));
      assertEquals(List.of(), closed(true));
    }
  }

  @Test
  void keptThingsAreTheGroupsAndNobodyElses() throws Exception {
    give(02775);
    assertEquals(0, ben.sh("0002", "mkdir out; echo mine > out/b").exit());
    Ran ran = anna.torc("0022");
    assertEquals(0, ran.exit(), ran.err());
    Path kept = box.root.resolve(".torc/kept");
    for (Path folder : List.of(kept, kept.resolve("1"), kept.resolve("1/out"))) {
      assertEquals(SETGID | 0770, mode(folder) & 07777, folder.toString());
      assertEquals(Member.LAB, Files.getAttribute(folder, "unix:gid"));
    }
    assertEquals("mine\n", box.read(".torc/kept/1/out/b"));
    Ran clean = ben.torc("0022", "clean", "--kept");
    assertEquals(0, clean.exit(), clean.err());
    assertFalse(box.exists(".torc/kept"));
  }

  @Test
  void whatAnOlderTorcMadeIsToldWithWhoMustDoWhat() throws Exception {
    give(02775);
    done(ALL, anna.torc("0022"));
    assertEquals(0, anna.sh("0022", "chmod -R g-w .torc").exit());
    Path torc = box.root.resolve(".torc");
    refused(ben.torc("0022"), torc, "chmod -R g+rwX .torc");
    assertEquals(
        0, anna.sh("0022", "chmod g+w .torc; chmod g+w .torc/*; chmod g-w .torc/logs").exit());
    refused(ben.torc("0022", "--force"), torc.resolve("logs"), "chmod -R g+rwX .torc");
    assertEquals(0, anna.sh("0022", "chgrp 61001 .torc").exit());
    refused(ben.torc("0022", "--force"), torc, "chgrp -R 61010 .torc && chmod -R g+rwX .torc");
    assertEquals(0, anna.sh("0022", "chgrp -R 61010 .torc && chmod -R g+rwX .torc").exit());
    done(ALL, ben.torc("0022", "--force"));
  }

  private void refused(Ran ran, Path file, String command) {
    assertEquals(3, ran.exit(), ran.err());
    assertEquals(
        "torc: %s: owned by 61001, not writable for group 61010: let 61001 run in %s: %s\n"
            .formatted(file, box.root, command),
        ran.err());
  }

  @Test
  void aLogThatOnlyItsOwnerWritesIsMadeAnew() throws Exception {
    give(02775);
    done(ALL, anna.torc("0022"));
    assertEquals(0, anna.sh("0022", "chmod 0600 .torc/logs/* .torc/jobs/.data.json").exit());
    done(ALL, ben.torc("0022", "--force"));
    assertEquals(List.of(), closed(true));
  }

  @Test
  void whoIsNotInTheGroupIsToldOnceAndGoesOn() throws Exception {
    give(0777);
    Member carl = Member.in(box, 61003, "");
    Ran ran = carl.torc("0022");
    done(ALL, ran);
    assertEquals(1, ran.err().lines().filter(l -> l.contains("since you are not in it")).count());
    assertFalse(carl.torc("0022").err().contains("not in it"));
  }

  @Test
  void inAStickyRootAMemberIsToldWhatMayNotBeTakenAway() throws Exception {
    give(03775);
    box.build("jobs:\n  a: { command: cp in one, needs: in, produces: one }\n");
    Files.setAttribute(box.root.resolve("torc.yaml"), "unix:mode", 0664);
    done("1 job: 1 ran, 0 up to date, 0 failed", anna.torc("0022"));
    done("1 job: 0 ran, 1 up to date, 0 failed", ben.torc("0022"));
    Ran ran = ben.torc("0022", "--force");
    assertEquals(1, ran.exit(), ran.err());
    String line = "a failed: %s/one: belongs to 61001 and stands in a folder with the sticky bit: ";
    assertTrue(ran.err().contains(line.formatted(box.root)), ran.err());
    done("1 job: 1 ran, 0 up to date, 0 failed", anna.torc("0022", "--force"));
  }

  /** What a job makes has its user's umask: another member cannot clear it, and is told who can. */
  @Test
  void aFolderOfAJobsOwnIsNamedWithWhoMustOpenIt() throws Exception {
    give(02775);
    box.build(
        "stores: { keep: 0 }\n"
            + "jobs:\n"
            + "  a: { command: mkdir tree/in; cp in tree/in, needs: in, produces: tree/ }\n");
    String one = "1 job: 1 ran, 0 up to date, 0 failed";
    done(one, anna.torc("0022"));
    done("1 job: 0 ran, 1 up to date, 0 failed", ben.torc("0022"));
    Ran ran = ben.torc("0022", "--force");
    assertEquals(1, ran.exit(), ran.err());
    Path inner = box.root.resolve("tree/in");
    String line =
        "a failed: %s: belongs to 61001 and is for nobody else to change: let 61001 remove it, or"
            + " open it: chmod -R g+rwX %s\n";
    assertTrue(ran.err().contains(line.formatted(inner, inner)), ran.err());
    assertEquals(0, anna.sh("0022", "chmod -R g+rwX " + inner).exit());
    done(one, ben.torc("0022", "--force"));
  }

  @Test
  void aRootOfNobodyElseStaysSo() throws Exception {
    box.root.toFile().setWritable(true);
    done(ALL, box.torc());
    try (Stream<Path> files = Files.walk(box.root.resolve(".torc"))) {
      for (Path file : files.toList()) {
        assertEquals(0, mode(file) & 0020, file.toString());
      }
    }
  }

  /** Mounts the root over itself as a file system that torc takes for one of several hosts. */
  private void share(String options) throws Exception {
    Path cache = Files.createDirectory(temp.resolve("cache"));
    Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxrwx"));
    box.env.put("TORC_CACHE", cache.toString());
    String mounting = "cd / && bindfs -o allow_other %s '%s' '%s'";
    Ran mount = box.sh(mounting.formatted(options, box.root, box.root));
    if (mount.exit() == 127 && "true".equals(System.getenv("CI"))) {
      fail("bindfs is not installed: apt has it, see .ci/run");
    }
    assumeTrue(mount.exit() == 0, "bindfs cannot mount here: " + mount.err());
    mounted = box.root;
  }

  @ParameterizedTest
  @CsvSource({"0022", "0027"})
  void alsoOverANetwork(String umask) throws Exception {
    give(02775);
    share("");
    done(ALL, anna.torc(umask));
    assertEquals(List.of(), closed(true));
    done(NONE, anna.torc(umask));
    assertEquals(0, ben.sh("0002", "echo two > in.new; mv -f in.new in").exit());
    done(ALL, ben.torc(umask));
    done(NONE, ben.torc(umask));
    assertEquals(List.of(), closed(true));
  }

  @Test
  void whereTheFileSystemLetsNobodyChangeModesABuildGoesOn() throws Exception {
    give(02775);
    share("--chmod-deny --chown-deny --chgrp-deny");
    Ran refused = anna.sh("0022", "chmod g-w torc.yaml");
    assertTrue(refused.err().contains("not permitted"), refused.err());
    done(ALL, anna.torc("0022"));
    done(NONE, anna.torc("0022"));
  }

  /** Files are opened for their stamps there: who may not open one is told as on a local root. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatAMemberMayNotReadFailsItsReadersByName(boolean network) throws Exception {
    box.write("torc.yaml", box.read("torc.yaml") + "  d: { command: 'true', needs: [secret] }\n");
    box.write("secret", "s");
    give(02775);
    Files.setAttribute(box.root.resolve("secret"), "unix:mode", 0600);
    if (network) {
      share("");
    }
    Ran ran = ben.torc("0022");
    assertEquals(1, ran.exit(), ran.err());
    assertEquals("3 jobs: 2 ran, 0 up to date, 1 failed", ran.counts());
    assertTrue(
        ran.err().contains("d failed: need secret cannot be read: permission denied"), ran.err());
    assertEquals(0, ben.torc("0022", "status").exit());
  }
}
