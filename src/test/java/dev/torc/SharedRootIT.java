package dev.torc;

import static dev.torc.Sandbox.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Sandbox.Going;
import dev.torc.Sandbox.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule 10 on a root that lies on a network file system, as FUSE counts for one. */
class SharedRootIT {

  /** A job that runs until the file {@code go} is there. */
  private static final String WAITS =
      "jobs:\n  a: { command: 'echo $$ > pid; until [ -e go ]; do sleep 0.01; done' }\n";

  private static final String QUICK = "jobs:\n  a: { command: 'echo a > a', produces: a }\n";

  /** What takes the place of the C library's locks: those of a file system that has none. */
  private static final String LOCKLESS =
      """
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <errno.h>
      #include <stdarg.h>
      #include <stdio.h>
      #include <string.h>
      #include <unistd.h>
      int flock(int fd, int operation) {
        char at[64], name[4096];
        snprintf(at, sizeof at, "/proc/self/fd/%d", fd);
        long n = readlink(at, name, sizeof name - 1);
        name[n < 0 ? 0 : n] = 0;
        if (strstr(name, "/.torc/")) { errno = ENOSYS; return -1; }
        return ((int (*)(int, int)) dlsym(RTLD_NEXT, "flock"))(fd, operation);
      }
      int fcntl(int fd, int command, ...) {
        va_list rest;
        va_start(rest, command);
        void *argument = va_arg(rest, void *);
        va_end(rest);
        if (command == 37) { errno = ENOSYS; return -1; }
        return ((int (*)(int, int, void *)) dlsym(RTLD_NEXT, "fcntl"))(fd, command, argument);
      }
      """;

  @TempDir Path temp;
  private Sandbox project;
  private FuseMount mount;

  @BeforeEach
  void project() throws Exception {
    project = new Sandbox(temp);
    project.env.put("TORC_CACHE", temp.resolve("databases").toString());
  }

  @AfterEach
  void end() throws Exception {
    project.close();
    if (mount != null) {
      mount.close();
    }
  }

  private void mounted(String... options) throws Exception {
    mount = FuseMount.of(project.root, temp, options);
  }

  private Going there(String... args) throws Exception {
    String[] all = new String[args.length + 2];
    System.arraycopy(args, 0, all, 0, args.length);
    all[args.length] = "-C";
    all[args.length + 1] = mount.at.toString();
    return project.start(all);
  }

  private static void assertLocked(Ran ran) {
    assertEquals(75, ran.exit(), ran.err());
    assertTrue(ran.err().startsWith("another build is at work here ("), ran.err());
  }

  @Test
  void aBuildThroughTheMountKeepsOneOutThatSeesTheDisks() throws Exception {
    project.build(WAITS);
    mounted();
    Going first = there("build");
    project.awaitLine("pid");
    assertLocked(project.torc("build", "--no-wait"));
    Ran third = there("build", "--no-wait").await();
    assertLocked(third);
    assertTrue(third.err().contains("(process " + first.process().pid() + ", "), third.err());
    Going waiting = project.start("build");
    until("it waits", () -> waiting.err().startsWith("waiting "));
    project.write("go", "");
    assertEquals(0, first.await().exit());
    assertEquals(0, waiting.await().exit());
    assertEquals(0, there("build", "--no-wait").await().exit(), "the lock is free at once");
  }

  /** Section 10: the journal is the truth, for the machine with the disks too. */
  @Test
  void theRecordsAreInTheRootAndTheDatabaseOnALocalDisk() throws Exception {
    project.build(QUICK);
    mounted();
    Ran first = there("build").await();
    assertEquals("1 job: 1 ran, 0 up to date, 0 failed", first.counts(), first.err());
    assertFalse(first.err().contains("network file system"), first.err());
    assertTrue(project.exists(".torc/journal"));
    assertFalse(project.exists(".torc/data.mdb"));
    project.env.put("TORC_CACHE", temp.resolve("disk of the server").toString());
    Ran server = project.torc();
    assertEquals("1 job: 0 ran, 1 up to date, 0 failed", server.counts(), server.err());
    project.write("a", "mine");
    assertEquals("1 job: 1 ran, 0 up to date, 0 failed", project.torc().counts());
    project.env.put("TORC_CACHE", temp.resolve("databases").toString());
    assertEquals("1 job: 0 ran, 1 up to date, 0 failed", there("build").await().counts());
  }

  @Test
  void aFolderOfDatabasesOnTheNetworkIsWarnedOf() throws Exception {
    project.build(QUICK);
    mounted();
    project.env.put("TORC_CACHE", mount.at.resolve("databases").toString());
    Ran warned = there("build").await();
    assertEquals(0, warned.exit(), warned.err());
    assertTrue(
        warned
            .err()
            .contains("the cache lies on a network file system (FUSE), where it is not safe;"),
        warned.err());
  }

  @Test
  void aBuildThatSeesTheDisksKeepsOneOutThroughTheMount() throws Exception {
    project.build(WAITS);
    mounted();
    Going first = project.start("build");
    project.awaitLine("pid");
    assertLocked(there("build", "--no-wait").await());
    Going waiting = there("build");
    until("it waits", () -> waiting.err().startsWith("waiting "));
    project.write("go", "");
    assertEquals(0, first.await().exit());
    assertEquals(0, waiting.await().exit());
  }

  @Test
  void aKilledOneIsInNobodysWay() throws Exception {
    project.build(WAITS);
    mounted();
    Going first = there("build");
    project.awaitLine("pid");
    first.signal("KILL");
    project.write("go", "");
    first.await();
    assertEquals(0, there("build").await().exit());
  }

  @Test
  void cleaningAllLeavesNoFile() throws Exception {
    project.build(QUICK);
    mounted();
    assertEquals(0, there("build").await().exit());
    assertTrue(project.exists(".torc/lock.shared"));
    Ran ran = there("clean", "--all").await();
    assertEquals(0, ran.exit(), ran.err());
    // A file that is removed while it is open has another name there until its server closes it.
    until(
        "nothing is left",
        () -> {
          String[] left = project.root.resolve(".torc").toFile().list();
          return left == null || left.length == 0;
        });
  }

  @Test
  void aFileSystemThatKeepsLocksHereIsForWhoTrustsIt() throws Exception {
    project.build(QUICK);
    mounted("subtype=sshfs");
    Ran refused = there("build").await();
    assertEquals(3, refused.exit(), refused.err());
    assertEquals(
        "torc: "
            + mount.at
            + ": the file system (sshfs) keeps locks to this host, so two hosts could build here at"
            + " once: give --trust-lock if no other host builds here\n",
        refused.err());
    assertFalse(project.exists(".torc"), "nothing is written before");
    assertEquals(0, there("status").await().exit(), "who only looks is not asked");
    assertEquals(0, there("build", "-n").await().exit());
    assertEquals(0, there("build", "--trust-lock").await().exit());
    assertEquals(3, there("clean").await().exit());
    assertEquals(3, there("adopt", "a").await().exit());
    assertEquals(0, there("adopt", "--trust-lock", "a").await().exit());
    project.env.put("TORC_TRUST_LOCK", "1");
    Ran clean = there("clean").await();
    assertEquals(0, clean.exit(), clean.err());
    assertFalse(project.exists("a"));
  }

  @Test
  void whereThereAreNoLocksTrustIsEnoughForOneHost() throws Exception {
    project.build(WAITS);
    mounted();
    Path library = temp.resolve("locks.so");
    Path source = Files.writeString(temp.resolve("locks.c"), LOCKLESS);
    Ran made = project.sh("gcc -shared -fPIC -o '%s' '%s' -ldl".formatted(library, source));
    assumeTrue(made.exit() == 0, "gcc makes no library here: " + made.err());
    project.env.put("LD_PRELOAD", library.toString());
    Ran refused = there("build").await();
    assertEquals(3, refused.exit(), refused.err());
    assertEquals(
        "torc: "
            + mount.at.resolve(".torc/lock")
            + ": the file system has no locks (function not implemented), so two hosts could build"
            + " here at once: mount it with locks, or give --trust-lock if no other host builds"
            + " here\n",
        refused.err());
    Going first = there("build", "--trust-lock");
    project.awaitLine("pid");
    assertLocked(there("build", "--trust-lock", "--no-wait").await());
    project.write("go", "");
    assertEquals(0, first.await().exit());
    assertEquals(0, there("build", "--trust-lock", "--no-wait").await().exit());
  }
}
