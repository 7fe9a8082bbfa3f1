package dev.torc.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.base.posix.LocalLocks;
import dev.torc.base.posix.OpenFileLock;
import dev.torc.base.posix.OtherProcess;
import dev.torc.core.memory.Cache.CacheException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The build lock of a root that several hosts share; this machine plays all of them. */
class NetworkLockTest {

  private static final long SELF = ProcessHandle.current().pid();

  @TempDir Path temp;
  private Path root;
  private CachePlace one;
  private CachePlace two;

  private final BuildLock.Holder me = new BuildLock.Holder(SELF, "b1", "torc build");

  @BeforeEach
  void hosts() throws IOException {
    assumeTrue(OpenFileLock.hasBytes(), "only Linux has locks that other hosts see");
    root = Files.createDirectory(temp.resolve("root"));
    one = OneHost.at(root, "login1").place(root);
    two = OneHost.at(root, "login2").place(root);
  }

  @Test
  void rule10OneHolderAtATimeOnTwoHosts() throws IOException {
    assertEquals(Optional.empty(), BuildLock.holder(two));
    assertFalse(Files.exists(one.folder()), "asking creates nothing");
    try (var _ = BuildLock.tryAcquire(one, me, false).orElseThrow()) {
      assertTrue(BuildLock.tryAcquire(two, me, false).isEmpty());
      assertTrue(BuildLock.tryAcquire(one, me, false).isEmpty(), "nor two of one host");
      assertEquals(
          Optional.of(new BuildLock.Holder(SELF, "b1", "torc build", "login1")),
          BuildLock.holder(two));
      assertEquals(Optional.of(me), BuildLock.holder(one));
    }
    assertEquals(Optional.empty(), BuildLock.holder(two));
    BuildLock.tryAcquire(two, me, false).orElseThrow().close();
    BuildLock.tryAcquire(one, me, false).orElseThrow().close();
  }

  @Test
  void rule10AProcessOfAnotherHostHoldsItUntilItIsKilled() throws Exception {
    Process child = CacheChild.start("lock", root.toString(), "login1");
    try {
      CacheChild.awaitLine(child, "locked");
      assertTrue(BuildLock.tryAcquire(two, me, false).isEmpty());
      assertEquals(
          Optional.of(new BuildLock.Holder(child.pid(), "child", "torc build", "login1")),
          BuildLock.holder(two));
    } finally {
      child.destroyForcibly().waitFor();
    }
    assertEquals(Optional.empty(), BuildLock.holder(two), "rule 9: no file is in the way");
    BuildLock.tryAcquire(two, me, false).orElseThrow().close();
  }

  /** The machine with the disks of an NFS server sees no flock of a client, only the other lock. */
  @Test
  void rule10AHostWhoseFlockIsNotSeenHoldsItToo() throws IOException {
    Files.createDirectory(two.folder());
    try (var _ = OpenFileLock.bytes(two.networkLock()).orElseThrow()) {
      assertTrue(BuildLock.tryAcquire(two, me, false).isEmpty());
      OpenFileLock.flock(two.lock()).orElseThrow().close(); // the refused build holds no flock
    }
    BuildLock.tryAcquire(two, me, false).orElseThrow().close();
    assertEquals(List.of(), openLocks());
  }

  /** The files of the lock that this process has open. */
  private List<Path> openLocks() {
    return List.of(two.lock(), two.networkLock()).stream()
        .filter(file -> OtherProcess.mayHaveOpen(SELF, file))
        .toList();
  }

  @Test
  void rule10AWaitingHostGetsTheLockWhenItIsGivenBack() throws Exception {
    BuildLockTest.oneWaitsForTheOther(one, two, me);
  }

  @Test
  void theNumberOfAnotherHostsProcessSaysNothingHere() throws IOException {
    Files.createDirectory(one.folder());
    Path by = one.folder().resolve("lock.by");
    Files.writeString(by, SELF + "\nb1\ntorc build\nlogin9\nboot\n");
    assertEquals(Optional.empty(), BuildLock.holder(one), "it lives here, and nobody has the lock");
    Files.writeString(by, "999999999\nb1\ntorc build\nlogin9\nboot\n");
    try (var _ = OpenFileLock.bytes(one.networkLock()).orElseThrow()) {
      assertEquals(
          Optional.of(new BuildLock.Holder(999999999, "b1", "torc build", "login9")),
          BuildLock.holder(one));
      Files.writeString(by, "999999999\nb1\ntorc build\nlogin1\nboot of login1\n");
      assertEquals(Optional.empty(), BuildLock.holder(one), "one of this host has ended");
      Files.writeString(by, "999999999\nb1\ntorc build\nlogin1\nanother boot\n");
      assertEquals("login1", BuildLock.holder(one).orElseThrow().host(), "two of one name");
    }
  }

  @Test
  void anUnreadableHolderIsNone() throws IOException {
    Files.createDirectory(one.folder());
    Files.createFile(one.lock());
    for (String text : List.of("", "free\n", "12\nb1\ntorc build\n", "x\nb\nw\nlogin9\nboot\n")) {
      Files.writeString(one.folder().resolve("lock.by"), text);
      assertEquals(Optional.empty(), BuildLock.holder(one), text);
    }
    BuildLock.tryAcquire(one, me, false).orElseThrow().close();
  }

  /** Over SMB a locked file can be neither read nor written. */
  @Test
  void nothingStandsInTheFilesThatAreLocked() throws IOException {
    String held = SELF + "\nb1\ntorc build\nlogin1\nboot of login1\n";
    try (var _ = BuildLock.tryAcquire(one, me, false).orElseThrow()) {
      assertEquals(0, Files.size(one.lock()));
      assertEquals(0, Files.size(one.networkLock()));
      assertEquals(held, Files.readString(one.folder().resolve("lock.by")));
    }
    String free = "free" + "\n".repeat(held.length() - 4); // written in place
    assertEquals(free, Files.readString(one.folder().resolve("lock.by")));
  }

  @Test
  void aRootOfOneHostHasNoneOfThis() throws IOException {
    CachePlace local = CachePlace.find(root, Map.of(), ThisHost.system());
    try (var _ = BuildLock.tryAcquire(local, me, true).orElseThrow()) {
      assertEquals(SELF + "\nb1\ntorc build\n", Files.readString(local.lock()));
      assertFalse(Files.exists(local.networkLock()));
      assertFalse(Files.exists(local.folder().resolve("lock.by")));
    }
  }

  @Test
  void rule10ALockWhoseFileWasRemovedIsStillHeldOnItsHost() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/fd")), "only /proc tells who has a file open");
    Process child = CacheChild.start("lock", root.toString(), "login1");
    try {
      CacheChild.awaitLine(child, "locked");
      for (String gone : List.of("lock", "lock.shared", "lock.by")) {
        Files.deleteIfExists(one.folder().resolve(gone));
      }
      assertTrue(BuildLock.tryAcquire(one, me, false).isEmpty());
      assertTrue(BuildLock.tryAcquire(one, me, false).isEmpty(), "asking does not change that");
      assertEquals(child.pid(), BuildLock.holder(one).orElseThrow().pid());
    } finally {
      child.destroyForcibly().waitFor();
    }
    BuildLock.acquire(one, me, false).close();
  }

  private CachePlace keeping(LocalLocks local) {
    return new OneHost("login1", "boot", temp.resolve("databases"), local).place(root);
  }

  @Test
  void locksThatStayOnAHostAreRefusedUnlessTheyAreTrusted() {
    CachePlace place =
        keeping(
            new LocalLocks(
                "the file system (NFS, mounted with nolock) keeps locks to this host",
                "mount it without nolock"));
    assertEquals(
        root
            + ": the file system (NFS, mounted with nolock) keeps locks to this host, so two hosts"
            + " could build here at once: mount it without nolock, or give --trust-lock if no other"
            + " host builds here",
        assertThrows(CacheException.class, () -> BuildLock.tryAcquire(place, me, false))
            .getMessage());
    assertThrows(CacheException.class, () -> BuildLock.acquire(place, me, false));
    assertFalse(Files.exists(place.folder()), "nothing is written before");
    try (var _ = BuildLock.tryAcquire(place, me, true).orElseThrow()) {
      assertTrue(BuildLock.tryAcquire(place, me, true).isEmpty(), "one of this host at a time");
    }
  }

  @Test
  void withoutAnotherWayOnlyTrustIsNamed() {
    CachePlace place =
        keeping(new LocalLocks("the file system (sshfs) keeps locks to this host", ""));
    String message =
        assertThrows(CacheException.class, () -> BuildLock.tryAcquire(place, me, false))
            .getMessage();
    assertTrue(
        message.endsWith("here at once: give --trust-lock if no other host builds here"), message);
  }
}
